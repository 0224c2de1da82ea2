/**
 * The arrays of a glTF document: buffers, views of them, and accessors that give their elements a type.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { DataError } from "../../core/data_error.ts";
import { packageModule } from "../../core/npm_package.ts";
import {
  asObject,
  type GltfContainer,
  integerOf,
  type JsonObject,
  listed,
  type ReadBeside,
} from "./glb_container.ts";

/** Element types of accessors by glTF's `componentType`. */
const COMPONENTS: ReadonlyMap<unknown, {
  readonly bytes: number;
  /** Value of a normalised 1. */
  readonly one: number;
  readonly read: (view: DataView, at: number) => number;
}> = new Map([
  [5120, { bytes: 1, one: 127, read: (view, at) => view.getInt8(at) }],
  [5121, { bytes: 1, one: 255, read: (view, at) => view.getUint8(at) }],
  [5122, { bytes: 2, one: 32767, read: (view, at) => view.getInt16(at, true) }],
  [5123, { bytes: 2, one: 65535, read: (view, at) => view.getUint16(at, true) }],
  [5125, { bytes: 4, one: 1, read: (view, at) => view.getUint32(at, true) }],
  [5126, { bytes: 4, one: 1, read: (view, at) => view.getFloat32(at, true) }],
]);

const FLOAT = 5126;
const UNSIGNED = [5121, 5123, 5125];

const MESHOPTIMIZER = { name: "meshoptimizer", versions: "^1.3.0" };
const MESHOPT = ["EXT_meshopt_compression", "KHR_meshopt_compression"];

/** The part of `npm:meshoptimizer` that is used. */
interface MeshoptDecoder {
  readonly ready: Promise<void>;
  decodeGltfBuffer(
    target: Uint8Array,
    count: number,
    size: number,
    source: Uint8Array,
    mode: string,
    filter?: string,
  ): void;
}

/** A range of bytes with the distance between its elements. */
interface View {
  readonly bytes: Uint8Array;
  /** Distance of elements; absent if they are packed. */
  readonly stride?: number;
}

/** Arrays of a glTF document. */
export class GltfBuffers {
  readonly document: JsonObject;
  /** Length of the buffers outside the document. */
  readonly bytes: number;
  readonly #buffers: readonly (Uint8Array | undefined)[];
  readonly #name: string;
  readonly #decoded = new Map<unknown, Uint8Array>();

  private constructor(document: JsonObject, buffers: readonly (Uint8Array | undefined)[], name: string) {
    this.document = document;
    this.#buffers = buffers;
    this.#name = name;
    this.bytes = buffers.reduce((sum, buffer) => sum + (buffer?.length ?? 0), 0);
  }

  /** Whether the document uses compression, so that arrays may be much longer than the file. */
  get isCompressed(): boolean {
    const used = this.document["extensionsUsed"];
    return Array.isArray(used) &&
      used.some((name) => MESHOPT.includes(name) || name === "KHR_draco_mesh_compression");
  }

  /**
   * Loads the buffers of a document.
   *
   * @param container Document and binary chunk.
   * @param name File name for messages.
   * @param readBeside Reads a file beside it.
   * @throws {DataError} If a buffer is missing.
   */
  static async open(
    { document, binary }: GltfContainer,
    name: string,
    readBeside: ReadBeside | undefined,
  ): Promise<GltfBuffers> {
    const declared = Array.isArray(document["buffers"]) ? document["buffers"] : [];
    const buffers: (Uint8Array | undefined)[] = [];
    for (const [index, buffer] of declared.entries()) {
      const uri = asObject(buffer)?.["uri"];
      if (typeof uri !== "string") buffers.push(index === 0 ? binary : undefined);
      else if (uri.startsWith("data:")) buffers.push(dataUri(uri, name));
      else buffers.push(await fileBeside(uri, name, readBeside));
    }
    return new GltfBuffers(document, buffers, name);
  }

