/**
 * Every kind of discriminator: one line each, here and in the type.
 * @module
 */
import type { ModelConfig } from "../../../config/run_settings.ts";
import { type Schema, variants } from "../../../config/validate.ts";
import type { Discriminator, DiscriminatorKind } from "./core/discriminator.ts";
import type { PointConvConfig } from "./pointconv/config.ts";
import { pointConvKind } from "./pointconv/kind.ts";

/** A discriminator, told apart by `kind`. */
export type DiscriminatorConfig = PointConvConfig;

const KINDS: {
  readonly [K in DiscriminatorConfig["kind"]]: DiscriminatorKind<DiscriminatorConfig & { kind: K }>;
} = {
  pointconv: pointConvKind,
};

/** Checks the configuration of a discriminator. */
export const discriminatorSchema: Schema<DiscriminatorConfig> = variants<DiscriminatorConfig>(
  "kind",
  Object.fromEntries(Object.entries(KINDS).map(([kind, { schema }]) => [kind, schema])),
);

/**
 * What there is to know of a kind.
 *
 * @param config A discriminator of that kind.
 */
export function discriminatorKind(config: DiscriminatorConfig): DiscriminatorKind<DiscriminatorConfig> {
  return KINDS[config.kind];
}

/**
 * The discriminator of a model.
 *
 * @param model Its configuration and the sizes of the data.
 */
export function openDiscriminator(
  model: ModelConfig & { readonly discriminator: DiscriminatorConfig },
): Discriminator {
  return discriminatorKind(model.discriminator).open(model.discriminator, model);
}
