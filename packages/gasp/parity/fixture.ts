/**
 * A fixture: a safetensors file with inputs, weights, index tables and results of the authors' code.
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

/** Integers with a shape. */
export interface HostIntegers {
  /** Sizes of the axes. */
  readonly shape: readonly number[];
  /** Elements, row-major. */
  readonly data: Int32Array;
}

/** Tensors and metadata of a fixture. */
export class Fixture {
  /** Names of all tensors. */
  readonly names: readonly string[];
  readonly #file: SafetensorsFile;

  /**
   * @param bytes A safetensors file.
   * @throws {Error} If the file is not valid.
   */
  constructor(bytes: Uint8Array) {
    this.#file = parseSafetensors(bytes);
    this.names = [...this.#file.tensors.keys()];
  }

  /** Whether there is a tensor of a name. @param name Name of a tensor. */
  has(name: string): boolean {
    return this.#file.tensors.has(name);
  }

  /** Returns a tensor's elements as float32. @param name Name of the tensor. @throws {RangeError} If there is none. */
  floats(name: string): HostTensor {
    const stored = this.#stored(name);
    return { shape: stored.shape, data: toFloat32(stored) };
  }

  /** Returns a tensor's elements as int32. @param name Name of the tensor. @throws {RangeError} If there is none. */
  integers(name: string): HostIntegers {
    const stored = this.#stored(name);
    return { shape: stored.shape, data: toInt32(stored) };
  }

  /** Returns a float32 tensor. @param name Name of the tensor. @throws {RangeError} If there is none. */
  tensor(name: string): Tensor {
    const { data, shape } = this.floats(name);
    return tensor(data, shape);
  }

  /** Returns all tensors under a prefix, by their names without it. @param prefix For example `param.`. */
  floatsUnder(prefix: string): HostRecord {
    const names = this.names.filter((name) => name.startsWith(prefix));
    return Object.fromEntries(names.map((name) => [name.slice(prefix.length), this.floats(name)]));
  }

  /** Like {@linkcode floatsUnder}, as tensors. @param prefix For example `param.`. */
  tensorsUnder(prefix: string): StateDict {
    const entries = Object.entries(this.floatsUnder(prefix));
    return Object.fromEntries(entries.map(([name, { data, shape }]) => [name, tensor(data, shape)]));
  }

  /** Parses a JSON value of the metadata. @param key Its key. @throws {RangeError} If it is missing or not valid JSON. */
  metadata(key: string): unknown {
    const text = this.#file.metadata.get(key);
    if (text === undefined) throw new RangeError(`the fixture's metadata has no '${key}'`);
    try {
      return JSON.parse(text);
    } catch {
      throw new RangeError(`the fixture's metadata '${key}' is not valid JSON: ${text.slice(0, 60)}`);
    }
  }

  #stored(name: string): StoredTensor {
    const stored = this.#file.tensors.get(name);
    if (!stored) throw new RangeError(`the fixture has no tensor '${name}'`);
    return stored;
  }
}
