/**
 * The binary glTF 2.0 container: a JSON chunk, a binary chunk, and the accessors that describe arrays in it.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";

/** An unvalidated JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The two chunks of a GLB file. */
export interface GlbContainer {
  /** glTF document. */
  readonly document: JsonObject;
  /** Bytes of the first buffer; empty if absent. */
  readonly binary: Uint8Array;
}

const MAGIC = 0x46546c67, JSON_CHUNK = 0x4e4f534a, BINARY_CHUNK = 0x004e4942;

/** Element types of accessors by glTF's `componentType`. */
const COMPONENTS: ReadonlyMap<unknown, { readonly bytes: number; readonly name: string }> = new Map([
  [5121, { bytes: 1, name: "u8" }],
  [5123, { bytes: 2, name: "u16" }],
  [5125, { bytes: 4, name: "u32" }],
  [5126, { bytes: 4, name: "f32" }],
]);

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

/**
 * Splits a GLB file into its chunks.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @throws {DataError} If it is not a GLB file of version 2, or is damaged.
 */
export function readGlb(bytes: Uint8Array, name: string): GlbContainer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 20 || view.getUint32(0, true) !== MAGIC) {
    throw new DataError(`${name} is not a GLB file: it does not start with "glTF".`);
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
  let document: JsonObject | undefined;
  try {
    document = asObject(JSON.parse(new TextDecoder().decode(chunks.get(JSON_CHUNK))));
  } catch (cause) {
    throw new DataError(`${name} is damaged: its JSON cannot be read (${String(cause)}).`, { cause });
  }
  if (document === undefined) throw new DataError(`${name} is damaged: its JSON is not an object.`);
  return { document, binary: chunks.get(BINARY_CHUNK) ?? new Uint8Array() };
}

/**
 * Reads an accessor.
 *
 * @param container Chunks of the file.
 * @param index Index of the accessor.
 * @param type `VEC3` of floats, or `SCALAR` of unsigned integers.
 * @param name File name for messages.
 * @returns Elements, in a new array.
 * @throws {DataError} If the accessor has another type, uses unsupported storage, or extends beyond its buffer.
 * @throws {MemoryError} If it does not fit in memory.
 */
export function accessorValues(
  { document, binary }: GlbContainer,
  index: unknown,
  type: "VEC3" | "SCALAR",
  name: string,
): Float32Array | Uint32Array {
  const accessor = listed(document, "accessors", index, name);
  const component = COMPONENTS.get(accessor["componentType"]);
  const isFloat = component?.name === "f32";
  if (!component || accessor["type"] !== type || isFloat !== (type === "VEC3")) {
    throw new DataError(
      `${name} has an accessor ${String(index)} of type ${String(accessor["type"])} of ` +
        `${
          String(accessor["componentType"])
        }: only positions of 32-bit floats and indices of unsigned integers are supported.`,
    );
  }
  if (accessor["sparse"] !== undefined || accessor["bufferView"] === undefined) {
    throw new DataError(`${name} has sparse or empty accessors: export it without them.`);
  }
  const integer = (value: unknown, standard: number, what: string) => integerOf(value, standard, what, name);
  const view = listed(document, "bufferViews", accessor["bufferView"], name);
  const buffer = listed(document, "buffers", view["buffer"], name);
  if (view["buffer"] !== 0 || buffer["uri"] !== undefined) {
    throw new DataError(`${name} has data in other files: export it as a single GLB file.`);
  }
  const count = integer(accessor["count"], 0, "the count of an accessor"), width = type === "VEC3" ? 3 : 1;
  const elementBytes = width * component.bytes;
  const stride = integer(view["byteStride"], elementBytes, "a byteStride");
  const viewStart = integer(view["byteOffset"], 0, "a byteOffset");
  const viewEnd = viewStart + integer(view["byteLength"], 0, "a byteLength");
  const start = viewStart + integer(accessor["byteOffset"], 0, "a byteOffset");
  if (
    stride < elementBytes || viewEnd > binary.length ||
    (count > 0 && start + (count - 1) * stride + elementBytes > viewEnd)
  ) {
    throw new DataError(
      `${name} is damaged or truncated: accessor ${String(index)} extends beyond its buffer.`,
    );
  }
  requireMemory({ purpose: `accessor ${String(index)} of ${name}`, bytes: 4 * count * width });
  const data = new DataView(binary.buffer, binary.byteOffset, binary.byteLength);
  const read = {
    u8: (at: number) => data.getUint8(at),
    u16: (at: number) => data.getUint16(at, true),
    u32: (at: number) => data.getUint32(at, true),
    f32: (at: number) => data.getFloat32(at, true),
  }[component.name as "u8" | "u16" | "u32" | "f32"];
  const values = isFloat ? new Float32Array(count * width) : new Uint32Array(count * width);
  for (let i = 0; i < values.length; i++) {
    values[i] = read(start + Math.floor(i / width) * stride + (i % width) * component.bytes);
  }
  return values;
}
