/**
 * The table of discriminator kinds: one line each, here and in the type.
 * @module
 */
import type { ModelConfig } from "../../../config/run_settings.ts";
import { type Schema, variants } from "../../../config/validate.ts";
import type { Discriminator, DiscriminatorKind } from "./core/discriminator.ts";
import type { PointConvConfig } from "./pointconv/config.ts";
import { pointConvKind } from "./pointconv/kind.ts";
import type { SetConfig, SetTransformerConfig } from "./set/config.ts";
import { setKind } from "./set/deep_set.ts";
import { setTransformerKind } from "./set/set_transformer.ts";

/**
 * Configuration of a discriminator, discriminated by `kind`.
 *
 * @category Training methods
 */
export type DiscriminatorConfig = PointConvConfig | SetConfig | SetTransformerConfig;

const KINDS: {
  readonly [K in DiscriminatorConfig["kind"]]: DiscriminatorKind<DiscriminatorConfig & { kind: K }>;
} = {
  "pointconv": pointConvKind,
  "set": setKind,
  "set-transformer": setTransformerKind,
};

/** Schema of the configuration of a discriminator. */
export const discriminatorSchema: Schema<DiscriminatorConfig> = variants<DiscriminatorConfig>(
  "kind",
  Object.fromEntries(Object.entries(KINDS).map(([kind, { schema }]) => [kind, schema])),
);

/**
 * Looks up the kind of a discriminator.
 *
 * @param config Configuration of a discriminator.
 */
export function discriminatorKind(config: DiscriminatorConfig): DiscriminatorKind<DiscriminatorConfig> {
  return KINDS[config.kind] as DiscriminatorKind<DiscriminatorConfig>;
}

/**
 * Constructs the discriminator of a model.
 *
 * @param model Configuration of the discriminator, and dimensions of the data.
 * @category Training methods
 */
export function openDiscriminator(
  model: ModelConfig & { readonly discriminator: DiscriminatorConfig },
): Discriminator {
  return discriminatorKind(model.discriminator).open(model.discriminator, model);
}
