/**
 * Image files and folders of them, for tests.
 *
 * @module
 */
import { encode, type ImageData } from "fast-png";
import jpeg from "jpeg-js";
import type { FileTree } from "../core/file_source.ts";
import type { Picture } from "./picture.ts";

/** Returns an image of one colour. @param height Rows. @param width Columns. @param colour Channels. */
export function plain(
  height: number,
  width: number,
  colour: readonly [number] | readonly [number, number, number],
): Picture {
  const pixels = Uint8Array.from(
    { length: height * width * colour.length },
    (_, i) => colour[i % colour.length]!,
  );
  return { height, width, channels: colour.length, pixels };
}

/** Encodes a PNG file. @param picture Image. @param more Further options of the encoder. */
export function pngFile(
  { height, width, channels, pixels }: Picture,
  more: Partial<ImageData> = {},
): Uint8Array {
  return encode({ width, height, channels, depth: 8, data: pixels, ...more });
}

/** Encodes a colour JPEG file. @param picture Image. @param quality Quality from 1 to 100. */
export function jpegFile({ height, width, channels, pixels }: Picture, quality: number = 95): Uint8Array {
  const data = new Uint8Array(height * width * 4).fill(255);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) data[4 * i + c] = pixels[i * channels + c % channels]!;
  }
  return new Uint8Array(jpeg.encode({ width, height, data }, quality).data);
}

/** A folder in memory that records reads. */
export interface MemoryTree extends FileTree {
  /** Files by name; tests may change them. */
  readonly files: Record<string, Uint8Array>;
  /** Names of the files read, in order. */
  readonly reads: string[];
}

/** Creates a folder in memory. @param files Files by name. @param location Location for messages. */
export function memoryTree(files: Record<string, Uint8Array>, location: string = "pictures"): MemoryTree {
  const reads: string[] = [];
  return {
    location,
    files,
    reads,
    list: () => Promise.resolve(Object.keys(files)),
    entries: () =>
      Promise.resolve(
        Object.entries(files).map(([name, { length }]) => ({ name, size: length, modified: 1 })),
      ),
    read(name) {
      reads.push(name);
      return Promise.resolve(files[name]!);
    },
    readStart: (name, length) => Promise.resolve(files[name]!.slice(0, length)),
  };
}
