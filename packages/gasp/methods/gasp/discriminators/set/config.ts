/**
 * Configuration of set discriminators (appendix B.2 of the paper).
 * @module
 */
import { fields, listOf, oneOf, orNull, type Schema, wholeNumber } from "../../../../config/validate.ts";
import { fourierSchema, networkSize } from "../../../core/schemas.ts";
import type { FourierConfig } from "../../../../model/function_model.ts";

/**
 * Encodings of the elements of a set, which all set discriminators have.
 *
 * @category Training methods
 */
export interface SetEncodings {
  /** Encoding γ_x of the coordinates; null: none. */
  readonly coordinates: FourierConfig | null;
  /** Encoding γ_y of the features; null: none. */
  readonly features: FourierConfig | null;
}

/**
 * `D(s) = ρ(Σ φ(γ_x(x), γ_y(y)) / √n)` with perceptrons φ and ρ: DeepSets (Zaheer et al., 2017), PointNet (Qi et al., 2017).
 *
 * @category Training methods
 */
export interface SetConfig extends SetEncodings {
  /** Kind of discriminator. */
  readonly kind: "set";
  /** Widths of the layers of φ, at least one. */
  readonly pointLayers: readonly number[];
  /** Widths of the hidden layers of ρ. */
  readonly setLayers: readonly number[];
}

/**
 * The Set Transformer (Lee et al., 2019): self-attention through inducing points, pooled by attention of one seed.
 *
 * @category Training methods
 */
export interface SetTransformerConfig extends SetEncodings {
  /** Kind of discriminator. */
  readonly kind: "set-transformer";
  /** Channels of elements, a multiple of the heads. */
  readonly channels: number;
  /** Heads of each attention. */
  readonly heads: number;
  /** Inducing points of each block. */
  readonly inducing: number;
  /** Number of blocks of self-attention (ISAB). */
  readonly blocks: number;
  /** Widths of the hidden layers after pooling. */
  readonly setLayers: readonly number[];
}

const encodings = { coordinates: orNull(fourierSchema), features: orNull(fourierSchema) };

/** Schema of {@link SetConfig}. */
export const setSchema: Schema<SetConfig> = fields<SetConfig>({
  kind: oneOf(["set"]),
  ...encodings,
  pointLayers: listOf(networkSize, 1),
  setLayers: listOf(networkSize, 0),
});

/** Schema of {@link SetTransformerConfig}. */
export const setTransformerSchema: Schema<SetTransformerConfig> = fields<SetTransformerConfig>({
  kind: oneOf(["set-transformer"]),
  ...encodings,
  channels: networkSize,
  heads: networkSize,
  inducing: networkSize,
  blocks: wholeNumber(0, 64),
  setLayers: listOf(networkSize, 0),
});
