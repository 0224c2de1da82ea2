/**
 * The elements of a set: encoded coordinates and features of each point, side by side.
 * @module
 */
import type { StateDict } from "@gasp/autograd";
import { toBatchMajor } from "@gasp/pointconv";
import { broadcastTo, concatenate, type Shape, type Tensor } from "@gasp/tensor";
import type { ModelConfig } from "../../../../config/run_settings.ts";
import { encodeCoordinates } from "../../../../model/fourier.ts";
import type { FourierConfig } from "../../../../model/function_model.ts";
import type { DiscriminatorShapes, ParameterInitial } from "../core/discriminator.ts";
import type { SetEncodings } from "./config.ts";

/** Names of the frequencies of γ_x and γ_y. */
export const COORDINATE_FREQUENCIES = "coordinates.frequencies", FEATURE_FREQUENCIES = "features.frequencies";

/** Negative slope of the LeakyReLU of set discriminators, as in the other discriminators. */
export const SET_SLOPE = 0.2;

/** Points of a set discriminator. */
export interface SetPoints {
  /** `[points, coordinateDim]` or `[batch, points, coordinateDim]`. */
  readonly coordinates: Tensor;
}

/**
 * Returns the size of an element.
 *
 * @param config Encodings.
 * @param sizes Coordinate and feature dimensions.
 */
export function elementSize({ coordinates, features }: SetEncodings, sizes: ModelConfig): number {
  return (coordinates ? 2 * coordinates.count : sizes.coordinateDim) +
    (features ? 2 * features.count : sizes.featureDim);
}

/**
 * Encodes the elements of each set of a batch.
 *
 * @param features `[points, batch, featureDim]`, or `[batch · points, 1, featureDim]`.
 * @param points Coordinates.
 * @param params Parameters, of which the frequencies are used.
 * @returns `[batch, points, elementSize]`.
 */
export function encodeElements(features: Tensor, { coordinates }: SetPoints, params: StateDict): Tensor {
  const rows = toBatchMajor(features, coordinates.shape.at(-2)!);
  const at = encodeCoordinates(coordinates, params[COORDINATE_FREQUENCIES]);
  const repeated = broadcastTo(at, [rows.shape[0]!, rows.shape[1]!, at.shape.at(-1)!]);
  return concatenate([repeated, encodeCoordinates(rows, params[FEATURE_FREQUENCIES])], 2);
}

/** Collects the shapes of a discriminator's parameters. */
export class ShapeList implements DiscriminatorShapes {
  readonly params: Map<string, Shape> = new Map();
  readonly statistics: Map<string, Shape> = new Map();
  readonly untrained: Set<string> = new Set();
  readonly initial: Map<string, ParameterInitial> = new Map();

  /**
   * Adds the frequencies of the encodings.
   *
   * @param config Encodings.
   * @param sizes Coordinate and feature dimensions.
   */
  encodings({ coordinates, features }: SetEncodings, sizes: ModelConfig): void {
    const add = (name: string, { count, sigma, learned }: FourierConfig, dimension: number) => {
      this.params.set(name, [count, dimension]);
      this.initial.set(name, { kind: "normal", deviation: sigma });
      if (!learned) this.untrained.add(name);
    };
    if (coordinates) add(COORDINATE_FREQUENCIES, coordinates, sizes.coordinateDim);
    if (features) add(FEATURE_FREQUENCIES, features, sizes.featureDim);
  }

  /** Adds an affine map. */
  affine(name: string, input: number, output: number): void {
    this.params.set(`${name}.weight`, [output, input]).set(`${name}.bias`, [output]);
  }

  /** Adds the affine maps of a perceptron: `NAME.0`, `NAME.1`, … */
  mlp(name: string, widths: readonly number[]): void {
    widths.slice(1).forEach((output, i) => this.affine(`${name}.${i}`, widths[i]!, output));
  }

  /**
   * Adds a perceptron whose weights keep the variance of its values (He et al., 2015). By default weights shrink it to a sixth
   * in each layer, so that differences between sets would hardly reach the logit.
   */
  heMlp(name: string, widths: readonly number[]): void {
    this.mlp(name, widths);
    widths.slice(0, -1).forEach((input, i) => {
      const deviation = Math.sqrt(2 / (1 + SET_SLOPE ** 2) / input);
      this.initial.set(`${name}.${i}.weight`, { kind: "normal", deviation });
    });
  }

  /** Adds a layer norm. */
  norm(name: string, channels: number): void {
    for (const [part, value] of [["weight", 1], ["bias", 0]] as const) {
      this.params.set(`${name}.${part}`, [channels]);
      this.initial.set(`${name}.${part}`, { kind: "constant", value });
    }
  }
}
