/**
 * Where tensors are computed: a device, or the reference interpreter.
 * @module
 */
import type { KernelDevice } from "./device.ts";

/** The interpreter in double precision, as a target of `compile` and `evaluate`. */
export interface ReferenceDevice extends AsyncDisposable {
  /** What it says of itself. */
  readonly info: { readonly kind: "reference"; readonly name: string };
  /** Does nothing; there for symmetry with devices. */
  close(): Promise<void>;
}

/** Anything that `compile` and `evaluate` can run on. */
export type Device = KernelDevice | ReferenceDevice;

/** The reference interpreter. */
export const reference: ReferenceDevice = {
  info: { kind: "reference", name: "interpreter in double precision" },
  close: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/**
 * True for a device that runs compiled programs.
 *
 * @param target Any target.
 *
 * @example
 * ```ts
 * import { isKernelDevice, openDevice, reference } from "@gasp/tensor";
 * import { assert, assertEquals } from "@std/assert";
 *
 * assertEquals(isKernelDevice(reference), false);
 * await using device = await openDevice("wasm", { threads: 1 });
 * assert(isKernelDevice(device) && device.liveBuffers === 0);
 * ```
 */
export function isKernelDevice(target: Device): target is KernelDevice {
  return target.info.kind !== "reference";
}
