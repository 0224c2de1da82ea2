/**
 * The discriminator interface, the only thing that GASP's training step knows of a discriminator.
 * @module
 */
import type { Mode, NetworkState, StateDict } from "@gasp/autograd";
import type { PointSet } from "@gasp/pointconv";
import type { Device, Shape, Tensor, Tree } from "@gasp/tensor";
import type { ModelConfig } from "../../../../config/run_settings.ts";
import type { Schema } from "../../../../config/validate.ts";

/**
 * Names and shapes of a discriminator's tensors.
 *
 * @category Training methods
 */
export interface DiscriminatorShapes {
  /** Parameters by name. */
  readonly params: ReadonlyMap<string, Shape>;
  /** Running statistics by name. */
  readonly statistics: ReadonlyMap<string, Shape>;
  /**
   * Names of parameters that are not trained: fixed frequencies, and biases directly before a batch norm, whose gradient is
   * exactly zero in training, so that they are part of the state (they shift the running means) but not trained.
   */
  readonly untrained: ReadonlySet<string>;
  /**
   * Initial values of parameters by name. Default: scale 1 and shift 0 of a batch norm; weights and biases of affine maps
   * uniform in ±1/√fan_in.
   */
  readonly initial?: ReadonlyMap<string, ParameterInitial>;
}

/**
 * Initial value of a parameter.
 *
 * @category Training methods
 */
export type ParameterInitial =
  | { readonly kind: "normal"; readonly deviation: number }
  | { readonly kind: "constant"; readonly value: number };

/**
 * Output of a discriminator for a batch.
 *
 * @category Training methods
 */
export interface DiscriminatorOutput {
  /** Logits, `[batch, 1]`; the probability of being real is their sigmoid. */
  readonly logits: Tensor;
  /** Updated running statistics: those that this evaluation changes. */
  readonly statistics: StateDict;
}

/**
 * The part of a forward pass that depends on parameters and points only.
 *
 * @category Training methods
 */
export interface SharedEvaluation {
  /** Updated running statistics: those that this evaluation changes. */
  readonly statistics: StateDict;
}

/**
 * Builds on the host the tables that a discriminator needs for a set of points, such as its neighbours.
 *
 * @category Training methods
 */
export interface PointTableBuilder<Tables extends Tree = Tree> {
  /** Whether tables are not worth building on the host, since the program can compute them as cheaply. */
  readonly areTraced: boolean;
  /**
   * Fixes the shapes of tables for points that change from step to step, so that one program serves all of them.
   *
   * @param samples Representative sets of points.
   */
  calibrate(samples: readonly PointSet[]): Promise<void>;
  /**
   * Builds the tables of a set of points.
   *
   * @param points One cloud for the whole batch, or one for each example.
   * @throws {RangeError} If there are too few points.
   */
  build(points: PointSet): Promise<Tables>;
  /** Frees its buffers on the device. */
  release(): void;
}

/**
 * Options of {@link Discriminator.evaluateShared}.
 *
 * @category Training methods
 */
export interface SharedOptions {
  /** Batch norm mode. */
  readonly mode: Mode;
  /** Number of examples that share the coordinates, on this rank. */
  readonly copies: number;
  /** Whether every rank has coordinates of its `own`, or all the `same`. Default: `own`. */
  readonly rows?: "own" | "same";
}

/**
 * A discriminator. All methods except {@link tableBuilder} build tensor expressions.
 *
 * @category Training methods
 */
export interface Discriminator<
  Tables extends Tree = Tree,
  Points = unknown,
  Shared extends SharedEvaluation = SharedEvaluation,
> {
  /** Names and shapes of its tensors. */
  readonly shapes: DiscriminatorShapes;
  /**
   * Constructs a builder of tables.
   *
   * @param device Device for the neighbour search; on `wasm` results are exact.
   */
  tableBuilder(device: Device): PointTableBuilder<Tables>;
  /**
   * Prepares a set of points.
   *
   * @param coordinates `[points, coordinateDim]` shared by the batch, or `[batch, points, coordinateDim]`.
   * @param tables Result of {@link PointTableBuilder.build} for the same points. Default: computed in the program.
   */
  points(coordinates: Tensor, tables?: Tables): Points;
  /**
   * Evaluates the part that depends on parameters and points only, once for both the real and the generated batch.
   *
   * @param state Parameters and running statistics.
   * @param points Result of {@link points}.
   * @param options Batch norm mode, the number of examples that share the coordinates, and whether other ranks do.
   */
  evaluateShared(state: NetworkState, points: Points, options: SharedOptions): Shared;
  /**
   * Computes the logits of a batch.
   *
   * @param features `[points, batch, featureDim]`, or `[batch · points, 1, featureDim]` if examples have separate points.
   * @param state Parameters and running statistics.
   * @param points Result of {@link points}.
   * @param shared Result of {@link evaluateShared} for the same parameters and points.
   * @param mode Batch norm mode: batch statistics in `train`, running statistics in `eval`.
   */
  evaluate(
    features: Tensor,
    state: NetworkState,
    points: Points,
    shared: Shared,
    mode: Mode,
  ): DiscriminatorOutput;
}

/**
 * The points available to a discriminator, to check a configuration before anything is built.
 *
 * @category Training methods
 */
export interface AvailablePoints {
  /** Number of points. */
  readonly count: number;
  /** Explanation of the number for error messages, such as `the data "mnist" at this resolution have 196 points`. */
  readonly reason: string;
  /** Source of the configuration, for error messages. */
  readonly where: string;
}

/**
 * A kind of discriminator.
 *
 * @category Training methods
 */
export interface DiscriminatorKind<Config extends { readonly kind: string }> {
  /** Schema of its configuration. */
  readonly schema: Schema<Config>;
  /**
   * Checks constraints between fields.
   *
   * @param config A configuration whose fields are individually valid.
   * @param where Source of the configuration, for error messages.
   * @throws {UserError} For the first violation.
   */
  check(config: Config, where: string): void;
  /**
   * Checks that there are enough points.
   *
   * @param config A valid configuration.
   * @param points Points available.
   * @throws {UserError} If there are too few.
   */
  checkPoints(config: Config, points: AvailablePoints): void;
  /**
   * Constructs the discriminator.
   *
   * @param config A valid configuration.
   * @param sizes Coordinate and feature dimensions.
   */
  open(config: Config, sizes: ModelConfig): Discriminator;
}
