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

/** Schema of the widths of hidden layers. */
export const layerSizes: Schema<number[]> = listOf(wholeNumber(1, 65536), 0, MAX_LAYERS);

/** Schema of a learning rate. */
export const learningRate: Schema<number> = numberWithin(
  Number.MIN_VALUE,
  1,
  "a number above 0 and at most 1",
);

/** Schema of {@link FourierConfig}. */
export const fourierSchema: Schema<FourierConfig> = fields<FourierConfig>({
  count: wholeNumber(1, 65536),
  sigma: positiveNumber(),
  learned: optionalField(trueOrFalse()),
});

/** Schemas of the fields of a {@link FunctionModel}. */
export const functionModelFields: { readonly [K in keyof FunctionModel]-?: Schema<FunctionModel[K]> } = {
  coordinateDim: wholeNumber(1, 4),
  featureDim: wholeNumber(1, 65536),
  latentDim: wholeNumber(1, 65536),
  hyperHidden: layerSizes,
  functionHidden: layerSizes,
  fourier: orNull(fourierSchema),
};
