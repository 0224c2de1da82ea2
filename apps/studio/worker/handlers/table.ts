/**
 * The requests of the compute worker: one line each.
 *
 * @module
 */
import {
  discriminatorPoints,
  frequencies,
  functionWeights,
  units,
  waves,
  withoutFrequencies,
} from "./explain.ts";
import { close, device, open } from "./models.ts";
import { latents, pictures } from "./samples.ts";

/** Handlers by the names of their requests. */
export const COMPUTE_HANDLERS = {
  device,
  open,
  close,
  latents,
  pictures,
  functionWeights,
  units,
  frequencies,
  waves,
  withoutFrequencies,
  discriminatorPoints,
};

/** Type of the table, for the page. */
export type ComputeTable = typeof COMPUTE_HANDLERS;
