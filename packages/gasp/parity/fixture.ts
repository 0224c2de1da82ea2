/**
 * A file of numbers that the authors' code computed: inputs, weights, index tables, and what came out.
 * @module
 */
import type { StateDict } from "@gasp/autograd";
import {
  parseSafetensors,
  type SafetensorsFile,
  type StoredTensor,
  type Tensor,
  tensor,
  toFloat32,
  toInt32,
} from "@gasp/tensor";
import type { HostRecord, HostTensor } from "../state/host_record.ts";

/** Whole numbers with a shape. */
export interface HostIntegers {
  /** Sizes of the axes. */
  readonly shape: readonly number[];
  /** Elements, row-major. */
  readonly data: Int32Array;
}

/** One file. */
export class Fixture {
  /** Names of all tensors. */
  readonly names: readonly string[];
  readonly #file: SafetensorsFile;

  /**
   * Reads a file.
   *
   * @param bytes A safetensors file.
   * @throws {Error} If it is none.
   */
  constructor(bytes: Uint8Array) {
    this.#file = parseSafetensors(bytes);
    this.names = [...this.#file.tensors.keys()];
  }

  /** True if there is a tensor of a name. @param name The name. */
  has(name: string): boolean {
    return this.#file.tensors.has(name);
  }

  /** Floats by name. @param name The name. @throws {RangeError} If there is none. */
  floats(name: string): HostTensor {
    const stored = this.#stored(name);
    return { shape: stored.shape, data: toFloat32(stored) };
  }

  /** Whole numbers by name. @param name The name. @throws {RangeError} If there is none. */
  integers(name: string): HostIntegers {
    const stored = this.#stored(name);
    return { shape: stored.shape, data: toInt32(stored) };
  }

  /** Floats as a tensor. @param name The name. @throws {RangeError} If there is none. */
  tensor(name: string): Tensor {
    const { data, shape } = this.floats(name);
    return tensor(data, shape);
  }

  /** Floats whose names begin with a prefix, without it. @param prefix For example `param.`. */
  floatsBehind(prefix: string): HostRecord {
    const names = this.names.filter((name) => name.startsWith(prefix));
    return Object.fromEntries(names.map((name) => [name.slice(prefix.length), this.floats(name)]));
  }

  /** The same as tensors. @param prefix For example `param.`. */
  tensorsBehind(prefix: string): StateDict {
    const entries = Object.entries(this.floatsBehind(prefix));
    return Object.fromEntries(entries.map(([name, { data, shape }]) => [name, tensor(data, shape)]));
  }

  /** JSON from the metadata. @param key Its key. @throws {RangeError} If there is none, or it is no JSON. */
  metadata(key: string): unknown {
    const text = this.#file.metadata.get(key);
    if (text === undefined) throw new RangeError(`the file's metadata has no '${key}'`);
    try {
      return JSON.parse(text);
    } catch {
      throw new RangeError(`the file's metadata '${key}' is no JSON: ${text.slice(0, 60)}`);
    }
  }

  #stored(name: string): StoredTensor {
    const stored = this.#file.tensors.get(name);
    if (!stored) throw new RangeError(`the file has no tensor '${name}'`);
    return stored;
  }
}
