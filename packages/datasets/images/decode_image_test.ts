import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { encode } from "fast-png";
import { zlibSync } from "fflate";
import { DataError } from "../core/data_error.ts";
import { decodeImage } from "./decode_image.ts";
import { fuzzRounds, mutations } from "../core/mutations_testing.ts";
import { jpegFile, plain, pngFile } from "./picture_testing.ts";

/** A smooth colour image, which JPEG compresses well. */
function ramp(height: number, width: number) {
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [row, column] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width];
    return [row * 255 / height, column * 255 / width, 128][i % 3]!;
  });
  return { height, width, channels: 3, pixels } as const;
}

function crc(bytes: Uint8Array): number {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

/** Corrects the checksums of all chunks, so that damage passes them. */
function withChecksums(png: Uint8Array): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  for (let at = 8; at + 12 <= png.length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > png.length) break;
    view.setUint32(end, crc(png.subarray(at + 4, end)));
    at = end + 4;
  }
  return png;
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  new DataView(bytes.buffer).setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(data, 8);
  return bytes;
}

/** Assembles a PNG file from its header and chunks. */
function rawPng(
  { width, height, depth, colourType, data, before = [] }: {
    width: number;
    height: number;
    depth: number;
    colourType: number;
    data: Uint8Array;
    before?: readonly Uint8Array[];
  },
): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([depth, colourType], 8);
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    ...before,
    chunk("IDAT", zlibSync(data)),
    chunk("IEND", new Uint8Array(0)),
  ];
  return withChecksums(Uint8Array.from(parts.flatMap((part) => [...part])));
}

Deno.test("decodeImage() decodes PNG in grey and colour, with 8 and 16 bits, interlaced or not", async () => {
  const colour = ramp(5, 9);
  const grey = { height: 2, width: 3, channels: 1, pixels: Uint8Array.of(0, 1, 128, 200, 254, 255) } as const;
  assertEquals(await decodeImage(pngFile(colour), "a.png"), colour);
  assertEquals(await decodeImage(pngFile(grey), "a.png"), grey);
  const wide = { width: 3, height: 2, channels: 1, depth: 16 } as const;
  const sixteen = encode({
    ...wide,
    data: Uint16Array.from(grey.pixels, (v) => v * 257 + 100 * Math.sign(100 - v)),
  });
  assertEquals(await decodeImage(sixteen, "a.png"), grey);
  const interlaced = encode({ ...colour, data: colour.pixels, depth: 8 }, { interlace: "Adam7" });
  assertEquals(await decodeImage(interlaced, "a.png"), colour);
});

Deno.test("decodeImage() composites transparency over white", async () => {
  const rgba = Uint8Array.of(255, 0, 0, 255, 255, 0, 0, 0, 0, 0, 100, 128);
  const file = encode({ width: 3, height: 1, channels: 4, depth: 8, data: rgba });
  assertEquals([...(await decodeImage(file, "a.png")).pixels], [255, 0, 0, 255, 255, 255, 127, 127, 177]);
  const greyAlpha = encode({
    width: 2,
    height: 1,
    channels: 2,
    depth: 8,
    data: Uint8Array.of(10, 255, 10, 51),
  });
  assertEquals(await decodeImage(greyAlpha, "a.png"), {
    height: 1,
    width: 2,
    channels: 1,
    pixels: Uint8Array.of(10, 206),
  });
  const clear = chunk("tRNS", Uint8Array.of(0, 3));
  const marked = rawPng({
    width: 3,
    height: 1,
    depth: 8,
    colourType: 0,
    data: Uint8Array.of(0, 2, 3, 4),
    before: [clear],
  });
  assertEquals([...(await decodeImage(marked, "a.png")).pixels], [2, 255, 4]);
});

Deno.test("decodeImage() decodes palettes and samples of fewer than 8 bits", async () => {
  const palette = chunk("PLTE", Uint8Array.of(10, 20, 30, 40, 50, 60, 200, 0, 0));
  const alpha = chunk("tRNS", Uint8Array.of(255, 255, 0));
  const indexed = { width: 5, height: 2, depth: 2, colourType: 3, before: [palette, alpha] };
  // Rows of 0 1 0 1 2 and 2 2 2 2 0, two bits each.
  const file = rawPng({ ...indexed, data: Uint8Array.of(0, 0b00010001, 0b10000000, 0, 0b10101010, 0) });
  const [a, b, white] = [[10, 20, 30], [40, 50, 60], [255, 255, 255]] as const;
  assertEquals(
    [...(await decodeImage(file, "a.png")).pixels],
    [a, b, a, b, white, white, white, white, white, a].flat(),
  );
  const one = rawPng({
    width: 9,
    height: 1,
    depth: 1,
    colourType: 0,
    data: Uint8Array.of(0, 0b10100001, 0b10000000),
  });
  assertEquals([...(await decodeImage(one, "a.png")).pixels], [255, 0, 255, 0, 0, 0, 0, 255, 255]);
  const beyond = rawPng({ ...indexed, data: Uint8Array.of(0, 255, 255, 0, 0, 0) });
  await assertRejects(() => decodeImage(beyond, "a.png"), DataError, "it uses colour 3 of a palette of 3");
});

