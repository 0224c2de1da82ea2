/**
 * A device together with the GPU that it runs on, which a test can destroy.
 * @module
 */
import type { KernelDevice } from "../../device/device.ts";
import { findAdapter } from "./adapter.ts";
import { openWebGPU } from "./device.ts";

/** Opens a device and returns its GPU too. */
export async function openWithGPU(): Promise<{ readonly device: KernelDevice; readonly gpu: GPUDevice }> {
  const { adapter } = await findAdapter();
  const { limits, features, info } = adapter;
  let gpu: GPUDevice | undefined;
  const requestDevice = async (descriptor: GPUDeviceDescriptor) =>
    gpu = await adapter.requestDevice(descriptor);
  const requestAdapter = () => Promise.resolve({ limits, features, info, requestDevice });
  const device = await openWebGPU({ gpu: { requestAdapter } });
  return { device, gpu: gpu! };
}
