/**
 * Writes files as `torch.save` does, for tests: pickles of protocol 2, and archives of stored entries.
 * @module
 */

/** A tuple; arrays stand for lists. */
export class Tuple {
  /** A tuple. @param items Its items. */
  constructor(readonly items: readonly unknown[]) {}
}

/** A name of a module. */
export class Name {
  /** A name. @param module A Python module. @param name A name in it. */
  constructor(readonly module: string, readonly name: string) {}
}

/** A call of a name. */
export class Call {
  /** A call. @param callable What is called. @param args With what. */
  constructor(readonly callable: Name, readonly args: readonly unknown[]) {}
}

/** An object of a class. */
export class Instance {
  /** An object. @param type Its class. @param state Its attributes. */
  constructor(readonly type: Name, readonly state: ReadonlyMap<unknown, unknown>) {}
}

/** A thing beside the pickle. */
export class Persistent {
  /** A reference. @param id What names it. */
  constructor(readonly id: Tuple) {}
}

/** A dictionary that keeps its order, as state dictionaries are. */
export class Ordered {
  /** A dictionary. @param items Keys and values. */
  constructor(readonly items: readonly (readonly [string, unknown])[]) {}
}

/** Bytes, one byte as a number, or text. */
export type Piece = number | string | ArrayLike<number>;

/**
 * Joins pieces.
 *
 * @param pieces In order.
 */
export function bytesOfParts(...pieces: readonly Piece[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts = pieces.map((piece) => {
    if (typeof piece === "number") return [piece];
    return typeof piece === "string" ? encoder.encode(piece) : piece;
  });
  const bytes = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function u32(value: number): Uint8Array {
  return new Uint8Array(new Uint32Array([value]).buffer);
}

function u16(value: number): Uint8Array {
  return new Uint8Array(new Uint16Array([value]).buffer);
}

/**
 * Writes a pickle of protocol 2.
 *
 * @param value null, booleans, integers of 32 bits, other numbers as floats, text, arrays, Maps, and the classes here.
 */
export function writePickle(value: unknown): Uint8Array<ArrayBuffer> {
  return bytesOfParts(0x80, 2, pickled(value), ".");
}

function pickled(value: unknown): Uint8Array {
  if (value === null) return bytesOfParts("N");
  if (typeof value === "boolean") return bytesOfParts(value ? 0x88 : 0x89);
  if (typeof value === "string") {
    const text = new TextEncoder().encode(value);
    return bytesOfParts("X", u32(text.length), text);
  }
  if (typeof value === "number") return pickledNumber(value);
  if (Array.isArray(value)) return bytesOfParts("](", ...value.map(pickled), "e");
  if (value instanceof Map) return bytesOfParts("}", pickledPairs([...value]));
  if (value instanceof Tuple) return bytesOfParts("(", ...value.items.map(pickled), "t");
  if (value instanceof Name) return bytesOfParts(`c${value.module}\n${value.name}\n`);
  if (value instanceof Call) {
    return bytesOfParts(pickled(value.callable), pickled(new Tuple(value.args)), "R");
  }
  if (value instanceof Instance) {
    return bytesOfParts(pickled(value.type), ")", 0x81, pickled(value.state), "b");
  }
  if (value instanceof Persistent) return bytesOfParts(pickled(value.id), "Q");
  if (value instanceof Ordered) {
    const attributes = new Map([["_metadata", new Map([["version", 1]])]]);
    return bytesOfParts("ccollections\nOrderedDict\n)R", pickledPairs(value.items), pickled(attributes), "b");
  }
  throw new TypeError(`${value} cannot be pickled`);
}

function pickledNumber(value: number): Uint8Array {
  if (Number.isInteger(value)) return bytesOfParts("J", u32(value));
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytesOfParts("G", bytes);
}

function pickledPairs(pairs: readonly (readonly [unknown, unknown])[]): Uint8Array {
  return bytesOfParts("(", ...pairs.flatMap(([key, value]) => [pickled(key), pickled(value)]), "u");
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * Writes a zip archive of stored entries.
 *
 * @param entries Contents with their names.
 */
export function writeZip(entries: readonly (readonly [string, Uint8Array])[]): Uint8Array<ArrayBuffer> {
  const files: Uint8Array[] = [], directory: Uint8Array[] = [];
  let offset = 0;
  for (const [name, bytes] of entries) {
    const sizes = [u32(crc32(bytes)), u32(bytes.length), u32(bytes.length), u16(name.length)];
    const versions = [u16(0), u16(0), u16(0), u16(0)];
    const file = bytesOfParts("PK\x03\x04", u16(0), ...versions, ...sizes, u16(0), name, bytes);
    directory.push(bytesOfParts(
      "PK\x01\x02",
      u16(0),
      u16(0),
      ...versions,
      ...sizes,
      new Uint8Array(12),
      u32(offset),
      name,
    ));
    files.push(file);
    offset += file.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const count = u16(entries.length);
  return bytesOfParts(
    ...files,
    ...directory,
    "PK\x05\x06",
    u32(0),
    count,
    count,
    u32(size),
    u32(offset),
    u16(0),
  );
}

/** The numbers beside a pickle, and how it refers to them. */
export class TorchWriter {
  readonly #storages: Uint8Array[] = [];

  /**
   * A tensor with a storage of its own.
   *
   * @param data All numbers of the storage.
   * @param shape Sizes.
   * @param type Class of the storage.
   * @param offset Place of the first element.
   * @param strides Default: those of row-major order.
   */
  tensor(
    data: Float32Array | Float64Array | Uint16Array | Uint8Array,
    shape: readonly number[],
    type = "FloatStorage",
    offset = 0,
    strides: readonly number[] = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1)),
  ): Call {
    const key = String(this.#storages.length);
    this.#storages.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const storage = new Persistent(
      new Tuple(["storage", new Name("torch", type), key, "cuda:0", data.length]),
    );
    return new Call(new Name("torch._utils", "_rebuild_tensor_v2"), [
      storage,
      offset,
      new Tuple(shape),
      new Tuple(strides),
      false,
      new Ordered([]),
    ]);
  }

  /**
   * The file.
   *
   * @param value What is saved.
   * @param damage Changes the pickle.
   */
  file(value: unknown, damage = (pickle: Uint8Array) => pickle): Uint8Array<ArrayBuffer> {
    return writeZip([
      ["model/data.pkl", damage(writePickle(value))],
      ...this.#storages.map((bytes, key) => [`model/data/${key}`, bytes] as const),
      ["model/version", bytesOfParts("3\n")],
    ]);
  }
}
