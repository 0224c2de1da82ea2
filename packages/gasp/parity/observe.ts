/**
 * Evaluation of named tensors on a device.
 * @module
 */
import type { StateDict } from "@gasp/autograd";
import { type Device, evaluate, type HostArray } from "@gasp/tensor";

/** Elements by name; float64 from the reference interpreter. */
export type Observed = ReadonlyMap<string, HostArray | Float64Array>;

/**
 * Evaluates tensors and copies them to the host.
 *
 * @param tensors Tensors by name.
 * @param device Device that computes.
 */
export async function observe(tensors: StateDict, device: Device): Promise<Observed> {
  const values = await evaluate(tensors, device);
  const observed = new Map<string, HostArray | Float64Array>();
  for (const [name, value] of Object.entries(values)) {
    observed.set(name, await value.data());
    value.dispose();
  }
  return observed;
}