Deno.test("decodeImage() decodes JPEG", async () => {
  const colour = ramp(40, 24);
  const { pixels, ...size } = await decodeImage(jpegFile(colour), "a.jpg");
  assertEquals(size, { height: 40, width: 24, channels: 3 });
  assertLess(Math.max(...pixels.map((value, i) => Math.abs(value - colour.pixels[i]!))), 12);
});

Deno.test("decodeImage() names the file and the problem in its errors", async () => {
  const png = pngFile(ramp(8, 8)), jpeg = jpegFile(ramp(16, 16));
  const text = (value: string) => new TextEncoder().encode(value);
  const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
  const sized = (height: number, width: number) => {
    const file = jpeg.slice();
    file.set([height >> 8, height & 255, width >> 8, width & 255], frame + 5);
    return file;
  };
  const print = jpeg.slice();
  print[frame + 9] = 4;
  const huge = png.slice();
  huge.set([0, 1, 0, 0, 0, 1, 0, 0], 16);
  const damaged = png.slice();
  damaged[60]! ^= 4;
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [new Uint8Array(0), "x is not a PNG or JPEG file: it is empty"],
    [text("GIF89a"), "x is truncated within its header"],
    [text("<svg>"), "it is an SVG. Convert or remove it"],
    [text("version https://git-lfs.github.com/spec/v1"), "a Git LFS pointer"],
    [text("hello"), "of another format, or damaged"],
    [png.slice(0, 20), "x is truncated within its header"],
    [png.slice(0, -20), "x cannot be decoded as PNG"],
    [damaged, "x cannot be decoded as PNG"],
    [huge, "x has 65536×65536 pixels: expected 1 to 33554432 in all"],
    [sized(0, 16), "x has 16×0 pixels"],
    [sized(65000, 65000), "x has 65000×65000 pixels"],
    [sized(5000, 5000), "x cannot be decoded as JPEG: its data is truncated"],
    [print, "x cannot be"],
    [jpeg.slice(0, 40), "x is truncated within its header"],
  ];
  for (const [file, message] of cases) await assertRejects(() => decodeImage(file, "x"), DataError, message);
});

Deno.test("decodeImage() decompresses no more than the header declares", async () => {
  const zeros = new Uint8Array(2 ** 22);
  const bomb = rawPng({ width: 1, height: 1, depth: 8, colourType: 0, data: zeros });
  assertLess(bomb.length, 70_000);
  await assertRejects(() => decodeImage(bomb, "x"), DataError, "more pixels than its header declares");
  const few = rawPng({ width: 100, height: 100, depth: 8, colourType: 0, data: new Uint8Array(10) });
  await assertRejects(() => decodeImage(few, "x"), DataError, "10 bytes of pixels, expected 10100");
  // Colour profiles are not decompressed at all.
  const profile = chunk("iCCP", Uint8Array.of(97, 0, 0, ...zlibSync(zeros)));
  const profiled = rawPng({
    width: 1,
    height: 1,
    depth: 8,
    colourType: 0,
    data: Uint8Array.of(0, 7),
    before: [profile],
  });
  assertEquals(await decodeImage(profiled, "x"), plain(1, 1, [7]));
});

Deno.test("decodeImage() returns an image or throws a DataError for damaged files", async () => {
  const originals = [
    pngFile(ramp(12, 10)),
    jpegFile(ramp(24, 20)),
    rawPng({
      width: 9,
      height: 3,
      depth: 4,
      colourType: 3,
      data: new Uint8Array(18).map((_, i) => i % 6 === 0 ? 0 : 0x12),
      before: [chunk("PLTE", Uint8Array.from({ length: 12 }, (_, i) => 20 * i))],
    }),
    encode({ ...ramp(6, 7), data: ramp(6, 7).pixels, depth: 8 }, { interlace: "Adam7" }),
  ];
  let decoded = 0, rejected = 0, round = 0;
  for (const damaged of mutations(originals, fuzzRounds(800), 11)) {
    const file = round++ % 3 === 0 ? damaged : damaged[0] === 0x89 ? withChecksums(damaged) : damaged;
    try {
      const { height, width, channels, pixels } = await decodeImage(file, "x");
      assertEquals(pixels.length, height * width * channels);
      decoded++;
    } catch (error) {
      assert(error instanceof DataError, `round ${round}: ${error}`);
      rejected++;
    }
  }
  assert(decoded > 0 && rejected > 0, `${decoded} decoded, ${rejected} rejected`);
});
