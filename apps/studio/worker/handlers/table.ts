/**
 * The requests of the compute worker: one line per subject. What the first view needs is loaded with the worker, the rest
 * with its first request.
 *
 * @module
 */
import { lazily } from "./lazily.ts";
import { close, device, open } from "./models.ts";
import { latents, pictures } from "./samples.ts";

/** Handlers by the names of their requests. */
export const COMPUTE_HANDLERS = {
  ...{ device, open, close },
  ...{ latents, pictures },
  ...lazily(() => import("./explore.ts"), "coasts", "directions", "field", "film", "glb", "surface"),
  ...lazily(() => import("./explore.ts"), "tiles", "values", "walk"),
  ...lazily(() => import("./fit.ts"), "posterior", "target"),
  ...lazily(() => import("./compare.ts"), "evaluate"),
  ...lazily(() => import("./explain.ts"), "functionWeights", "units", "frequencies", "waves"),
  ...lazily(() => import("./explain.ts"), "withoutFrequencies", "discriminatorPoints"),
};

/** Type of the table, for the page. */
export type ComputeTable = typeof COMPUTE_HANDLERS;
