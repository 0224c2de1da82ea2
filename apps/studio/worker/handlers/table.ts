/**
 * The requests of the compute worker: one line each.
 *
 * @module
 */
import { close, device, open } from "./models.ts";
import { latents, pictures } from "./samples.ts";

/** Handlers by the names of their requests. */
export const COMPUTE_HANDLERS = { device, open, close, latents, pictures };

/** Type of the table, for the page. */
export type ComputeTable = typeof COMPUTE_HANDLERS;
