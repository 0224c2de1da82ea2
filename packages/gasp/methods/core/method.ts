/**
 * The training method interface, the only thing that the trainer, checkpoints, the sampler and the command line know of a
 * method. `docs/methods.md` shows how to add one.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import type { Communicator, Device, Tensor, Tree } from "@gasp/tensor";
import type { DataSizes, RunConfig } from "../../config/run_settings.ts";
import type { Schema } from "../../config/validate.ts";
import type { Stack } from "../../state/stack.ts";
import type { FunctionGenerator, WeightsKind } from "./function_generator.ts";
import type { StepBatch } from "./step_batch.ts";

export type { StepBatch } from "./step_batch.ts";

/**
 * Result of a training step.
 *
 * @category Training methods
 */
export type StepResult<State extends Tree = Tree> = {
  /** The next state, of the same shapes. */
  readonly state: State;
  /** Losses by name, each of shape `[]`, the most informative first: a progress line shows those. */
  readonly losses: { readonly [name: string]: Tensor };
};

/**
 * Arguments of {@link Method.prepare}.
 *
 * @category Training methods
 */
export interface PrepareRequest<Config extends RunConfig = RunConfig, State extends Tree = Tree> {
  /** Configuration of the run. */
  readonly config: Config;
  /** Training data, already checked against the configuration. */
  readonly data: Dataset;
  /** Device that the step will run on. */
  readonly device: Device;
  /** Initial state, on the host; it is moved to the device later. */
  readonly state: State;
  /** This rank, and the number of ranks that divide each batch. */
  readonly ranks: Pick<Communicator, "rank" | "size">;
  /** Returns the minibatch of a step. A pure function of the seed, the step and the ranks. */
  batch(step: number): StepBatch;
}

/**
 * Training steps of one run: a pure function of the state and the inputs, and the inputs of each step.
 *
 * @category Training methods
 */
export interface TrainingSteps<State extends Tree = Tree, Inputs extends Tree = Tree> {
  /**
   * Returns all inputs of a step besides the state, on the host. A pure function of the configuration, the data and the
   * batch: random numbers are keyed by seed and step. Called for the next step while a step runs.
   *
   * @param batch Step and item indices.
   */
  inputs(batch: StepBatch): Promise<Inputs>;
  /**
   * Returns inputs with shapes but without elements, to plan memory before anything runs.
   *
   * @param batchSize Number of items of a rank: as configured, or another one to find out which would fit.
   * @param first Returns the inputs of some step, for shapes that depend on the data.
   */
  abstractInputs(batchSize: number, first: () => Promise<Inputs>): Inputs | Promise<Inputs>;
  /**
   * Builds the step as a tensor expression, which is compiled into one program. The state is donated. Several ranks build
   * it for their parts of the batch: gradients of a mean over the batch are then averaged by `allMean` before they update
   * the state, which stays the same on all ranks. Losses are averaged by the caller.
   *
   * @param state Training state.
   * @param inputs Result of {@link inputs}.
   */
  step(state: State, inputs: Inputs): StepResult<State>;
  /** Frees the method's resources on devices. */
  release?(): void | Promise<void>;
}

/**
 * Items of the training data as tensors.
 *
 * @category Training methods
 */
export type ItemBatch = {
  /** Indices of the items, i32, `[batch]`. */
  readonly indices: Tensor;
  /** `[points, coordinateDim]` shared by the items, or `[batch, points, coordinateDim]`. */
  readonly coordinates: Tensor;
  /** Features in [-1, 1], `[batch, points, featureDim]`. */
  readonly features: Tensor;
};

/**
 * A training method.
 *
 * @category Training methods
 */
export interface Method<
  Config extends RunConfig = RunConfig,
  State extends Tree = Tree,
  Inputs extends Tree = Tree,
> {
  /** Name used in configurations. */
  readonly name: string;
  /** Schema of the block `model` of a configuration. */
  readonly model: Schema<Config["model"]>;
  /** Schema of the block `training` of a configuration. */
  readonly training: Schema<Config["training"]>;
  /** Complete configurations to start from, by name; the first is the default of the method. */
  readonly presets: Readonly<Record<string, Config>>;
  /** Advice for a run whose losses are no longer finite, such as `Start again with a lower training.rate`. */
  readonly divergedAdvice: string;
  /**
   * Checks constraints between fields.
   *
   * @param config A configuration whose fields are individually valid.
   * @param where Source of the configuration, for error messages.
   * @throws {UserError} For the first violation.
   */
  check?(config: Config, where: string): void;
  /**
   * Checks a configuration against the data. Coordinate and feature dimensions have already been compared.
   *
   * @param config A valid configuration.
   * @param data Sizes of the data.
   * @throws {UserError} If they do not match.
   */
  checkData?(config: Config, data: DataSizes): void;
  /**
   * Completes a configuration with what only the data determine, such as the number of their items. Called when a run
   * starts; the result is stored with the run. Fields that are already set must not change.
   *
   * @param config A valid configuration.
   * @param data Sizes of the data.
   * @returns A valid configuration of the same method.
   */
  adapt?(config: Config, data: DataSizes): Config;
  /**
   * Returns the first step of each phase of the training whose steps take another time, from 0, ascending. Default: one phase.
   *
   * @param config A valid configuration; the phases depend on its number of steps.
   */
  phaseStarts?(config: Config): readonly number[];
  /**
   * Initialises the state. A pure function of the configuration, which includes the seed.
   *
   * @param config Configuration of the run.
   * @returns Concrete tensors on the host, no tensor twice; f32, or integers up to 2²⁴ in magnitude.
   */
  initialState(config: Config): State;
  /**
   * Returns the state without elements, for methods where {@link initialState} is too slow to call just for the shapes.
   *
   * @param config Configuration of the run.
   */
  abstractState?(config: Config): State;
  /**
   * Maps a state to the named tensors of a checkpoint, each of one or more blocks. Default: one tensor for each leaf, named
   * by its path.
   *
   * @param state Tensors on any device, with or without elements.
   * @param config Configuration of the run.
   */
  stack?(state: State, config: Config): ReadonlyMap<string, Stack<Tensor>>;
  /**
   * Returns the name of a generator's tensor in an exported file. Default: its name in a checkpoint.
   *
   * @param name Name in a checkpoint.
   */
  exportedName?(name: string): string;
  /**
   * Prepares training: reads what it needs from the data, builds tables.
   *
   * @param request Configuration, data, device and initial state.
   */
  prepare(request: PrepareRequest<Config, State>): Promise<TrainingSteps<State, Inputs>>;
  /**
   * Returns the generator. A method without one trains and resumes, but cannot be sampled.
   *
   * @param config Configuration of the run.
   */
  generator?(config: Config): FunctionGenerator;
  /**
   * Selects the weights of the {@link generator} from a state.
   *
   * @param state Training state.
   * @param kind The latest weights or their moving average; a method without an average returns the latest.
   * @returns A subset of the tensors of the state.
   */
  weights?(state: State, kind: WeightsKind): Tree;
  /**
   * Builds the functions that reconstruct items of the training data, for the {@link generator} to evaluate. Absent if the
   * method does not represent individual items.
   *
   * @param state Training state.
   * @param items The items.
   * @param config Configuration of the run.
   * @returns Functions, as returned by the generator's `functions`.
   */
  reconstruct?(state: State, items: ItemBatch, config: Config): Tree;
}
