/**
 * Decoders compiled to WebAssembly, loaded when a file needs them: mozjpeg (a fork of libjpeg-turbo, whose pixels are those of
 * Pillow), libwebp and libavif, as packaged by jSquash.
 *
 * @module
 */
import { type NpmPackage, packageFile, packageModule } from "../core/npm_package.ts";

/** Pixels as a decoder returns them. */
export interface Rgba {
  /** Columns of pixels. */
  readonly width: number;
  /** Rows of pixels. */
  readonly height: number;
  /** Values `[height, width, 4]`. */
  readonly data: Uint8ClampedArray | Uint8Array;
}

/** An instance of a decoder. */
interface Codec {
  decode(bytes: Uint8Array, option?: boolean | number): Rgba | null;
}

type Factory = (options: object) => Promise<Codec>;

interface WasmPackage {
  readonly npm: NpmPackage;
  /** Path of the module in the package, without its ending. */
  readonly path: string;
}

const PACKAGES = {
  jpeg: { npm: { name: "@jsquash/jpeg", versions: "^1.6.0" }, path: "codec/dec/mozjpeg_dec" },
  webp: { npm: { name: "@jsquash/webp", versions: "^1.5.0" }, path: "codec/dec/webp_dec" },
  avif: { npm: { name: "@jsquash/avif", versions: "^2.1.1" }, path: "codec/dec/avif_dec" },
} as const satisfies Readonly<Record<string, WasmPackage>>;

/** Formats with a decoder in WebAssembly. */
export type WasmFormat = keyof typeof PACKAGES;

/** An instance with the messages that it has printed since the last file. */
interface Instance {
  readonly codec: Codec;
  readonly messages: string[];
}

const instances = new Map<WasmFormat, Promise<Instance>>();

async function open(format: WasmFormat): Promise<Instance> {
  const { npm, path } = PACKAGES[format], messages: string[] = [];
  const factory = (await packageModule(npm, `${path}.js`))["default"] as Factory;
  const wasmBinary = await packageFile(npm, `${path}.wasm`);
  const print = (message: string) => messages.push(message);
  const codec = await factory({ noInitialRun: true, wasmBinary, print, printErr: print });
  return { codec, messages };
}

/**
 * Decodes a file.
 *
 * @param format Its format.
 * @param bytes File contents.
 * @returns Pixels, and the warnings of the decoder.
 * @throws {Error} If it is damaged or unsupported; the message is a clause without the file's name.
 * @throws {DataError} If the decoder cannot be loaded.
 */
export async function decodeByWasm(
  format: WasmFormat,
  bytes: Uint8Array,
): Promise<Rgba & { readonly warnings: readonly string[] }> {
  const opening = instances.get(format) ?? open(format);
  instances.set(format, opening);
  let instance: Instance;
  try {
    instance = await opening;
  } catch (error) {
    instances.delete(format);
    throw error;
  }
  const { codec, messages } = instance;
  messages.length = 0;
  try {
    const pixels = format === "webp"
      ? codec.decode(bytes)
      : codec.decode(bytes, format === "avif" ? 8 : false);
    if (!pixels) throw new Error(messages[0] ?? "its data is damaged");
    return { width: pixels.width, height: pixels.height, data: pixels.data, warnings: [...messages] };
  } catch (error) {
    // Its state is unknown now.
    instances.delete(format);
    throw new Error(messages[0] ?? (error instanceof Error ? error.message : "its data is damaged"), {
      cause: error,
    });
  }
}
