/**
 * The device of a worker: WebGPU where there is an adapter, else WebAssembly.
 *
 * @module
 */
import { type DeviceInfo, type KernelDevice, openDevice } from "@gasp/tensor";

/** Devices to choose from. */
export type DeviceChoice = "auto" | "webgpu" | "wasm";

/** What the page shows of a device. */
export type DeviceReport = Pick<DeviceInfo, "kind" | "name" | "threads"> & {
  /** Why it does less than it could. */
  readonly note?: string;
  /** Bytes of all its buffers. */
  readonly liveBytes: number;
};

let opened: Promise<KernelDevice> | undefined;

/**
 * Opens the device of this worker on the first call, and returns it afterwards.
 *
 * @param choice Which device; later calls cannot change it.
 */
export function computeDevice(choice: DeviceChoice = "auto"): Promise<KernelDevice> {
  return opened ??= openDevice(choice);
}

/**
 * Describes the device of this worker.
 *
 * @param choice Which device to open.
 */
export async function deviceReport(choice: DeviceChoice): Promise<DeviceReport> {
  const { info: { kind, name, threads, note }, liveBytes } = await computeDevice(choice);
  return { kind, name, threads, liveBytes, ...(note !== undefined && { note }) };
}
