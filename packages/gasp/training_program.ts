/**
 * The training step of a run as one compiled program on a device, with the inputs of each step: a pure function of
 * (configuration, seed, data, step).
 * @module
 */
import { adamScalars } from "@gasp/autograd";
import { type BatchOrder, batchOrder, type Dataset } from "@gasp/datasets";
import { pointSet } from "@gasp/pointconv";
import {
  compile,
  type Compiled,
  evaluate,
  fromStorage,
  isDevice,
  makeNode,
  mapTree,
  type PlanReport,
  randomNormal,
  type Shape,
  type Target,
  type Tensor,
  tensor,
} from "@gasp/tensor";
import { discriminatorTables } from "./discriminator.ts";
import { encodeCoordinates } from "./fourier.ts";
import type { RunConfig } from "./run_settings.ts";
import { showBytes } from "./show_bytes.ts";
import type { TrainingState } from "./state.ts";
import { type StepInputs, type StepLosses, trainStep } from "./train_step.ts";
import { UserError } from "./user_error.ts";

/** What a step's program gives. */
export type Stepped = {
  /** The next state. */
  readonly state: TrainingState;
  /** Losses of the step. */
  readonly losses: StepLosses;
};

/** A step of training, ready to run. */
export class TrainingProgram {
  readonly #config: RunConfig;
  readonly #data: Dataset;
  readonly #target: Target;
  readonly #encoding: Tensor;
  readonly #order: BatchOrder;
  readonly #step: Compiled<[TrainingState, StepInputs], Stepped>;

  private constructor(config: RunConfig, data: Dataset, target: Target, encoding: Tensor) {
    this.#config = config;
    this.#data = data;
    this.#target = target;
    this.#encoding = encoding;
    const { model, training, seed } = config;
    const shape = [data.pointCount, data.coordinateDim];
    const tables = discriminatorTables(pointSet(data.coordinates, shape), model);
    this.#order = batchOrder({ seed, batch: training.batch, items: data.items });
    this.#step = compile((state: TrainingState, inputs: StepInputs): Stepped => {
      return trainStep(model, training, state, inputs, { encoding, tables });
    }, { device: target, donate: [0] });
  }

  /**
   * Prepares everything that stays the same from step to step.
   *
   * @param config Configuration of the run.
   * @param data Its data; they must fit the configuration.
   * @param target Where to compute.
   * @param frequencies Of the Fourier features, if the model has them.
   */
  static async prepare(
    config: RunConfig,
    data: Dataset,
    target: Target,
    frequencies: Tensor | undefined,
  ): Promise<TrainingProgram> {
    const coordinates = tensor(data.coordinates, [data.pointCount, data.coordinateDim]);
    const encoding = await evaluate(encodeCoordinates(coordinates, frequencies), target);
    return new TrainingProgram(config, data, target, encoding);
  }

  /**
   * Compiles the step and checks that the device has room for it.
   *
   * @param state Any state of the run; only shapes matter.
   * @returns What it takes; `undefined` on the reference interpreter, which plans nothing.
   * @throws {UserError} If it does not fit; the message says what fits.
   */
  async plan(state: TrainingState): Promise<PlanReport | undefined> {
    const target = this.#target;
    if (!isDevice(target)) return undefined;
    const { batch } = this.#config.training;
    const memory = target.info.maxMemoryBytes;
    try {
      const report = await this.#planFor(state, batch);
      if (bytesOf(report) <= memory) return report;
      throw new RangeError(`the plan is ${bytesOf(report)} bytes`);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw await this.#tooLarge(state, batch, memory, error);
    }
  }

  #planFor(state: TrainingState, batch: number): Promise<PlanReport> {
    return this.#step.plan(state, this.#abstractInputs(batch));
  }

  /** What a batch takes grows linearly, so two small ones tell what this one needs and which would fit. */
  async #tooLarge(
    state: TrainingState,
    batch: number,
    memory: number,
    cause: RangeError,
  ): Promise<UserError> {
    const few = Math.max(1, Math.min(8, batch >> 1));
    try {
      const [less, more] = [await this.#planFor(state, few), await this.#planFor(state, 2 * few)].map(
        bytesOf,
      );
      const each = (more! - less!) / few;
      const needed = less! + (batch - few) * each;
      const largest = Math.min(batch - 1, Math.floor(few + (0.95 * memory - less!) / each));
      return new UserError(
        `a batch of ${batch} needs about ${showBytes(needed)}, the device "${this.#target.info.name}" has ` +
          `${showBytes(memory)}: try --batch ${largest}`,
        cause,
      );
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return new UserError(
        `not even a batch of ${few} fits the device "${this.#target.info.name}" with ${showBytes(memory)}: ` +
          "use a smaller model or resolution",
        cause,
      );
    }
  }

  /**
   * Runs a step. The state is consumed.
   *
   * @param state The state after `step` steps.
   * @param step Number of steps done.
   */
  async run(state: TrainingState, step: number): Promise<Stepped> {
    const result = await this.#step(state, await this.#inputs(step));
    return isDevice(this.#target) ? result : { ...result, state: roundState(result.state) };
  }

  /** Frees what the program holds on the device. */
  release(): void {
    this.#step.release();
    this.#encoding.dispose();
  }

  async #inputs(step: number): Promise<StepInputs> {
    const { seed, training } = this.#config;
    const shapes = this.#inputShapes(training.batch);
    const latents = (stream: string) =>
      tensor(randomNormal({ seed, stream, step }, shapes.latents[0]! * shapes.latents[1]!), shapes.latents);
    return {
      real: tensor(await this.#data.batch(this.#order.indices(step)), shapes.real),
      latentsDiscriminator: latents("latents of the discriminator's batch"),
      latentsGenerator: latents("latents of the generator's batch"),
      discriminatorScalars: adamScalars(step + 1, training.discriminatorRate),
      generatorScalars: adamScalars(step + 1, training.generatorRate),
    };
  }

  /** Inputs that have shapes but no elements, for planning. */
  #abstractInputs(batch: number): StepInputs {
    const shapes = this.#inputShapes(batch);
    const input = (shape: Shape) => makeNode("input", {}, [], shape, "f32");
    return {
      real: input(shapes.real),
      latentsDiscriminator: input(shapes.latents),
      latentsGenerator: input(shapes.latents),
      discriminatorScalars: adamScalars(1, 1),
      generatorScalars: adamScalars(1, 1),
    };
  }

  #inputShapes(batch: number): { real: [number, number, number]; latents: [number, number] } {
    return {
      real: [batch, this.#data.pointCount, this.#data.featureDim],
      latents: [batch, this.#config.model.latentDim],
    };
  }
}

/**
 * Between steps a state is float32 on every device, so that a checkpoint holds all of it. The interpreter computes in
 * double precision within a step.
 */
function roundState(state: TrainingState): TrainingState {
  return mapTree(state, (leaf) => {
    const { storage } = leaf;
    return storage.kind === "host"
      ? fromStorage({ kind: "host", data: Float32Array.from(storage.data) }, leaf.shape, leaf.dtype)
      : leaf;
  });
}

function bytesOf({ temporaryBytes, externalBytes }: PlanReport): number {
  return temporaryBytes + externalBytes;
}
