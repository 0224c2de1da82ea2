/**
 * The set discriminator baseline (SD, appendix B.2 of the paper) as a training method: GASP with a discriminator that sees an
 * unordered set of points. Generator, losses and optimisers are GASP's.
 * @module
 */
import type { Method } from "../core/method.ts";
import type { GaspConfig } from "../gasp/config.ts";
import { gasp } from "../gasp/gasp.ts";
import type { SetConfig } from "../gasp/discriminators/set/config.ts";
import { GASP_PRESETS } from "../gasp/presets.ts";
import type { GaspState } from "../gasp/state.ts";
import type { GaspInputs } from "../gasp/training.ts";

/** With one thread a step takes 1.4 (digits) to 2.3 times (fields) as long as with the PointConv discriminators of these presets. */
const DISCRIMINATOR: SetConfig = {
  kind: "set",
  coordinates: { count: 32, sigma: 1 },
  features: { count: 16, sigma: 0.5 },
  pointLayers: [64, 64, 128],
  setLayers: [128],
};

function presetOf(preset: GaspConfig, discriminator: SetConfig = DISCRIMINATOR): GaspConfig {
  return { ...preset, method: "set", model: { ...preset.model, discriminator } };
}

const { digits, faces32, chairs16, climate, tiny } = GASP_PRESETS;

/**
 * The training method `set`.
 *
 * @category Training methods
 */
export const set: Method<GaspConfig, GaspState, GaspInputs> = {
  ...gasp,
  name: "set",
  presets: {
    digits: presetOf(digits),
    faces32: presetOf(faces32),
    chairs16: presetOf(chairs16),
    climate: presetOf(climate),
    tiny: presetOf(tiny, {
      kind: "set",
      coordinates: { count: 3, sigma: 1 },
      features: { count: 2, sigma: 0.5 },
      pointLayers: [6, 5],
      setLayers: [4],
    }),
  },
};
