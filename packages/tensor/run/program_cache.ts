/**
 * Programs of `evaluate`, cached by graph structure.
 * @module
 */
import type { CompiledProgram } from "../compile/device_program.ts";
import { prepareProgram } from "../compile/program.ts";
import { registerCache } from "../device/allocation_retry.ts";
import type { KernelDevice } from "../device/device.ts";
import type { Tensor } from "../graph/tensor.ts";
import { abstractGraph, type GraphStructure } from "./graph_structure.ts";

/** Programs cached per device; the least recently used is evicted first. */
const MAX_PROGRAMS = 64;
/** Programs with larger temporaries are not cached, since they would retain that memory. */
const MAX_TEMPORARY_BYTES = 4 * 2 ** 20;
/** Graphs with longer keys are not cached, since they would retain much host memory. */
const MAX_KEY_LENGTH = 2 ** 20;

interface Entry {
  readonly program: Promise<CompiledProgram>;
  /** Runs in progress. */
  users: number;
  isCached: boolean;
}

/** Cached programs of one device. */
class ProgramCache {
  readonly #device: KernelDevice;
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>();

  constructor(device: KernelDevice) {
    this.#device = device;
  }

  /** Runs the program of a graph, preparing it if it is not cached. */
  async run(structure: GraphStructure): Promise<Tensor[]> {
    const entry = this.#entry(structure);
    entry.users++;
    try {
      const program = await entry.program;
      const isLarge = program.report.temporaryBytes > MAX_TEMPORARY_BYTES;
      if (isLarge || structure.key.length > MAX_KEY_LENGTH) this.#drop(structure.key, entry);
      return await program.run(structure.sources);
    } catch (error) {
      this.#drop(structure.key, entry);
      throw error;
    } finally {
      entry.users--;
      releaseUnused(entry);
    }
  }

  /** Drops all programs; those running are released after their run. */
  clear(): void {
    for (const [key, entry] of this.#entries) {
      this.#drop(key, entry);
      releaseUnused(entry);
    }
  }

  #entry(structure: GraphStructure): Entry {
    const { key } = structure;
    const known = this.#entries.get(key);
    this.#entries.delete(key);
    const entry = known ?? { program: this.#prepare(structure), users: 0, isCached: true };
    this.#entries.set(key, entry);
    if (this.#entries.size > MAX_PROGRAMS) {
      const [oldest, unused] = this.#entries.entries().next().value!;
      this.#drop(oldest, unused);
      releaseUnused(unused);
    }
    return entry;
  }

  async #prepare(structure: GraphStructure): Promise<CompiledProgram> {
    const { inputs, outputs } = abstractGraph(structure);
    return await prepareProgram(this.#device, inputs, outputs, inputs.map(() => false));
  }

  #drop(key: string, entry: Entry): void {
    entry.isCached = false;
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }
}

function releaseUnused({ program, users, isCached }: Entry): void {
  if (!isCached && users === 0) program.then((p) => p.release(), () => {});
}

const caches = new WeakMap<KernelDevice, ProgramCache>();

/**
 * Returns the program cache of a device.
 *
 * @param device Device.
 */
export function programCache(device: KernelDevice): ProgramCache {
  let cache = caches.get(device);
  if (!cache) {
    const created = cache = new ProgramCache(device);
    caches.set(device, cache);
    registerCache(device, () => created.clear());
  }
  return cache;
}
