/**
 * Values of named tensors on a target.
 * @module
 */
import type { StateDict } from "@gasp/autograd";
import { type Device, evaluate, type HostArray } from "@gasp/tensor";

/** Elements by name; doubles from the reference interpreter. */
export type Observed = ReadonlyMap<string, HostArray | Float64Array>;

/**
 * Computes tensors and brings them to the host.
 *
 * @param tensors Recipes by name.
 * @param target Where to compute.
 */
export async function observe(tensors: StateDict, target: Device): Promise<Observed> {
  const values = await evaluate(tensors, target);
  const observed = new Map<string, HostArray | Float64Array>();
  for (const [name, value] of Object.entries(values)) {
    observed.set(name, await value.data());
    value.dispose();
  }
  return observed;
}
