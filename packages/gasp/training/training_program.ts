/**
 * The training step of a run as one compiled program on a device, with the inputs of each step: a pure function of
 * (configuration, seed, data, step). It knows nothing of the method but its interface.
 * @module
 */
import { type BatchOrder, batchOrder, type Dataset } from "@gasp/datasets";
import {
  compile,
  type Compiled,
  type Device,
  isKernelDevice,
  type PlanReport,
  tensor,
  type Tree,
  treeMap,
} from "@gasp/tensor";
import type { RunConfig } from "../config/run_settings.ts";
import type { StepResult, TrainingSteps } from "../methods/core/method.ts";
import { methodOf } from "../methods/table.ts";
import { aboveLimit, tooLarge } from "./memory_errors.ts";

/** What {@link TrainingProgram.prepare} takes. */
export interface ProgramRequest {
  /** Configuration of the run. */
  readonly config: RunConfig;
  /** Its data; they must fit the configuration. */
  readonly data: Dataset;
  /** Where to compute. */
  readonly device: Device;
  /** The state to begin with, on the host. */
  readonly state: Tree;
  /** Bytes that a step may take, the state included. Default: what the device has. */
  readonly memoryLimit?: number;
}

/** A step of training, ready to run. */
export class TrainingProgram {
  readonly #config: RunConfig;
  readonly #device: Device;
  /** What a step may take. */
  readonly #memoryBytes: number;
  readonly #order: BatchOrder;
  readonly #steps: TrainingSteps;
  readonly #program: Compiled<[Tree, Tree], StepResult>;
  /** In the order of the method; compiled programs return them sorted by name. */
  #lossNames: readonly string[] = [];
  /** The next step's inputs, prepared while this step runs. */
  #ahead: { readonly step: number; readonly inputs: Promise<Tree> } | undefined;

  private constructor(
    { config, device, memoryLimit = Infinity }: ProgramRequest,
    order: BatchOrder,
    steps: TrainingSteps,
  ) {
    this.#config = config;
    this.#device = device;
    this.#memoryBytes = Math.min(memoryLimit, isKernelDevice(device) ? device.info.maxMemoryBytes : Infinity);
    this.#order = order;
    this.#steps = steps;
    this.#program = compile((state: Tree, inputs: Tree): StepResult => {
      const result = steps.step(state, inputs);
      this.#lossNames = Object.keys(result.losses);
      return result;
    }, { device, donateArgnums: [0], memoryBytes: this.#memoryBytes });
  }

  /**
   * Prepares everything that stays the same from step to step.
   *
   * @param request What to train, where.
   */
  static async prepare(request: ProgramRequest): Promise<TrainingProgram> {
    const { config, data, device, state } = request;
    const order = batchOrder({ seed: config.seed, batchSize: config.batchSize, items: data.items });
    const batch = (step: number) => ({ step, indices: order.indices(step) });
    const steps = await methodOf(config).prepare({ config, data, device, state, batch });
    return new TrainingProgram(request, order, steps);
  }

  /**
   * Compiles the step and checks that the device has room for it.
   *
   * @param state Any state of the run; only shapes matter.
   * @returns What it takes; `undefined` on the reference interpreter, which plans nothing.
   * @throws {MemoryError} If it does not fit; the error says what fits.
   */
  async plan(state: Tree): Promise<PlanReport | undefined> {
    const device = this.#device;
    if (!isKernelDevice(device)) return undefined;
    const { batchSize } = this.#config, memory = this.#memoryBytes;
    const planFor = async (size: number) => {
      return await this.#program.plan(state, await this.#steps.abstractInputs(size, () => this.#inputsOf(0)));
    };
    try {
      const report = await planFor(batchSize);
      if (bytesOf(report) <= memory) return report;
      if (memory < device.info.maxMemoryBytes) throw aboveLimit(batchSize, bytesOf(report), memory);
      throw new RangeError(`the plan is ${bytesOf(report)} bytes`);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw await tooLarge({
        batch: batchSize,
        device: device.info.name,
        memory,
        cause: error,
        bytesFor: async (size) => bytesOf(await planFor(size)),
      });
    }
  }

  /**
   * Runs a step. The state is consumed. While it runs, the inputs of the next step are prepared.
   *
   * @param state The state after `step` steps.
   * @param step Number of steps done.
   * @returns The next state, and losses in the order of the method.
   */
  async run(state: Tree, step: number): Promise<StepResult> {
    const result = this.#program(state, await this.#inputsOf(step));
    const ahead = nextTurn(() => this.#makeInputs(step + 1));
    // What goes wrong is thrown when the step is asked for
    ahead.catch(() => {});
    this.#ahead = { step: step + 1, inputs: ahead };
    const { state: next, losses } = await result;
    return {
      state: isKernelDevice(this.#device) ? next : roundState(next),
      losses: Object.fromEntries(this.#lossNames.map((name) => [name, losses[name]!])),
    };
  }

  /** Frees what the program holds on the device. */
  async release(): Promise<void> {
    await this.#ahead?.inputs.catch(() => {});
    this.#program.release();
    await this.#steps.release?.();
  }

  #inputsOf(step: number): Promise<Tree> {
    if (this.#ahead?.step !== step) this.#ahead = { step, inputs: this.#makeInputs(step) };
    return this.#ahead.inputs;
  }

  #makeInputs(step: number): Promise<Tree> {
    return this.#steps.inputs({ step, indices: this.#order.indices(step) });
  }
}

/** Begins some work in the next turn of the event loop, so that what was begun before is under way. */
function nextTurn<T>(work: () => Promise<T>): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, 0)).then(work);
}

/**
 * Between steps a state is float32 on every device, so that a checkpoint holds all of it. The interpreter computes in
 * double precision within a step.
 */
function roundState(state: Tree): Tree {
  return treeMap(state, (leaf) => {
    const { storage } = leaf;
    if (storage.kind !== "host" || leaf.dtype !== "f32") return leaf;
    return tensor(Float32Array.from(storage.data), leaf.shape);
  });
}

function bytesOf({ temporaryBytes, externalBytes }: PlanReport): number {
  return temporaryBytes + externalBytes;
}
