/**
 * Programs of `evaluate`, cached by graph structure.
 * @module
 */
import { prepareProgram } from "../compile/program.ts";
import { registerCache } from "../device/allocation_retry.ts";
import type { KernelDevice } from "../device/device.ts";
import type { Tensor } from "../graph/tensor.ts";
import { abstractGraph } from "./abstract_graph.ts";
import type { GraphStructure } from "./graph_structure.ts";
import { argumentsOf, hoistNumbers, VaryingNumbers } from "./hoist_numbers.ts";
import { ProgramStore } from "./program_store.ts";
import { RecompilationWatch } from "./recompilation_watch.ts";

/** Programs cached per device; the least recently used is evicted first. */
const MAX_PROGRAMS = 64;
/** Programs with larger temporaries are not cached, since they would retain that memory. */
const MAX_TEMPORARY_BYTES = 4 * 2 ** 20;
/** Graphs with longer keys are not cached, since they would retain much host memory. */
const MAX_KEY_LENGTH = 2 ** 20;

/** Cached programs of one device. */
class ProgramCache {
  readonly #device: KernelDevice;
  readonly #programs = new ProgramStore(MAX_PROGRAMS);
  readonly #numbers = new VaryingNumbers(MAX_PROGRAMS);
  readonly #watch = new RecompilationWatch();

  constructor(device: KernelDevice) {
    this.#device = device;
  }

  /** Runs the program of a graph, preparing it if it is not cached. */
  async run(structure: GraphStructure): Promise<Tensor[]> {
    const isLong = structure.key.length > MAX_KEY_LENGTH;
    const varying = isLong ? structure.numbers.map(() => false) : this.#numbers.of(structure);
    const fixed = structure.numbers.map((number, i) => varying[i] ? "varies" : showNumber(number));
    const key = `${structure.key}|${fixed.join()}`;
    const hoisted = hoistNumbers(structure, varying);
    const prepare = async () => {
      this.#watch.compiles(structure);
      const { inputs, outputs } = abstractGraph(structure, hoisted);
      return await prepareProgram(this.#device, inputs, outputs, { donated: inputs.map(() => false) });
    };
    try {
      return await this.#programs.use(key, prepare, (program) => {
        if (program.report.temporaryBytes > MAX_TEMPORARY_BYTES || isLong) this.#programs.drop(key);
        return program.run([...structure.sources, ...argumentsOf(hoisted)]);
      });
    } catch (error) {
      this.#programs.drop(key);
      throw error;
    }
  }

  /** Drops all programs; those running are released after their run. */
  clear(): void {
    this.#programs.clear();
  }
}

/** As text; -0 differs from 0. */
function showNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
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
