/**
 * An estimate of the memory that the state of a run needs, made before it is initialised.
 * @module
 */
import { requireMemory, sizeOf, treeLeaves } from "@gasp/tensor";
import type { RunConfig } from "../config/run_settings.ts";
import { UserError } from "../config/user_error.ts";
import { methodOf } from "../methods/table.ts";

/** Maximum number of elements of a tensor: indices on the devices are signed 32-bit integers. */
const MAX_ELEMENTS = 2 ** 31 - 1;
/** Bytes per element: one copy on the host and one on the device. */
const ELEMENT_BYTES = 2 * 4;

/**
 * Checks that the networks of a configuration, with the state of their optimisers, fit in memory.
 *
 * @param config A valid configuration.
 * @throws {UserError} If a tensor is larger than the devices can index.
 * @throws {MemoryError} If the state does not fit.
 */
export function requireState(config: RunConfig): void {
  const state = methodOf(config).abstractState?.(config);
  if (state === undefined) return;
  const shapes = treeLeaves(state).map(({ shape }) => shape);
  const largest = shapes.reduce((most, shape) => sizeOf(shape) > sizeOf(most) ? shape : most, []);
  if (sizeOf(largest) > MAX_ELEMENTS) {
    throw new UserError(
      `the configuration has a tensor of ${
        largest.join(" × ")
      } elements, but a tensor has at most 2³¹ - 1: ` +
        'lower the sizes in "model"',
    );
  }
  const elements = shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
  requireMemory({
    purpose: `the networks and optimisers of this configuration, ${elements.toLocaleString("en")} numbers,`,
    bytes: ELEMENT_BYTES * elements,
  });
}
