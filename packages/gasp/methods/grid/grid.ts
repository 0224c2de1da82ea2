/**
 * The baseline of figure 11 of the paper as a training method: GASP over the flat grid of latitudes and longitudes, which
 * ignores that the data come from a sphere. Its samples have a seam at the meridian of 180°.
 * @module
 */
import { UserError } from "../../config/user_error.ts";
import type { FunctionGenerator } from "../core/function_generator.ts";
import type { Method } from "../core/method.ts";
import type { GaspConfig } from "../gasp/config.ts";
import { gasp } from "../gasp/gasp.ts";
import { type FunctionLayers, hypernetworkGenerator, type SharedWeights } from "../gasp/generator.ts";
import { GASP_PRESETS } from "../gasp/presets.ts";
import { checkGaspData } from "../gasp/schema.ts";
import type { GaspState, GeneratorWeights } from "../gasp/state.ts";
import { type GaspInputs, prepareGasp } from "../gasp/training.ts";
import { flatDataset, flatten } from "../core/flat_map.ts";

/** The configuration of GASP over flat coordinates. */
function flat(config: GaspConfig): GaspConfig {
  return { ...config, model: { ...config.model, coordinateDim: 2 } };
}

const { climate, era5, tiny } = GASP_PRESETS;

const presetOf = (preset: GaspConfig): GaspConfig => ({ ...preset, method: "grid" });

/**
 * The training method `grid`.
 *
 * @category Training methods
 */
export const grid: Method<GaspConfig, GaspState, GaspInputs> = {
  ...gasp,
  name: "grid",
  presets: {
    climate: presetOf(climate),
    era5: presetOf(era5),
    tiny: presetOf({ ...tiny, data: "era5", model: { ...tiny.model, coordinateDim: 3 } }),
  },
  checkData(config, data) {
    if (data.display.kind !== "sphere") {
      throw new UserError(
        `the method grid is for fields on the sphere, which it learns as flat maps, but the data "${data.name}" are of ` +
          `the kind ${data.display.kind}: use the method gasp`,
      );
    }
    checkGaspData(config, data);
  },
  initialState: (config) => gasp.initialState(flat(config)),
  abstractState: (config) => gasp.abstractState!(flat(config)),
  stack: (state, config) => gasp.stack!(state, flat(config)),
  prepare: (request) =>
    prepareGasp({ ...request, config: flat(request.config), data: flatDataset(request.data) }),
  generator(config): FunctionGenerator<GeneratorWeights, FunctionLayers, SharedWeights> {
    const { model } = flat(config), generator = hypernetworkGenerator(model);
    return {
      ...generator,
      coordinateDim: config.model.coordinateDim,
      encode: (shared, coordinates) => generator.encode(shared, flatten(coordinates)),
    };
  },
};
