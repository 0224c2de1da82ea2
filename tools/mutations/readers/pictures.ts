/** Readers of pictures: each file is decoded, and PNG, whose chunks have checksums, must give the same pixels or none. */
import { decodeImage, type Picture } from "@gasp/datasets";
import { encode } from "fast-png";
import { packageFile, packageModule } from "../../../packages/datasets/core/npm_package.ts";
import { bmpFile, gifFile, tiffFile } from "../../../packages/datasets/images/other_testing.ts";
import { jpegFile, pngFile } from "../../../packages/datasets/images/picture_testing.ts";
import { check, type Files, type Reader } from "../reader.ts";

const HEIGHT = 13, WIDTH = 18;

/** A smooth picture with an edge. */
const PICTURE: Picture = {
  height: HEIGHT,
  width: WIDTH,
  channels: 3,
  pixels: Uint8Array.from({ length: 3 * HEIGHT * WIDTH }, (_, i) => {
    const x = Math.floor(i / 3) % WIDTH, y = Math.floor(i / 3 / WIDTH);
    return [14 * x, 19 * y, x > y ? 200 : 40][i % 3]!;
  }),
};

/** The picture with a transparency that rises to the right. */
function rgba(): { width: number; height: number; data: Uint8ClampedArray } {
  const data = new Uint8ClampedArray(4 * HEIGHT * WIDTH);
  for (let i = 0; i < HEIGHT * WIDTH; i++) {
    data.set(PICTURE.pixels.subarray(3 * i, 3 * i + 3), 4 * i);
    data[4 * i + 3] = 15 * (i % WIDTH);
  }
  return { width: WIDTH, height: HEIGHT, data };
}

/** Files that Pillow wrote, whose options the encoders of the tests do not have. */
function fixtures(...names: readonly string[]): Promise<Uint8Array[]> {
  return Promise.all(names.map((name) => Deno.readFile(new URL(`../fixtures/${name}`, import.meta.url))));
}

async function jpegs(): Promise<Uint8Array[]> {
  const files = ["progressive.jpg", "restarts.jpg", "cmyk.jpg", "ycck.jpg"];
  return [jpegFile(PICTURE, 90), ...await fixtures(...files)];
}

function pngs(): Uint8Array[] {
  const { width, height, data } = rgba();
  const palette = Array.from(
    { length: 7 },
    (_, i) => [36 * i, 20 * i, 255 - 30 * i] as [number, number, number],
  );
  return [
    pngFile(PICTURE),
    encode({ width, height, channels: 4, depth: 8, data: new Uint8Array(data.buffer) }),
    encode({ width, height, channels: 3, depth: 8, data: PICTURE.pixels }, { interlace: "Adam7" }),
    encode({
      width,
      height,
      channels: 1,
      depth: 16,
      data: Uint16Array.from({ length: width * height }, (_, i) => 280 * i),
    }),
    pngFile(PICTURE, {
      channels: 1,
      palette,
      data: Uint8Array.from({ length: width * height }, (_, i) => i % 7),
    }),
  ];
}

interface Encoder {
  encode(data: Uint8ClampedArray, width: number, height: number, options: object): Uint8Array | null;
}

/** An encoder of the packages whose decoders are used. */
async function encoder(name: "webp" | "avif", versions: string): Promise<Encoder> {
  const npm = { name: `@jsquash/${name}`, versions }, path = `codec/enc/${name}_enc`;
  const factory = (await packageModule(npm, `${path}.js`))["default"] as (
    options: object,
  ) => Promise<Encoder>;
  return await factory({ noInitialRun: true, wasmBinary: await packageFile(npm, `${path}.wasm`) });
}

async function webps(): Promise<Uint8Array[]> {
  const { defaultOptions } = await packageModule({ name: "@jsquash/webp", versions: "^1.5.0" }, "meta.js");
  const codec = await encoder("webp", "^1.5.0"), { data, width, height } = rgba();
  return [{}, { quality: 20 }, { lossless: 1 }, { near_lossless: 60, lossless: 1 }].map((options) =>
    codec.encode(data, width, height, { ...defaultOptions as object, ...options })!.slice()
  );
}

async function avifs(): Promise<Uint8Array[]> {
  const { defaultOptions } = await packageModule({ name: "@jsquash/avif", versions: "^2.1.1" }, "meta.js");
  const codec = await encoder("avif", "^2.1.1"), { data, width, height } = rgba();
  return [{ speed: 8 }, { speed: 8, subsample: 3, quality: 90 }, { speed: 8, lossless: true }].map((
    options,
  ) => codec.encode(data, width, height, { ...defaultOptions as object, ...options })!.slice());
}

function pictures(
  name: string,
  files: () => Promise<Uint8Array[]> | Uint8Array[],
  hasChecksums = false,
): Reader {
  const decoded = new Map<Files, Picture>();
  return {
    name,
    originals: async () => (await files()).map((bytes) => ({ [`a.${name}`]: bytes })),
    async read(damaged, original) {
      const { width, height, channels, pixels } = await decodeImage(Object.values(damaged)[0]!, `a.${name}`);
      check(pixels.length === width * height * channels, `${pixels.length} values for ${width}×${height}`);
      if (!hasChecksums) return;
      let expected = decoded.get(original);
      expected ??= await decodeImage(Object.values(original)[0]!, `a.${name}`);
      decoded.set(original, expected);
      check(pixels.length === expected.pixels.length, "another size in spite of checksums");
      check(pixels.every((value, i) => value === expected.pixels[i]), "other pixels in spite of checksums");
    },
  };
}

const TIFFS = ["lzw.tif", "deflate.tif", "packbits.tif", "jpeg.tif", "palette.tif"];

/** The readers of pictures. */
export const PICTURES: readonly Reader[] = [
  pictures("png", pngs, true),
  pictures("jpg", jpegs),
  pictures("webp", webps),
  pictures("gif", async () => [gifFile(), ...await fixtures("colours.gif", "grey.gif")]),
  pictures("bmp", () => [bmpFile(false), bmpFile(true)]),
  pictures("tif", async () => [tiffFile(), ...await fixtures(...TIFFS)]),
  pictures("avif", avifs),
];
