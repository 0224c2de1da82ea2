/**
 * The requests of the compute worker: one line each.
 *
 * @module
 */
import { evaluate } from "./compare.ts";
import { coasts, directions, field, film, glb, surface, tiles, values, walk } from "./explore.ts";
import { posterior, target } from "./fit.ts";
import { close, device, open } from "./models.ts";
import { latents, pictures } from "./samples.ts";

/** Handlers by the names of their requests. */
export const COMPUTE_HANDLERS = {
  ...{ device, open, close },
  ...{ latents, pictures },
  ...{ coasts, directions, field, film, glb, surface, tiles, values, walk },
  ...{ posterior, target },
  evaluate,
};

/** Type of the table, for the page. */
export type ComputeTable = typeof COMPUTE_HANDLERS;
