/**
 * Chooses a complete configuration for a generator without one: that of the preset with the same networks, which also
 * determines the discriminator, since the authors did not save theirs.
 * @module
 */
import type { HostTensor } from "../state/host_record.ts";
import type { GaspConfig } from "../methods/gasp/config.ts";
import { GASP_PRESETS as PRESETS, type GaspPresetName } from "../methods/gasp/presets.ts";
import { UserError } from "../config/user_error.ts";
import type { GeneratorModel } from "./generator_source.ts";
import type { SampleKind } from "./imported_display.ts";

/** Display resolution of a generator that matches no preset: that of the authors' data. */
const RESOLUTIONS: Readonly<Record<SampleKind, number>> = { image: 64, volume: 32, sphere: 46 };
/** Samples per sheet of a generator that matches no preset. */
const SHEET = 16;
/** Neighbours of the placeholder discriminator's convolution. */
const NEIGHBOURS = 9;

/** A configuration and the assumptions behind it. */
export interface ChosenConfig {
  /** The configuration. */
  readonly config: GaspConfig;
  /** Assumptions, as notes for the user. */
  readonly notes: readonly string[];
}

/**
 * Chooses a configuration.
 *
 * @param model Sizes of the networks.
 * @param frequencies Fourier frequencies, to choose among presets that differ only in σ.
 * @param kind Kind of the samples.
 * @param preset Name of the preset. Default: the one that matches best.
 * @throws {UserError} If the networks do not match the requested preset.
 */
export function chooseConfig(
  model: GeneratorModel,
  frequencies: HostTensor | undefined,
  kind: SampleKind,
  preset: GaspPresetName | undefined,
): ChosenConfig {
  const fitting = (Object.keys(PRESETS) as GaspPresetName[]).filter((name) =>
    hasNetworks(PRESETS[name], model)
  );
  const sigma = frequencies === undefined ? 1 : rootMeanSquare(frequencies.data);
  if (preset !== undefined && !fitting.includes(preset)) {
    const others = fitting.length === 0 ? "they match no preset" : `they match ${fitting.join(", ")}`;
    throw new UserError(`its networks do not match the preset ${preset}: ${others}`);
  }
  const nearest = preset ?? fitting.toSorted((a, b) => distance(a, sigma) - distance(b, sigma))[0];
  if (nearest === undefined) return minimalConfig(model, sigma, kind);
  const also = fitting.filter((name) => name !== nearest);
  const choice = preset !== undefined || also.length === 0 ? "" : ` (${also.join(", ")} would match too)`;
  return {
    config: PRESETS[nearest],
    notes: [`discriminator and training settings are those of the preset ${nearest}${choice}`],
  };
}

function hasNetworks({ model: preset }: GaspConfig, model: GeneratorModel): boolean {
  const sizes = (of: Omit<GeneratorModel, "frequencies">, frequencies: number | null) =>
    JSON.stringify([
      of.coordinateDim,
      of.featureDim,
      of.latentDim,
      of.hyperHidden,
      of.functionHidden,
      frequencies,
    ]);
  return sizes(preset, preset.fourier?.count ?? null) === sizes(model, model.frequencies);
}

/** Distance between the standard deviation of the frequencies and that of a preset, as a log ratio. */
function distance(name: GaspPresetName, sigma: number): number {
  return Math.abs(Math.log((PRESETS[name].model.fourier?.sigma ?? 1) / sigma));
}

function rootMeanSquare(data: Float32Array): number {
  return Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
}

function minimalConfig(model: GeneratorModel, sigma: number, kind: SampleKind): ChosenConfig {
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
      "no preset has these networks: the discriminator is a placeholder of one convolution, sufficient for sampling but not " +
      "for training",
    ],
  };
}
