/**
 * Values of named tensors on a target.
 * @module
 */
import type { NamedTensors } from "@gasp/pointconv";
import { evaluate, type HostArray, type Target } from "@gasp/tensor";

/** Elements by name; doubles from the reference interpreter. */
export type Observed = ReadonlyMap<string, HostArray | Float64Array>;

/**
 * Computes tensors and brings them to the host.
 *
 * @param tensors Recipes by name.
 * @param target Where to compute.
 */
export async function observe(tensors: NamedTensors, target: Target): Promise<Observed> {
  const values = await evaluate(tensors, target);
  const observed = new Map<string, HostArray | Float64Array>();
  for (const [name, value] of Object.entries(values)) {
    observed.set(name, await value.data());
    value.dispose();
  }
  return observed;
}
