/**
 * Validation of GASP's configuration.
 * @module
 */
import type { DataSizes } from "../../config/run_settings.ts";
import { ConfigError } from "../../config/user_error.ts";
import {
  fields,
  listOf,
  numberWithin,
  oneOf,
  optionalField,
  orNull,
  positiveNumber,
  type Schema,
  wholeNumber,
} from "../../config/validate.ts";
import type { GaspConfig, GaspModel, GaspTraining, SubsetConfig } from "./config.ts";
import { discriminatorKind, discriminatorSchema } from "./discriminators/table.ts";

/** Layers of a network; compilation takes a time proportional to them. */
const MAX_LAYERS = 256;

const sizes: Schema<number[]> = listOf(wholeNumber(1, 65536), 0, MAX_LAYERS);

/** Schema of the networks. */
export const modelSchema: Schema<GaspModel> = fields<GaspModel>({
  coordinateDim: wholeNumber(1, 4),
  featureDim: wholeNumber(1, 65536),
  latentDim: wholeNumber(1, 65536),
  hyperHidden: sizes,
  functionHidden: sizes,
  fourier: orNull(fields({ count: wholeNumber(1, 65536), sigma: positiveNumber() })),
  discriminator: discriminatorSchema,
});

const rate = numberWithin(Number.MIN_VALUE, 1, "a number above 0 and at most 1");

/** Schema of the optimisation settings. */
export const trainingSchema: Schema<GaspTraining> = fields<GaspTraining>({
  generatorRate: rate,
  discriminatorRate: rate,
  r1Weight: numberWithin(0, Infinity, "a number of at least 0"),
  r1On: oneOf(["probability", "logit"]),
  loss: oneOf(["probability", "logit"]),
  emaDecay: orNull(numberWithin(0, 1, "a number from 0 to 1")),
  subset: optionalField(fields<SubsetConfig>({
    count: wholeNumber(1),
    choose: oneOf(["uniform", "blue-noise", "balanced"]),
  })),
});

/**
 * Checks the discriminator's layers.
 *
 * @param config A configuration whose fields are individually valid.
 * @param where Source of the configuration, for error messages.
 * @throws {UserError} For the first violation.
 */
export function checkGasp({ model: { discriminator } }: GaspConfig, where: string): void {
  discriminatorKind(discriminator).check(discriminator, where);
}

/**
 * Checks that there are enough points for the subset and the discriminator.
 *
 * @param config A valid configuration.
 * @param data Dimensions of the data.
 * @throws {UserError} If there are too few.
 */
export function checkGaspData(
  { model, training: { subset } }: GaspConfig,
  { name, pointCount }: DataSizes,
): void {
  const available = `the data "${name}" at this resolution have ${pointCount} points`;
  if (subset && subset.count > pointCount) {
    throw new ConfigError(
      `"training.subset.count" is ${subset.count}, but must be at most ${pointCount}: ${available}`,
      "training.subset.count",
      pointCount,
    );
  }
  discriminatorKind(model.discriminator).checkPoints(model.discriminator, {
    count: subset?.count ?? pointCount,
    reason: subset ? `a step uses ${subset.count} points ("training.subset.count")` : available,
    where: "the configuration",
  });
}
