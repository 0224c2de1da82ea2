/**
 * The training step of a run, compiled into one program, and the inputs of each step: a pure function of (configuration,
 * seed, data, step). Independent of the training method.
 * @module
 */
import { type BatchOrder, batchOrder, type Dataset } from "@gasp/datasets";
import {
  allMean,
  type Communicator,
  compile,
  type Compiled,
  type Device,
  isKernelDevice,
  type PlanReport,
  soloCommunicator,
  tensor,
  type Tree,
  treeMap,
} from "@gasp/tensor";
import type { RunConfig } from "../config/run_settings.ts";
import { ConfigError } from "../config/user_error.ts";
import type { StepResult, TrainingSteps } from "../methods/core/method.ts";
import { stepBatch } from "../methods/core/step_batch.ts";
import { methodOf } from "../methods/table.ts";
import { exceedsDevice, exceedsLimit } from "./memory_errors.ts";

/**
 * Arguments of {@link TrainingProgram.prepare}.
 *
 * @category Training
 */
export interface ProgramRequest {
  /** Configuration of the run. */
  readonly config: RunConfig;
  /** Training data; must match the configuration. */
  readonly data: Dataset;
  /** Device to train on. */
  readonly device: Device;
  /** Initial state, on the host. */
  readonly state: Tree;
  /** Memory limit of a step in bytes, including the state. Default: the memory of the device. */
  readonly memoryLimit?: number;
  /** The ranks that divide each batch; their number must divide the batch size. Default: one. */
  readonly communicator?: Communicator;
}

/**
 * A compiled training step.
 *
 * @category Training
 * @example One step
 * ```ts
 * import { assert } from "@std/assert";
 * import { mnistPackage } from "@gasp/datasets";
 * import { methodOf, resolveRunConfig, TrainingProgram } from "@gasp/gasp";
 * import { disposeTree, openDevice } from "@gasp/tensor";
 *
 * const config = resolveRunConfig({ preset: "tiny" }), data = await mnistPackage(config.resolution);
 * await using device = await openDevice("wasm", { threads: 1 });
 * const state = methodOf(config).initialState(config);
 * const program = await TrainingProgram.prepare({ config, data, device, state });
 * const result = await program.run(state, 0);
 * assert(Number.isFinite((await result.losses["discriminator"]!.data())[0]));
 * disposeTree(result);
 * await program.release();
 * ```
 */
export class TrainingProgram {
  readonly #config: RunConfig;
  readonly #device: Device;
  /** Memory limit of a step. */
  readonly #memoryBytes: number;
  readonly #communicator: Communicator;
  readonly #order: BatchOrder;
  readonly #steps: TrainingSteps;
  readonly #program: Compiled<[Tree, Tree], StepResult>;
  /** Loss names in the order of the method; compiled programs return them sorted by name. */
  #lossNames: readonly string[] = [];
  /** The next step's inputs, prepared while this step runs. */
  #ahead: { readonly step: number; readonly inputs: Promise<Tree> } | undefined;

  private constructor(
    { config, device, memoryLimit = Infinity, communicator = soloCommunicator }: ProgramRequest,
    order: BatchOrder,
    steps: TrainingSteps,
  ) {
    this.#config = config;
    this.#device = device;
    this.#memoryBytes = Math.min(memoryLimit, isKernelDevice(device) ? device.info.maxMemoryBytes : Infinity);
    this.#communicator = communicator;
    this.#order = order;
    this.#steps = steps;
    this.#program = compile((state: Tree, inputs: Tree): StepResult => {
      const result = steps.step(state, inputs);
      this.#lossNames = [...new Set([...this.#lossNames, ...Object.keys(result.losses)])];
      return { ...result, losses: treeMap(result.losses, allMean) };
    }, { device, communicator, donateArgnums: [0], memoryBytes: this.#memoryBytes });
  }

