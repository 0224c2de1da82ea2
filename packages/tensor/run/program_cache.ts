/**
 * Programs of `evaluate`, by the structure of their graphs.
 * @module
 */
import type { CompiledProgram } from "../compile/device_program.ts";
import { prepareProgram } from "../compile/program.ts";
import { clearWhenFull } from "../core/room.ts";
import type { KernelDevice } from "../core/device.ts";
import type { Tensor } from "../graph/tensor.ts";
import { abstractGraph, type GraphStructure } from "./graph_structure.ts";

/** Programs that a device caches; the one that was not used for longest goes first. */
const MOST_PROGRAMS = 64;
/** Programs whose temporaries take more than this are not cached: they would hold that memory. */
const MOST_TEMPORARY_BYTES = 4 * 2 ** 20;
/** Keys longer than this are of graphs so large that a cached one would hold much memory of the host. */
const LONGEST_KEY = 2 ** 20;

interface Entry {
  readonly program: Promise<CompiledProgram>;
  /** Runs that have not ended. */
  users: number;
  isCached: boolean;
}

/** The cached programs of one device. */
class ProgramCache {
  readonly #device: KernelDevice;
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();

  constructor(device: KernelDevice) {
    this.#device = device;
  }

  /** Runs the program of a graph, which it prepares if it is not cached. */
  async run(structure: GraphStructure): Promise<Tensor[]> {
    const entry = this.#entry(structure);
    entry.users++;
    try {
      const program = await entry.program;
      const isLarge = program.report.temporaryBytes > MOST_TEMPORARY_BYTES;
      if (isLarge || structure.key.length > LONGEST_KEY) this.#drop(structure.key, entry);
      return await program.run(structure.sources);
    } catch (error) {
      this.#drop(structure.key, entry);
      throw error;
    } finally {
      entry.users--;
      releaseUnused(entry);
    }
  }

  /** Forgets all programs; those that run are released at the end of their run. */
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
    if (this.#entries.size > MOST_PROGRAMS) {
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
 * The cache of a device.
 *
 * @param device Where programs run.
 */
export function programCache(device: KernelDevice): ProgramCache {
  let cache = caches.get(device);
  if (!cache) {
    const created = cache = new ProgramCache(device);
    caches.set(device, cache);
    clearWhenFull(device, () => created.clear());
  }
  return cache;
}
