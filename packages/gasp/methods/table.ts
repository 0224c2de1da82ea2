/**
 * The table of training methods.
 * @module
 */
import type { RunConfig } from "../config/run_settings.ts";
import { UserError } from "../config/user_error.ts";
import { autodecoder } from "./autodecoder/autodecoder.ts";
import type { FunctionGenerator } from "./core/function_generator.ts";
import type { Method } from "./core/method.ts";
import type { GaspConfig } from "./gasp/config.ts";
import { gasp } from "./gasp/gasp.ts";
import { convgan } from "./convgan/convgan.ts";
import { convnp } from "./convnp/convnp.ts";
import { grid } from "./grid/grid.ts";
import { latentFlow } from "./latent_flow/latent_flow.ts";
import { vae } from "./vae/vae.ts";
import { set } from "./set/set.ts";
import { GASP_PRESETS, type GaspPresetName } from "./gasp/presets.ts";

const METHODS: Method[] = [
  gasp,
  set,
  autodecoder,
  latentFlow,
  grid,
  vae,
  convgan,
  convnp,
];

/**
 * Returns the names of the methods, the default first.
 *
 * @example
 * ```ts
 * import { methodNames } from "@gasp/gasp";
 * import { assert } from "@std/assert";
 *
 * assert(methodNames().includes("gasp"));
 * ```
 *
 * @category Training methods
 */
export function methodNames(): string[] {
  return METHODS.map(({ name }) => name);
}

/**
 * Returns the method of a configuration.
 *
 * @param config A configuration.
 * @throws {UserError} If there is no such method.
 *
 * @example
 * ```ts
 * import { methodOf, resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(methodOf(resolveRunConfig({ preset: "tiny" })).name, "gasp");
 * ```
 *
 * @category Training methods
 */
export function methodOf({ method: name }: Pick<RunConfig, "method">): Method {
  const found = METHODS.find((method) => method.name === name);
  if (found) return found;
  throw new UserError(`unknown method ${JSON.stringify(name)}: the methods are ${methodNames().join(", ")}`);
}

/**
 * Returns the generator of a configuration's model.
 *
 * @param config A configuration.
 * @throws {UserError} If its method has no generator.
 *
 * @example
 * ```ts
 * import { generatorOf, resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const generator = generatorOf(resolveRunConfig({ preset: "tiny" }));
 * assertEquals([generator.coordinateDim, generator.featureDim], [2, 1]);
 * ```
 *
 * @category Training methods
 */
export function generatorOf(config: RunConfig): FunctionGenerator {
  const generator = methodOf(config).generator?.(config);
  if (generator) return generator;
  throw new UserError(`the method ${config.method} has no generator, so its runs cannot be sampled`);
}

/**
 * Registers a method that is not part of this package, for the current process. Its runs then train, resume and sample like
 * those of any built-in method.
 *
 * @param method Method to register.
 * @throws {TypeError} If the name is already taken.
 * @category Training methods
 *
 * @example A built-in method under a name of its own
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { methodNames, registerMethod } from "@gasp/gasp";
 *
 * registerMethod({ ...methodOf({ method: "gasp" }), name: "gasp-variant", presets: {} });
 * assertEquals(methodNames().at(-1), "gasp-variant");
 * ```
 */
export function registerMethod(method: Method): void {
  if (METHODS.some(({ name }) => name === method.name)) {
    throw new TypeError(`a method "${method.name}" is already registered: choose another name`);
  }
  METHODS.push(method);
}

/**
 * Every preset by name; the first is the default. Methods have presets of the same name for the same data: this is that of
 * the first method; {@link presetOf} returns the others.
 *
 * @category Training methods
 */
export const PRESETS: Readonly<Record<GaspPresetName, GaspConfig>> & Readonly<Record<string, RunConfig>> = {
  ...GASP_PRESETS,
  ...Object.assign({}, ...METHODS.map(({ presets }) => presets).reverse()),
};

/**
 * Names of the presets, the default first.
 *
 * @category Training methods
 */
export const PRESET_NAMES: readonly string[] = Object.keys(PRESETS);

/**
 * Returns a preset by name, including those of registered methods.
 *
 * @param name Name of a preset.
 * @param method Name of a method. Default: the first with such a preset.
 * @throws {UserError} If there is no such preset, or no such method.
 *
 * @example
 * ```ts
 * import { presetOf, UserError } from "@gasp/gasp";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(presetOf("digits").method, "gasp");
 * assertEquals(presetOf("digits", "autodecoder").method, "autodecoder");
 * assertThrows(() => presetOf("figures"), UserError);
 * ```
 *
 * @category Training methods
 */
export function presetOf(name: unknown, method?: string): RunConfig {
  const named = method === undefined ? METHODS : [methodOf({ method })];
  const found = named.find(({ presets }) => typeof name === "string" && Object.hasOwn(presets, name));
  const preset = found?.presets[name as string];
  if (preset) return preset;
  if (method === undefined) {
    throw new UserError(`unknown preset ${JSON.stringify(name)}: the presets are ${PRESET_NAMES.join(", ")}`);
  }
  const names = Object.keys(methodOf({ method }).presets);
  throw new UserError(
    `the method ${method} has no preset ${JSON.stringify(name)}: its presets are ${names.join(", ")}`,
  );
}
