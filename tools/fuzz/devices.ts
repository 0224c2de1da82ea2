/**
 * Devices that programs run on.
 * @module
 */
import { type KernelDevice, openDevice } from "@gasp/tensor";

/** Devices that programs run on: `webgpu` is Dawn, `wgpu` the WebGPU of Deno. */
export const FUZZ_DEVICES = ["wasm", "webgpu", "wgpu"] as const;

/** A device that programs run on. */
export type FuzzDevice = (typeof FUZZ_DEVICES)[number];

/**
 * Opens a device; the threads are those of `wasm`.
 *
 * @param name Its name.
 * @param threads Threads.
 */
export function openFuzzDevice(name: FuzzDevice, threads: 1 | 2 = 1): Promise<KernelDevice> {
  if (name === "wasm") return openDevice(name, { threads });
  return name === "wgpu" ? openDevice("webgpu", { webgpu: { gpu: navigator.gpu } }) : openDevice(name);
}
