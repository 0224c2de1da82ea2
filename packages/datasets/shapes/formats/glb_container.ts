/**
 * The container of glTF 2.0: a JSON document with a binary chunk behind it (GLB), or alone with its buffers in other files or
 * in data URIs.
 *
 * @module
 */
import { DataError } from "../../core/data_error.ts";

/** An unvalidated JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A glTF document and what belongs to it. */
export interface GltfContainer {
  /** glTF document. */
  readonly document: JsonObject;
  /** Bytes of the first buffer of a GLB file; absent from `.gltf` files. */
  readonly binary?: Uint8Array;
}

/**
 * Reads a file beside the mesh, such as a buffer of a `.gltf` file.
 *
 * @param path Path relative to the mesh.
 * @returns Contents; rejects if there is no such file.
 * @category Shapes
 */
export type ReadBeside = (path: string) => Promise<Uint8Array>;

const MAGIC = 0x46546c67, JSON_CHUNK = 0x4e4f534a, BINARY_CHUNK = 0x004e4942;

/**
 * Narrows a JSON value to an object.
 *
 * @param value Any JSON value.
 * @returns The object, or `undefined` if it is not one.
 */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as JsonObject
    : undefined;
}

/**
 * Returns an element of one of the document's lists.
 *
 * @param document glTF document.
 * @param list Name of the list, such as `nodes`.
 * @param index Index of the element.
 * @param name File name for messages.
 * @throws {DataError} If there is no such element.
 */
export function listed(document: JsonObject, list: string, index: unknown, name: string): JsonObject {
  const elements = document[list];
  const element = Array.isArray(elements) && typeof index === "number"
    ? asObject(elements[index])
    : undefined;
  if (element) return element;
  throw new DataError(`${name} is damaged: it refers to ${list}[${String(index)}], which does not exist.`);
}

/**
 * Validates an integer in `[0, 2^53)`.
 *
 * @param value JSON value.
 * @param standard Default for an absent value.
 * @param what Name of the value for messages.
 * @param name File name for messages.
 * @throws {DataError} If it is anything else.
 */
export function integerOf(value: unknown, standard: number, what: string, name: string): number {
  if (value === undefined) return standard;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new DataError(
    `${name} is damaged: ${what} must be a non-negative integer, got ${JSON.stringify(value)}.`,
  );
}

function parseDocument(bytes: Uint8Array | undefined, name: string): JsonObject {
  let document: JsonObject | undefined;
  try {
    document = asObject(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new DataError(`${name} is damaged: its JSON cannot be read (${String(cause)}).`, { cause });
  }
  if (document === undefined) throw new DataError(`${name} is damaged: its JSON is not an object.`);
  return document;
}

/**
 * Splits a glTF file, binary or text.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @throws {DataError} If it is not glTF of version 2, or is damaged.
 */
export function readGltf(bytes: Uint8Array, name: string): GltfContainer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 20 || view.getUint32(0, true) !== MAGIC) {
    const document = /^\s*\{/.test(new TextDecoder().decode(bytes.subarray(0, 64)))
      ? parseDocument(bytes, name)
      : undefined;
    if (document?.["asset"] === undefined) {
      throw new DataError(
        `${name} is not a glTF file: it is neither a JSON document nor starts with "glTF".`,
      );
    }
    const { version } = asObject(document["asset"]) ?? {};
    if (!String(version).startsWith("2")) {
      throw new DataError(
        `${name} is a glTF file of version ${String(version)}: only version 2 is supported.`,
      );
    }
    return { document };
  }
  const version = view.getUint32(4, true), length = view.getUint32(8, true);
  if (version !== 2) {
    throw new DataError(`${name} is a GLB file of version ${version}: only version 2 is supported.`);
  }
  if (length !== bytes.length) {
    throw new DataError(
      `${name} is ${bytes.length < length ? "truncated" : "damaged"}: its header declares ${length} bytes, ` +
        `the file has ${bytes.length}. Copy it again.`,
    );
  }
  const chunks = new Map<number, Uint8Array>();
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at, true), type = view.getUint32(at + 4, true);
    if (size > bytes.length - at - 8) {
      throw new DataError(`${name} is damaged: a chunk extends beyond its end.`);
    }
    if (!chunks.has(type)) chunks.set(type, bytes.subarray(at + 8, at + 8 + size));
    at += 8 + size;
  }
  return {
    document: parseDocument(chunks.get(JSON_CHUNK), name),
    binary: chunks.get(BINARY_CHUNK) ?? new Uint8Array(),
  };
}
