/**
 * A kind of discriminator: all that GASP's training step needs to know of it.
 * @module
 */
import type { Mode, NetworkState, StateDict } from "@gasp/autograd";
import type { PointSet } from "@gasp/pointconv";
import type { Device, Shape, Tensor, Tree } from "@gasp/tensor";
import type { ModelConfig } from "../../../../config/run_settings.ts";
import type { Schema } from "../../../../config/validate.ts";

/** Tensors of a discriminator. */
export interface DiscriminatorShapes {
  /** Parameters by name. */
  readonly params: ReadonlyMap<string, Shape>;
  /** Running statistics by name. */
  readonly statistics: ReadonlyMap<string, Shape>;
  /**
   * Biases right before a batch norm. Their gradient is exactly zero in training, so they are part of the state, for the
   * running means, but not trained.
   */
  readonly untrained: ReadonlySet<string>;
}

/** What a discriminator says of a batch. */
export interface DiscriminatorOutput {
  /** `[batch, 1]`; the probability of being real is their sigmoid. */
  readonly logits: Tensor;
  /** The next running statistics, of those that the batch changes. */
  readonly statistics: StateDict;
}

/** What of a pass depends on parameters and points only. */
export interface SharedEvaluation {
  /** The next running statistics, of those that it changes. */
  readonly statistics: StateDict;
}

/** Finds on the host what a discriminator needs of points, again and again for other points. */
export interface PointTables<Tables extends Tree = Tree> {
  /** True if nothing is worth finding on the host, since the program can find it as cheaply. */
  readonly areTraced: boolean;
  /**
   * Fixes the shapes of tables for points that change from step to step, so that one program serves all of them.
   *
   * @param samples Some of the points.
   */
  calibrate(samples: readonly PointSet[]): Promise<void>;
  /**
   * The tables of some points.
   *
   * @param points One cloud for the whole batch, or one for each example.
   * @throws {RangeError} If there are too few points.
   */
  make(points: PointSet): Promise<Tables>;
  /** Frees what it holds on the device. */
  release(): void;
}

/** A discriminator of certain sizes. All but {@link tables} build tensor expressions. */
export interface Discriminator<
  Tables extends Tree = Tree,
  Points = unknown,
  Shared extends SharedEvaluation = SharedEvaluation,
> {
  /** Names and shapes of its tensors. */
  readonly shapes: DiscriminatorShapes;
  /**
   * Prepares for finding tables on the host.
   *
   * @param device What searches; on `wasm` results are exact.
   */
  tables(device: Device): PointTables<Tables>;
  /**
   * What is needed of some points.
   *
   * @param coordinates `[points, coordinateDim]` shared by the batch, or `[batch, points, coordinateDim]`.
   * @param tables What {@link PointTables.make} returned for them; absent where the program finds it itself.
   */
  points(coordinates: Tensor, tables?: Tables): Points;
  /**
   * Evaluates what depends on parameters and points only, once for the real and the generated batch.
   *
   * @param state Parameters and running statistics.
   * @param points What {@link points} returned.
   * @param options Which statistics normalise, and how many examples share the coordinates.
   */
  evaluateShared(
    state: NetworkState,
    points: Points,
    options: { readonly mode: Mode; readonly copies: number },
  ): Shared;
  /**
   * Evaluates a batch.
   *
   * @param features `[points, batch, featureDim]`, or `[batch · points, 1, featureDim]` where examples have their own points.
   * @param state Parameters and running statistics.
   * @param points What {@link points} returned.
   * @param shared What {@link evaluateShared} returned for the same parameters and points.
   * @param mode Which statistics normalise.
   */
  evaluate(
    features: Tensor,
    state: NetworkState,
    points: Points,
    shared: Shared,
    mode: Mode,
  ): DiscriminatorOutput;
}

/** Which points a discriminator gets, to check a configuration before anything is built. */
export interface PointsGiven {
  /** How many. */
  readonly count: number;
  /** Why so many, for messages: `the data "mnist" at this resolution have 196 points`. */
  readonly reason: string;
  /** Where the configuration comes from, for messages. */
  readonly where: string;
}

/** A kind of discriminator. */
export interface DiscriminatorKind<Config extends { readonly kind: string }> {
  /** Checks its configuration. */
  readonly schema: Schema<Config>;
  /**
   * Checks what depends on several fields.
   *
   * @param config Each field is valid by itself.
   * @param where Where it comes from, for messages.
   * @throws {UserError} For the first mistake.
   */
  check(config: Config, where: string): void;
  /**
   * Checks that there are enough points.
   *
   * @param config A valid configuration.
   * @param points What there is.
   * @throws {UserError} If there are too few.
   */
  checkPoints(config: Config, points: PointsGiven): void;
  /**
   * The discriminator.
   *
   * @param config A valid configuration.
   * @param sizes Sizes of coordinates and features.
   */
  open(config: Config, sizes: ModelConfig): Discriminator;
}
