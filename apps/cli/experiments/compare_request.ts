/**
 * Converts the options of `compare` to methods, seeds, budget and data.
 * @module
 */
import { methodNames, methodOf, PRESET_NAMES, presetOf, type RunConfig } from "@gasp/gasp";
import type { Budget } from "@gasp/gasp/compare";
import { UsageError } from "../options/options.ts";
import { didYouMean } from "../options/suggest.ts";

/** Options of `compare` that say what is compared. */
export interface CompareChoice {
  readonly data: string | undefined;
  readonly preset: string | undefined;
  readonly resolution: number | undefined;
  readonly models: string | undefined;
  readonly seconds: number | undefined;
  readonly steps: number | undefined;
  readonly seeds: string;
}

/** What is compared. */
export interface Comparison {
  readonly preset: string;
  readonly methods: readonly string[];
  readonly seeds: readonly number[];
  readonly budget: Budget;
  /** Name of the data, as in configurations. */
  readonly data: string;
  readonly resolution: number;
}

/**
 * Parses the options.
 *
 * @param choice Values of the options.
 * @throws {UsageError} If a word is unknown, or no preset fits the data.
 */
export function comparisonOf(choice: CompareChoice): Comparison {
  const config = presetFor(choice), { preset } = config;
  const having = methodNames().filter((name) => Object.hasOwn(methodOf({ method: name }).presets, preset));
  const methods = choice.models === undefined ? having : wordsOf(choice.models);
  for (const name of methods) {
    if (having.includes(name)) continue;
    throw new UsageError(
      `--models: there is no version of the preset ${preset} for "${name}"${didYouMean(name, having)}; ` +
        `methods that have one: ${having.join(", ")}`,
    );
  }
  const isOwnData = choice.data !== undefined && choice.data !== preset;
  return {
    ...{ preset, methods },
    resolution: choice.resolution ?? config.resolution,
    seeds: seedsOf(choice.seeds),
    budget: budgetOf(choice),
    data: isOwnData ? choice.data! : config.data,
  };
}

/** The preset that is asked for, or the first for the data. */
function presetFor({ preset, data }: CompareChoice): RunConfig {
  if (preset !== undefined) return presetOf(preset);
  if (data === undefined) return presetOf(PRESET_NAMES[0]);
  const named = PRESET_NAMES.find((name) => name === data) ??
    PRESET_NAMES.find((name) => presetOf(name).data === data);
  if (named !== undefined) return presetOf(named);
  throw new UsageError(
    `no preset is for the data "${data}": pass one for data of that kind with --preset, such as faces32 for ` +
      "pictures, chairs16 for shapes, climate for fields on the sphere",
  );
}

function budgetOf({ seconds, steps }: CompareChoice): Budget {
  if (seconds !== undefined && steps !== undefined) {
    throw new UsageError("--seconds and --steps are different budgets: pass one of them");
  }
  if (steps !== undefined) return { steps };
  if (seconds !== undefined) return { seconds };
  throw new UsageError("compare needs a budget for each run: pass --seconds S or --steps N");
}

function seedsOf(text: string): number[] {
  const seeds = wordsOf(text).map((word) => /^\d{1,15}$/.test(word) ? Number(word) : NaN);
  if (seeds.every(Number.isFinite)) return [...new Set(seeds)];
  throw new UsageError(`--seeds must be whole numbers separated by commas; got "${text}"`);
}

function wordsOf(text: string): string[] {
  return [...new Set(text.split(",").map((word) => word.trim()))];
}
