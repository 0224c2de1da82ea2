/**
 * A training method: all that trainer, checkpoints, sampler and command line need to know of it. `docs/methods.md` shows how
 * one is added.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import type { Device, Tensor, Tree } from "@gasp/tensor";
import type { DataSizes, RunConfig } from "../../config/run_settings.ts";
import type { Schema } from "../../config/validate.ts";
import type { Stack } from "../../state/stack.ts";
import type { FunctionGenerator, WeightsKind } from "./function_generator.ts";

/** What a step returns. */
export type StepResult<State extends Tree = Tree> = {
  /** The next state, of the same shapes. */
  readonly state: State;
  /** Losses by name, each of shape `[]`, the most telling first: a progress line shows those. */
  readonly losses: { readonly [name: string]: Tensor };
};

/** Which part of the data a step learns from. */
export interface StepBatch {
  /** Number of the step, from 0. */
  readonly step: number;
  /** Numbers of the items, `[batchSize]`. */
  readonly indices: Uint32Array;
}

/** What {@link Method.prepare} takes. */
export interface PrepareRequest<Config extends RunConfig = RunConfig, State extends Tree = Tree> {
  /** Configuration of the run. */
  readonly config: Config;
  /** Its data, which fit the configuration. */
  readonly data: Dataset;
  /** Where the step will run. */
  readonly device: Device;
  /** The state to begin with, on the host; it is moved to the device later. */
  readonly state: State;
  /** The batch of a step. A pure function of the seed and the step. */
  batch(step: number): StepBatch;
}

/** Training steps of one run: a pure function of the state and the inputs, and the inputs of each step. */
export interface TrainingSteps<State extends Tree = Tree, Inputs extends Tree = Tree> {
  /**
   * All that a step reads besides the state, on the host. A pure function of the configuration, the data and the batch:
   * random numbers are drawn with the seed and the step as their key. Called for the next step while a step runs.
   *
   * @param batch Step and items.
   */
  inputs(batch: StepBatch): Promise<Inputs>;
  /**
   * Inputs that have shapes but no elements, for planning memory before anything runs.
   *
   * @param batchSize Items of the batch; that of the configuration, or others to find out which size would fit.
   * @param first The inputs of some step, for shapes that are found out from the data.
   */
  abstractInputs(batchSize: number, first: () => Promise<Inputs>): Inputs | Promise<Inputs>;
  /**
   * The step as a tensor expression, which is compiled into one program. The state is donated.
   *
   * @param state The state.
   * @param inputs What {@link inputs} returned.
   */
  step(state: State, inputs: Inputs): StepResult<State>;
  /** Frees what the method holds on devices. */
  release?(): void | Promise<void>;
}

/** A training method. */
export interface Method<
  Config extends RunConfig = RunConfig,
  State extends Tree = Tree,
  Inputs extends Tree = Tree,
> {
  /** Its name in configurations. */
  readonly name: string;
  /** Checks the block `model` of a configuration. */
  readonly model: Schema<Config["model"]>;
  /** Checks the block `training` of a configuration. */
  readonly training: Schema<Config["training"]>;
  /** Complete configurations to start from, by name; the first is the default of the method. */
  readonly presets: Readonly<Record<string, Config>>;
  /** What to change in a training whose numbers are no longer finite: `Start again with a lower training.rate`. */
  readonly divergedAdvice: string;
  /**
   * Checks what depends on several fields.
   *
   * @param config Each field is valid by itself.
   * @param where Where it comes from, for messages.
   * @throws {UserError} For the first mistake.
   */
  check?(config: Config, where: string): void;
  /**
   * Checks that a configuration fits the data. Sizes of coordinates and features have been compared before.
   *
   * @param config A valid configuration.
   * @param data Sizes of the data.
   * @throws {UserError} If it does not fit.
   */
  checkData?(config: Config, data: DataSizes): void;
  /**
   * The state before the first step. A pure function of the configuration, its seed included.
   *
   * @param config The configuration.
   * @returns Concrete tensors on the host, no tensor twice; f32, or integers up to 2²⁴.
   */
  initialState(config: Config): State;
  /**
   * The state without its elements, where drawing {@link initialState} only to learn its shapes would take long.
   *
   * @param config The configuration.
   */
  abstractState?(config: Config): State;
  /**
   * The tensors of a state under the names that checkpoints have for them; several tensors may be the blocks of one. Default:
   * a tensor for each leaf, named by its path.
   *
   * @param state Tensors anywhere, with or without elements.
   * @param config The configuration.
   */
  stack?(state: State, config: Config): ReadonlyMap<string, Stack<Tensor>>;
  /**
   * The name of a generator's tensor in an exported file. Default: its name in a checkpoint.
   *
   * @param name Its name in a checkpoint.
   */
  exportedName?(name: string): string;
  /**
   * Prepares training steps: reads what is needed of the data, builds tables.
   *
   * @param request What to train, where.
   */
  prepare(request: PrepareRequest<Config, State>): Promise<TrainingSteps<State, Inputs>>;
  /**
   * What draws samples. A method without one trains and resumes, but leaves no samples.
   *
   * @param config The configuration.
   */
  generator?(config: Config): FunctionGenerator;
  /**
   * The weights that {@link generator} reads.
   *
   * @param state The state.
   * @param kind The latest, or the moving average; a method that keeps none returns the latest.
   * @returns Some of the tensors of the state.
   */
  weights?(state: State, kind: WeightsKind): Tree;
}
