/**
 * Where tensors are computed: a kernel device, or the reference interpreter.
 * @module
 */
import type { KernelDevice } from "./device.ts";

/**
 * The double-precision interpreter, as a device of `compile` and `evaluate`.
 *
 * @category Devices
 */
export interface ReferenceDevice extends AsyncDisposable {
  /** Properties of the device. */
  readonly info: { readonly kind: "reference"; readonly name: string };
  /** Whether it names the first operation that produced a NaN or an infinity. Default: false. */
  readonly checkNumbers?: boolean;
  /** Does nothing; present for symmetry with other devices. */
  close(): Promise<void>;
}

/**
 * Anything that `compile` and `evaluate` can run on.
 *
 * @category Devices
 */
export type Device = KernelDevice | ReferenceDevice;

/**
 * The reference interpreter.
 *
 * @category Devices
 */
export const reference: ReferenceDevice = {
  info: { kind: "reference", name: "interpreter in double precision" },
  close: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/**
 * Returns whether a device runs compiled programs.
 *
 * @param device Any device.
 *
 * @example
 * ```ts
 * import { isKernelDevice, openDevice, reference } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * await using device = await openDevice("wasm");
 * if (isKernelDevice(device)) assertEquals(device.liveBytes, 0);
 * assertEquals(isKernelDevice(reference), false);
 * ```
 *
 * @category Devices
 */
export function isKernelDevice(device: Device): device is KernelDevice {
  return device.info.kind !== "reference";
}
