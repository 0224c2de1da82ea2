/**
 * Decoders in JavaScript of GIF, TIFF, and of JPEG in CMYK, for use in a worker: damaged files may make them loop.
 *
 * @module
 */
import { packageModule } from "../core/npm_package.ts";
import { inkShare } from "./picture.ts";
import { withOneDirectory } from "./tiff_directory.ts";
import { decodeLzw } from "./tiff_lzw.ts";
import type { Rgba } from "./wasm_decoders.ts";

const OMGGIF = { name: "omggif", versions: "^1.0.10" };
const UTIF = { name: "utif2", versions: "^4.1.0" };

/** Exports of a CommonJS package, which some loaders wrap. */
async function commonJs<T>(npm: { name: string; versions: string }): Promise<T> {
  const loaded = await packageModule(npm);
  return (loaded["default"] ?? loaded) as T;
}

/** Decodes the first frame of a GIF file. */
export async function decodeGif(bytes: Uint8Array): Promise<Rgba> {
  const { GifReader } = await commonJs<{
    GifReader: new (bytes: Uint8Array) => {
      width: number;
      height: number;
      decodeAndBlitFrameRGBA(frame: number, pixels: Uint8Array): void;
    };
  }>(OMGGIF);
  // The library prints warnings.
  console.log = () => {};
  const reader = new GifReader(bytes), { width, height } = reader;
  const data = new Uint8Array(4 * width * height);
  reader.decodeAndBlitFrameRGBA(0, data);
  return { width, height, data };
}

interface Utif {
  readonly decode: {
    (bytes: ArrayBuffer): Record<string, unknown>[];
    _decodeLZW: typeof decodeLzw;
  };
  decodeImage(bytes: ArrayBuffer, directory: unknown): void;
  toRGBA8(directory: unknown): Uint8Array;
  readonly JpegDecoder: new () => {
    readonly width: number;
    readonly height: number;
    parse(bytes: Uint8Array): void;
    getData(options: object): Uint8Array;
  };
}

/** Photometric interpretation of CMYK. */
const SEPARATED = 5;

/** The first number of a tag. */
function numberOf(tag: unknown): number {
  return Array.isArray(tag) ? Number(tag[0]) : Number.NaN;
}

/** Converts CMYK to RGBA as Pillow does. */
function rgbOfInk(ink: Uint8Array): Uint8Array {
  return ink.map((value, i) => {
    if (i % 4 === 3) return 255;
    const light = 255 - ink[i - i % 4 + 3]!;
    return light - inkShare(value, light);
  });
}

/** Decodes the first image of a TIFF file. */
export async function decodeTiff(bytes: Uint8Array): Promise<Rgba & { readonly orientation: number }> {
  const utif = await commonJs<Utif>(UTIF);
  utif.decode._decodeLZW = decodeLzw;
  const { buffer } = withOneDirectory(bytes), [directory] = utif.decode(buffer);
  if (directory === undefined) throw new Error("it has no image");
  utif.decodeImage(buffer, directory);
  const { width, height } = directory as { width: number; height: number };
  const turned = directory["t274"];
  const isCmyk = numberOf(directory["t262"]) === SEPARATED && numberOf(directory["t277"]) === 4 &&
    numberOf(directory["t258"]) === 8;
  const data = isCmyk ? rgbOfInk(directory["data"] as Uint8Array) : utif.toRGBA8(directory);
  if (data.length !== 4 * width * height) throw new Error("its data is damaged");
  const orientation = Array.isArray(turned) && turned[0] >= 1 && turned[0] <= 8 ? Number(turned[0]) : 1;
  return { width, height, data, orientation };
}

/** Decodes the four components of a JPEG file, as stored: CMYK, converted from YCCK where the marker of Adobe says so. */
export async function decodeCmyk(bytes: Uint8Array): Promise<Rgba> {
  const { JpegDecoder } = await commonJs<Utif>(UTIF);
  const decoder = new JpegDecoder();
  decoder.parse(bytes);
  const { width, height } = decoder;
  return { width, height, data: decoder.getData({ width, height, forceRGB: false, isSourcePDF: true }) };
}
