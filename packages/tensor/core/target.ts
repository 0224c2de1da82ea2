/**
 * Where tensors are computed: a device, or the reference interpreter.
 * @module
 */
import type { Device } from "./device.ts";

/** The interpreter in double precision, as a target of `compile` and `evaluate`. */
export interface ReferenceDevice {
  /** What it says of itself. */
  readonly info: { readonly kind: "reference"; readonly name: string };
  /** Does nothing; there for symmetry with devices. */
  close(): Promise<void>;
}

/** Anything that `compile` and `evaluate` can run on. */
export type Target = Device | ReferenceDevice;

/** The reference interpreter. */
export const reference: ReferenceDevice = {
  info: { kind: "reference", name: "interpreter in double precision" },
  close: () => Promise.resolve(),
};

/**
 * True for a device that runs compiled programs.
 *
 * @param target Any target.
 */
export function isDevice(target: Target): target is Device {
  return target.info.kind !== "reference";
}
