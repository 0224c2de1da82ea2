/**
 * Validation of GASP's configuration.
 * @module
 */
import type { DataSizes } from "../../config/run_settings.ts";
import { fields, oneOf, optionalField, orNull, type Schema } from "../../config/validate.ts";
import { functionModelFields, learningRate, lossWeight, share } from "../core/schemas.ts";
import { checkSubset, subsetSchema } from "../core/subset.ts";
import type { GaspConfig, GaspModel, GaspTraining } from "./config.ts";
import { discriminatorKind, discriminatorSchema } from "./discriminators/table.ts";

/** Schema of the networks. */
export const modelSchema: Schema<GaspModel> = fields<GaspModel>({
  ...functionModelFields,
  discriminator: discriminatorSchema,
});

/** Schema of the optimisation settings. */
export const trainingSchema: Schema<GaspTraining> = fields<GaspTraining>({
  generatorRate: learningRate,
  discriminatorRate: learningRate,
  r1Weight: lossWeight,
  r1On: oneOf(["probability", "logit"]),
  loss: oneOf(["probability", "logit"]),
  emaDecay: orNull(share),
  subset: optionalField(subsetSchema),
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
  data: DataSizes,
): void {
  checkSubset(subset, data);
  const { name, pointCount } = data;
  const available = `the data "${name}" at this resolution have ${pointCount} points`;
  discriminatorKind(model.discriminator).checkPoints(model.discriminator, {
    count: subset?.count ?? pointCount,
    reason: subset ? `a step uses ${subset.count} points ("training.subset.count")` : available,
    where: "the configuration",
  });
}