  /**
   * Prepares everything that is constant across steps.
   *
   * @param request Configuration, data, device and initial state.
   */
  static async prepare(request: ProgramRequest): Promise<TrainingProgram> {
    const { config, data, device, state, communicator: ranks = soloCommunicator } = request;
    requireDivisible(config.batchSize, ranks.size);
    const order = batchOrder({ seed: config.seed, batchSize: config.batchSize, items: data.items });
    const batch = (step: number) => stepBatch(step, order.indices(step), ranks);
    const steps = await methodOf(config).prepare({ config, data, device, state, ranks, batch });
    return new TrainingProgram(request, order, steps);
  }

  /**
   * Compiles the step and checks that it fits in memory.
   *
   * @param state Any state of the run; only its shapes matter.
   * @returns The memory plan; `undefined` on the reference interpreter.
   * @throws {MemoryError} If it does not fit; the error suggests a batch size or limit that does.
   */
  async plan(state: Tree): Promise<PlanReport | undefined> {
    const device = this.#device;
    if (!isKernelDevice(device)) return undefined;
    const { batchSize } = this.#config, memory = this.#memoryBytes;
    const planFor = async (batch: number) => {
      const items = Math.max(1, Math.floor(batch / this.#communicator.size));
      return await this.#program.plan(
        state,
        await this.#steps.abstractInputs(items, () => this.#inputsOf(0)),
      );
    };
    try {
      const report = await planFor(batchSize);
      if (bytesOf(report) <= memory) return report;
      if (memory < device.info.maxMemoryBytes) throw exceedsLimit(batchSize, bytesOf(report), memory);
      throw new RangeError(`the plan is ${bytesOf(report)} bytes`);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw await exceedsDevice({
        batch: batchSize,
        device: device.info.name,
        memory,
        cause: error,
        bytesFor: async (size) => bytesOf(await planFor(size)),
      });
    }
  }

  /**
   * Runs a step, and prepares the inputs of the next step meanwhile. The state is donated.
   *
   * @param state State after `step` steps.
   * @param step Number of completed steps.
   * @returns The next state, and the losses in the order of the method.
   */
  async run(state: Tree, step: number): Promise<StepResult> {
    const result = this.#program(state, await this.#inputsOf(step));
    const ahead = afterYield(() => this.#prepareInputs(step + 1));
    // Errors are reported when the next step requests these inputs
    ahead.catch(() => {});
    this.#ahead = { step: step + 1, inputs: ahead };
    const { state: next, losses } = await result;
    return {
      state: isKernelDevice(this.#device) ? next : roundState(next),
      losses: Object.fromEntries(
        this.#lossNames.filter((name) => losses[name]).map((name) => [name, losses[name]!]),
      ),
    };
  }

  /** Frees the program and its buffers on the device. */
  async release(): Promise<void> {
    await this.#ahead?.inputs.catch(() => {});
    this.#program.release();
    await this.#steps.release?.();
  }

  #inputsOf(step: number): Promise<Tree> {
    if (this.#ahead?.step !== step) this.#ahead = { step, inputs: this.#prepareInputs(step) };
    return this.#ahead.inputs;
  }

  #prepareInputs(step: number): Promise<Tree> {
    return this.#steps.inputs(stepBatch(step, this.#order.indices(step), this.#communicator));
  }
}

/** @throws {UserError} If the items of a batch cannot be divided among the ranks. */
function requireDivisible(batchSize: number, ranks: number): void {
  if (batchSize % ranks === 0) return;
  const [less, more] = [Math.floor(batchSize / ranks), Math.ceil(batchSize / ranks)].map((each) =>
    each * ranks
  );
  throw new ConfigError(
    `a batch of ${batchSize} cannot be divided among ${ranks} ranks: set "batchSize" to ${less || more}` +
      `${less ? ` or ${more}` : ""}, or start another number of ranks`,
    "batchSize",
    less || more!,
  );
}

/** Starts work after a turn of the event loop, so that work started earlier is dispatched first. */
function afterYield<T>(work: () => Promise<T>): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, 0)).then(work);
}

/**
 * Rounds a state to float32, its type between steps on every device, so that a checkpoint stores it exactly. Within a step
 * the interpreter computes in double precision.
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
