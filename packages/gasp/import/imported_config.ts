/**
 * A complete configuration for a generator whose file does not have one: that of the preset with the same networks, which
 * also gives the discriminator that the authors did not save.
 * @module
 */
import type { HostTensor } from "../state/host_record.ts";
import type { GaspConfig } from "../methods/gasp/config.ts";
import { GASP_PRESETS as PRESETS, type GaspPresetName } from "../methods/gasp/presets.ts";
import { UserError } from "../config/user_error.ts";
import type { GeneratorModel } from "./generator_source.ts";
import type { ShownKind } from "./imported_display.ts";

/** Resolution of a generator that fits no preset; those of the authors' data. */
const RESOLUTIONS: Readonly<Record<ShownKind, number>> = { image: 64, volume: 32, sphere: 46 };
/** Samples on a sheet of a generator that fits no preset. */
const SHEET = 16;
/** Neighbours of the one convolution of a discriminator that fits no preset. */
const NEIGHBOURS = 9;

/** A configuration, and what had to be assumed for it. */
export interface ChosenConfig {
  /** The configuration. */
  readonly config: GaspConfig;
  /** For people. */
  readonly notes: readonly string[];
}

/**
 * Chooses a configuration.
 *
 * @param model The networks.
 * @param frequencies Those of the Fourier features: of presets that differ in σ alone, the one nearest to them is taken.
 * @param kind Kind of the samples.
 * @param preset Name of the preset to take; by default the one that fits best.
 * @throws {UserError} If the networks are not those of the preset asked for.
 */
export function chooseConfig(
  model: GeneratorModel,
  frequencies: HostTensor | undefined,
  kind: ShownKind,
  preset: GaspPresetName | undefined,
): ChosenConfig {
  const fitting = (Object.keys(PRESETS) as GaspPresetName[]).filter((name) =>
    hasNetworks(PRESETS[name], model)
  );
  const sigma = frequencies === undefined ? 1 : rootMeanSquare(frequencies.data);
  if (preset !== undefined && !fitting.includes(preset)) {
    const others = fitting.length === 0 ? "no preset fits" : `those of ${fitting.join(", ")} do`;
    throw new UserError(`its networks are not those of the preset ${preset}: ${others}`);
  }
  const nearest = preset ?? fitting.toSorted((a, b) => distance(a, sigma) - distance(b, sigma))[0];
  if (nearest === undefined) return minimalConfig(model, sigma, kind);
  const also = fitting.filter((name) => name !== nearest);
  const choice = preset !== undefined || also.length === 0 ? "" : ` (${also.join(", ")} would fit too)`;
  return {
    config: PRESETS[nearest],
    notes: [`discriminator and training settings are those of the preset ${nearest}${choice}`],
  };
}

function hasNetworks({ model: preset }: GaspConfig, model: GeneratorModel): boolean {
  const numbers = (of: Omit<GeneratorModel, "frequencies">, frequencies: number | null) =>
    JSON.stringify([
      of.coordinateDim,
      of.featureDim,
      of.latentDim,
      of.hyperHidden,
      of.functionHidden,
      frequencies,
    ]);
  return numbers(preset, preset.fourier?.count ?? null) === numbers(model, model.frequencies);
}

/** How far the frequencies are from those that a preset would draw, as a ratio. */
function distance(name: GaspPresetName, sigma: number): number {
  return Math.abs(Math.log((PRESETS[name].model.fourier?.sigma ?? 1) / sigma));
}

function rootMeanSquare(data: Float32Array): number {
  return Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
}

function minimalConfig(model: GeneratorModel, sigma: number, kind: ShownKind): ChosenConfig {
  const { frequencies, ...sizes } = model, resolution = RESOLUTIONS[kind];
  const config: GaspConfig = {
    ...PRESETS.mnist,
    preset: "imported",
    data: "unknown",
    resolution,
    sheet: { count: SHEET, resolution },
    model: {
      ...sizes,
      fourier: frequencies === null ? null : { count: frequencies, sigma: sigma > 0 ? sigma : 1 },
      discriminator: {
        kind: "pointconv",
        layers: [{ kind: "conv", channels: 1, points: 1, neighbours: NEIGHBOURS }],
        norm: 2,
      },
    },
  };
  return {
    config,
    notes: [
      "no preset has these networks: the discriminator is a stand-in of one convolution, enough to sample but not to train on",
    ],
  };
}
