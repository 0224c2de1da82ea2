/**
 * Writes files in the format of `torch.save`, for tests: pickles of protocol 2 in uncompressed zip archives.
 * @module
 */

/** A tuple; arrays represent lists. */
export class Tuple {
  /** Constructs a tuple. @param items Items. */
  constructor(readonly items: readonly unknown[]) {}
}

/** A global. */
export class Name {
  /** Constructs a global. @param module Python module. @param name Name in the module. */
  constructor(readonly module: string, readonly name: string) {}
}

/** A call of a global. */
export class Call {
  /** Constructs a call. @param callable Global to call. @param args Arguments. */
  constructor(readonly callable: Name, readonly args: readonly unknown[]) {}
}

/** An instance of a class. */
export class Instance {
  /** Constructs an instance. @param type Class. @param state Attributes. */
  constructor(readonly type: Name, readonly state: ReadonlyMap<unknown, unknown>) {}
}

/** A reference to an object outside the pickle. */
export class Persistent {
  /** Constructs a reference. @param id Persistent id. */
  constructor(readonly id: Tuple) {}
}

/** An OrderedDict, the type of state dictionaries. */
export class Ordered {
  /** Constructs a dictionary. @param items Keys and values. */
  constructor(readonly items: readonly (readonly [string, unknown])[]) {}
}

/** Bytes, a single byte, or a string. */
export type Piece = number | string | ArrayLike<number>;

/**
 * Concatenates pieces.
 *
 * @param pieces Pieces in order.
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
 * @param value null, booleans, 32-bit integers, other numbers as floats, strings, arrays, Maps, and the classes above.
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
 * Writes an uncompressed zip archive.
 *
 * @param entries Names and contents.
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

/** Collects the storages of a file and writes it. */
export class TorchWriter {
  readonly #storages: Uint8Array[] = [];

  /**
   * Adds a tensor with its own storage.
   *
   * @param data Elements of the storage.
   * @param shape Sizes of the axes.
   * @param type Storage class.
   * @param offset Position of the first element.
   * @param strides Strides in elements. Default: row-major.
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
   * Writes the file.
   *
   * @param value Value to save.
   * @param damage Modifies the pickle.
   */
  file(value: unknown, damage = (pickle: Uint8Array) => pickle): Uint8Array<ArrayBuffer> {
    return writeZip([
      ["model/data.pkl", damage(writePickle(value))],
      ...this.#storages.map((bytes, key) => [`model/data/${key}`, bytes] as const),
      ["model/version", bytesOfParts("3\n")],
    ]);
  }
}
