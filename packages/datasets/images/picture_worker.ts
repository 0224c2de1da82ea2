/**
 * Decoders in JavaScript of GIF, BMP, TIFF, and of JPEG in CMYK, for use in a worker: damaged files may make them loop.
 *
 * @module
 */
import { packageModule } from "../core/npm_package.ts";
import type { Rgba } from "./wasm_decoders.ts";

const OMGGIF = { name: "omggif", versions: "^1.0.10" };
const BMP = { name: "bmp-ts", versions: "^1.0.9" };
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
  const reader = new GifReader(bytes), { width, height } = reader;
  const data = new Uint8Array(4 * width * height);
  reader.decodeAndBlitFrameRGBA(0, data);
  return { width, height, data };
}

/** Decodes a BMP file. */
export async function decodeBmp(bytes: Uint8Array): Promise<Rgba> {
  const builtin = "node:buffer";
  const { Buffer } = await import(/* @vite-ignore */ builtin);
  const { decode } = await packageModule(BMP) as unknown as {
    decode(bytes: unknown, options: { toRGBA: boolean }): Rgba & { bitPP: number };
  };
  const { width, height, data, bitPP } = decode(Buffer.from(bytes), { toRGBA: true });
  const pixels = Uint8Array.from(data);
  // Only 32 bits can hold transparency, and many programs leave it 0 throughout.
  let isClear = true;
  for (let i = 3; i < pixels.length && isClear; i += 4) isClear = pixels[i] === 0;
  if (bitPP < 32 || isClear) { for (let i = 3; i < pixels.length; i += 4) pixels[i] = 255; }
  return { width, height: Math.abs(height), data: pixels };
}

interface Utif {
  decode(bytes: ArrayBuffer): Record<string, unknown>[];
  decodeImage(bytes: ArrayBuffer, directory: unknown): void;
  toRGBA8(directory: unknown): Uint8Array;
  readonly JpegDecoder: new () => {
    readonly width: number;
    readonly height: number;
    parse(bytes: Uint8Array): void;
    getData(options: object): Uint8Array;
  };
}

/** Decodes the first image of a TIFF file. */
export async function decodeTiff(bytes: Uint8Array): Promise<Rgba & { readonly orientation: number }> {
  const utif = await commonJs<Utif>(UTIF);
  const buffer = bytes.slice().buffer, [directory] = utif.decode(buffer);
  if (directory === undefined) throw new Error("it has no image");
  utif.decodeImage(buffer, directory);
  const { width, height } = directory as { width: number; height: number };
  const data = utif.toRGBA8(directory), turned = directory["t274"];
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