  /**
   * Reads an accessor.
   *
   * @param index Index of the accessor.
   * @param type `VEC3` of coordinates, or `SCALAR` of vertex indices.
   * @returns Elements, in a new array; integers of coordinates divided by their largest value if they are normalised.
   * @throws {DataError} If the accessor has another type or extends beyond its buffer.
   * @throws {MemoryError} If it does not fit in memory.
   */
  async accessor(index: unknown, type: "VEC3" | "SCALAR"): Promise<Float32Array | Uint32Array> {
    const name = this.#name, accessor = listed(this.document, "accessors", index, name);
    const code = accessor["componentType"], component = COMPONENTS.get(code);
    const isIndex = type === "SCALAR";
    if (
      !component || accessor["type"] !== type || (isIndex ? !UNSIGNED.includes(Number(code)) : code === 5125)
    ) {
      throw new DataError(
        `${name} has an accessor ${String(index)} of type ${String(accessor["type"])} of ${
          String(code)
        }: only positions of 32-bit floats or of 8 or 16-bit integers, and indices of unsigned integers, are supported.`,
      );
    }
    const count = integerOf(accessor["count"], 0, "the count of an accessor", name), width = isIndex ? 1 : 3;
    const sparse = asObject(accessor["sparse"]);
    if (accessor["bufferView"] === undefined && !sparse) {
      throw new DataError(`${name} has an empty accessor ${String(index)}: export it anew.`);
    }
    if (accessor["bufferView"] === undefined && count > this.bytes) {
      throw new DataError(`${name} is damaged: accessor ${String(index)} declares ${count} elements.`);
    }
    if (accessor["bufferView"] !== undefined) {
      const { bytes, stride = width * component.bytes } = await this.view(accessor["bufferView"]);
      const start = integerOf(accessor["byteOffset"], 0, "a byteOffset", name);
      this.#requireRange(index, bytes, start, count, stride, width * component.bytes);
    }
    requireMemory({ purpose: `accessor ${String(index)} of ${name}`, bytes: 4 * count * width });
    const values = isIndex ? new Uint32Array(count) : new Float32Array(3 * count);
    const scale = accessor["normalized"] === true && code !== FLOAT ? component.one : 1;
    const fill = async (source: JsonObject, elements: number, at: (element: number) => number) => {
      const { bytes, stride } = await this.view(source["bufferView"]);
      const start = integerOf(source["byteOffset"], 0, "a byteOffset", name);
      const size = width * component.bytes, step = stride ?? size;
      this.#requireRange(index, bytes, start, elements, step, size);
      const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let element = 0; element < elements; element++) {
        for (let i = 0; i < width; i++) {
          const value = component.read(data, start + element * step + i * component.bytes);
          values[width * at(element) + i] = scale === 1 ? value : Math.max(-1, value / scale);
        }
      }
    };
    if (accessor["bufferView"] !== undefined) await fill(accessor, count, (element) => element);
    if (sparse) await this.#fillSparse(sparse, count, index, fill);
    return values;
  }

  /** Replaces the elements that a sparse accessor lists. */
  async #fillSparse(
    sparse: JsonObject,
    count: number,
    index: unknown,
    fill: (source: JsonObject, elements: number, at: (element: number) => number) => Promise<void>,
  ): Promise<void> {
    const name = this.#name, changed = integerOf(sparse["count"], 0, "the count of a sparse accessor", name);
    const where = asObject(sparse["indices"]) ?? {}, what = asObject(sparse["values"]) ?? {};
    const component = COMPONENTS.get(where["componentType"]);
    if (!component || !UNSIGNED.includes(Number(where["componentType"]))) {
      throw new DataError(
        `${name} is damaged: the indices of sparse accessor ${String(index)} have no type.`,
      );
    }
    const { bytes } = await this.view(where["bufferView"]);
    const start = integerOf(where["byteOffset"], 0, "a byteOffset", name);
    this.#requireRange(index, bytes, start, changed, component.bytes, component.bytes);
    const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    await fill(what, changed, (element) => {
      const at = component.read(data, start + element * component.bytes);
      if (at < count) return at;
      throw new DataError(
        `${name} is damaged: sparse accessor ${String(index)} changes element ${at} of ${count}.`,
      );
    });
  }

  #requireRange(
    index: unknown,
    bytes: Uint8Array,
    start: number,
    count: number,
    step: number,
    size: number,
  ): void {
    if (step >= size && (count === 0 || start + (count - 1) * step + size <= bytes.length)) return;
    throw new DataError(
      `${this.#name} is damaged or truncated: accessor ${String(index)} extends beyond its buffer.`,
    );
  }

  /**
   * Returns the bytes of a buffer view, decompressed.
   *
   * @param index Index of the view.
   * @throws {DataError} If it is damaged or extends beyond its buffer.
   */
  async view(index: unknown): Promise<View> {
    const view = listed(this.document, "bufferViews", index, this.#name);
    const extensions = asObject(view["extensions"]) ?? {};
    const compressed = MESHOPT.map((extension) => asObject(extensions[extension])).find(Boolean);
    if (compressed) {
      const bytes = this.#decoded.get(index) ?? await this.#decompress(compressed);
      this.#decoded.set(index, bytes);
      return { bytes, stride: integerOf(compressed["byteStride"], 0, "a byteStride", this.#name) };
    }
    const stride = view["byteStride"];
    return {
      bytes: this.#range(view),
      ...(stride !== undefined && { stride: integerOf(stride, 0, "a byteStride", this.#name) }),
    };
  }

  /** Returns the bytes that a view or its compression refers to. */
  #range(view: JsonObject): Uint8Array {
    const name = this.#name, buffer = this.#buffers[integerOf(view["buffer"], 0, "a buffer", name)];
    if (buffer === undefined) {
      throw new DataError(
        `${name} is damaged: it refers to buffers[${String(view["buffer"])}], which has no data.`,
      );
    }
    const start = integerOf(view["byteOffset"], 0, "a byteOffset", name);
    const end = start + integerOf(view["byteLength"], 0, "a byteLength", name);
    if (end <= buffer.length) return buffer.subarray(start, end);
    throw new DataError(
      `${name} is damaged or truncated: a buffer view ends at byte ${end} of ${buffer.length}, beyond its buffer.`,
    );
  }

  async #decompress(compressed: JsonObject): Promise<Uint8Array> {
    const name = this.#name, source = this.#range(compressed);
    const count = integerOf(compressed["count"], 0, "a count", name);
    const stride = integerOf(compressed["byteStride"], 0, "a byteStride", name);
    if (stride < 1 || stride > 256 || count > 2 ** 26) {
      throw new DataError(`${name} is damaged: ${count} elements of ${stride} bytes cannot be decompressed.`);
    }
    requireMemory({ purpose: `a compressed buffer of ${name}`, bytes: 3 * count * stride });
    const { MeshoptDecoder: decoder } = await packageModule(MESHOPTIMIZER) as unknown as {
      MeshoptDecoder: MeshoptDecoder;
    };
    await decoder.ready;
    const target = new Uint8Array(count * stride);
    try {
      const { mode, filter } = compressed as { mode: string; filter?: string };
      decoder.decodeGltfBuffer(target, count, stride, source, mode, filter);
    } catch (cause) {
      throw new DataError(`${name} is damaged: a buffer compressed by meshoptimizer cannot be decoded.`, {
        cause,
      });
    }
    return target;
  }
}

/** Decodes the data of a data URI. */
function dataUri(uri: string, name: string): Uint8Array {
  const comma = uri.indexOf(",");
  try {
    if (!uri.slice(0, comma).endsWith(";base64")) throw new TypeError("not base64");
    return Uint8Array.from(atob(uri.slice(comma + 1)), (character) => character.charCodeAt(0));
  } catch (cause) {
    throw new DataError(`${name} is damaged: a data URI of its buffers is not base64.`, { cause });
  }
}

async function fileBeside(
  uri: string,
  name: string,
  readBeside: ReadBeside | undefined,
): Promise<Uint8Array> {
  let path = uri;
  try {
    path = decodeURIComponent(uri);
  } catch {
    // A per cent sign that encodes nothing is part of the name.
  }
  if (/^[a-z][a-z0-9+.-]*:|^\//i.test(path) || path.split(/[\\/]/).includes("..")) {
    throw new DataError(
      `${name} has its data in ${path}: expected a file in its folder. Export it as a GLB file.`,
    );
  }
  if (readBeside === undefined) {
    throw new DataError(`${name} has its data in ${path}: pass its folder, or export it as a GLB file.`);
  }
  try {
    return await readBeside(path);
  } catch (cause) {
    if (cause instanceof Error && cause.name === "MemoryError") throw cause;
    throw new DataError(`${name} has its data in ${path}, which cannot be read: copy it beside the mesh.`, {
      cause,
    });
  }
}
