/**
 * Schemas that several methods share: the networks of a function generator, learning rates.
 * @module
 */
import {
  fields,
  listOf,
  numberWithin,
  optionalField,
  orNull,
  positiveNumber,
  type Schema,
  trueOrFalse,
  wholeNumber,
} from "../../config/validate.ts";
import type { FourierConfig, FunctionModel } from "../../model/function_model.ts";

/** Layers of a network; compilation takes a time proportional to them. */
export const MAX_LAYERS = 256;

/** Schema of a width, a number of channels or another size of a network. */
export const networkSize: Schema<number> = wholeNumber(1, 65536);

/** Schema of the widths of hidden layers. */
export const layerSizes: Schema<number[]> = listOf(networkSize, 0, MAX_LAYERS);

/** Schema of a share, or of the decay of a moving average. */
export const share: Schema<number> = numberWithin(0, 1, "a number from 0 to 1");

/** Schema of the weight of a loss. */
export const lossWeight: Schema<number> = numberWithin(0, Infinity, "a number of at least 0");

/** Schema of a learning rate. */
export const learningRate: Schema<number> = numberWithin(
  Number.MIN_VALUE,
  1,
  "a number above 0 and at most 1",
);

/** Schema of {@link FourierConfig}. */
export const fourierSchema: Schema<FourierConfig> = fields<FourierConfig>({
  count: networkSize,
  sigma: positiveNumber(),
  learned: optionalField(trueOrFalse()),
});

/** Schemas of the fields of a {@link FunctionModel}. */
export const functionModelFields: { readonly [K in keyof FunctionModel]-?: Schema<FunctionModel[K]> } = {
  coordinateDim: wholeNumber(1, 4),
  featureDim: networkSize,
  latentDim: networkSize,
  hyperHidden: layerSizes,
  functionHidden: layerSizes,
  fourier: orNull(fourierSchema),
};
