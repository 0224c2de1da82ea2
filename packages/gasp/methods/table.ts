/**
 * Every training method: one line each.
 * @module
 */
import type { RunConfig } from "../config/run_settings.ts";
import { UserError } from "../config/user_error.ts";
import type { FunctionGenerator } from "./core/function_generator.ts";
import type { Method } from "./core/method.ts";
import type { GaspConfig } from "./gasp/config.ts";
import { gasp } from "./gasp/gasp.ts";
import { GASP_PRESETS, type GaspPresetName } from "./gasp/presets.ts";

const METHODS: Method[] = [
  gasp,
];

/**
 * Names of the methods, the default first.
 *
 * @example
 * ```ts
 * import { methodNames } from "@gasp/gasp";
 * import { assert } from "@std/assert";
 *
 * assert(methodNames().includes("gasp"));
 * ```
 */
export function methodNames(): string[] {
  return METHODS.map(({ name }) => name);
}

/**
 * The method of a configuration.
 *
 * @param config Anything that names a method.
 * @throws {UserError} If there is no such method.
 *
 * @example
 * ```ts
 * import { methodOf, resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(methodOf(resolveRunConfig({ preset: "tiny" })).name, "gasp");
 * ```
 */
export function methodOf({ method: name }: Pick<RunConfig, "method">): Method {
  const found = METHODS.find((method) => method.name === name);
  if (found) return found;
  throw new UserError(`unknown method ${JSON.stringify(name)}: the methods are ${methodNames().join(", ")}`);
}

/**
 * What draws samples of a configuration's model.
 *
 * @param config Any configuration.
 * @throws {UserError} If its method has none.
 *
 * @example
 * ```ts
 * import { generatorOf, resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const generator = generatorOf(resolveRunConfig({ preset: "tiny" }));
 * assertEquals([generator.coordinateDim, generator.featureDim], [2, 1]);
 * ```
 */
export function generatorOf(config: RunConfig): FunctionGenerator {
  const generator = methodOf(config).generator?.(config);
  if (generator) return generator;
  throw new UserError(`the method ${config.method} has no generator, so there are no samples of it`);
}

/**
 * Adds a method to the table, in this process: for methods that are not part of this package. Runs of it then train, resume
 * and sample as those of any other.
 *
 * @param method The method.
 * @throws {TypeError} If there is one of that name already.
 */
export function registerMethod(method: Method): void {
  if (METHODS.some(({ name }) => name === method.name)) {
    throw new TypeError(`there is a method "${method.name}" already: choose another name`);
  }
  METHODS.push(method);
}

/** Every preset by name; the first is the default. */
export const PRESETS: Readonly<Record<GaspPresetName, GaspConfig>> & Readonly<Record<string, RunConfig>> = {
  ...GASP_PRESETS,
  ...Object.assign({}, ...METHODS.map(({ presets }) => presets)),
};

/** Names of the presets, the default first. */
export const PRESET_NAMES: readonly string[] = Object.keys(PRESETS);

/**
 * The preset of a name, also of a method that was registered.
 *
 * @param name What should be one.
 * @throws {UserError} If there is none.
 *
 * @example
 * ```ts
 * import { presetOf, UserError } from "@gasp/gasp";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(presetOf("digits").method, "gasp");
 * assertThrows(() => presetOf("figures"), UserError);
 * ```
 */
export function presetOf(name: unknown): RunConfig {
  const method = METHODS.find(({ presets }) => typeof name === "string" && Object.hasOwn(presets, name));
  const preset = method?.presets[name as string];
  if (preset) return preset;
  throw new UserError(`unknown preset ${JSON.stringify(name)}: the presets are ${PRESET_NAMES.join(", ")}`);
}
