/**
 * Opens a device by name. The code of each device, a fifth of the library, is loaded when it is opened, so that a page
 * does not load unused code.
 * @module
 */
import type { KernelDevice } from "./device/device.ts";
import { type Device, isKernelDevice, reference } from "./device/any_device.ts";
import { findAdapter, NoAdapterError } from "./webgpu/runtime/adapter.ts";
import type { WebGPUOptions } from "./webgpu/runtime/device.ts";

/**
 * Names of devices; `auto` is a hardware GPU if there is one, else `wasm`.
 *
 * @category Devices
 */
export type DeviceName = "auto" | "webgpu" | "wasm" | "reference";

/**
 * Options of {@link openDevice}.
 *
 * @category Devices
 */
export interface OpenOptions {
  /** Worker threads of the `wasm` device; all hardware threads by default. */
  readonly threads?: number;
  /** Options of the `webgpu` device. */
  readonly webgpu?: WebGPUOptions;
  /**
   * For debugging: the first operation that produces a NaN, or an infinity from finite numbers, throws a `NumberError`,
   * which names it and its scope. Every operation is then a kernel of its own, whose results are read back. Default:
   * false, which costs nothing.
   */
  readonly checkNumbers?: boolean;
}

/**
 * Opens a device.
 *
 * @param name Name. `webgpu` accepts any adapter, including software; `auto`, the default, only hardware, and falls
 *   back to WebAssembly.
 * @param options Options of the devices.
 * @returns The device; close it when done.
 * @throws {Error} If the device cannot be opened; the message says what to install or which flag to use.
 *
 * @example
 * ```ts
 * import { evaluate, openDevice, sum, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * await using device = await openDevice("wasm", { threads: 2 });
 * using total = await evaluate(sum(tensor([1, 2, 3])), device);
 * assertEquals([...await total.data()], [6]);
 * ```
 *
 * @category Devices
 */
export function openDevice(
  name?: Exclude<DeviceName, "reference">,
  options?: OpenOptions,
): Promise<KernelDevice>;
/**
 * Opens a device, or returns the reference interpreter, by a name known only at run time.
 *
 * @param name Name.
 * @param options Options of the devices.
 * @returns The device; close it when done.
 * @throws {Error} If the device cannot be opened; the message says what to install or which flag to use.
 * @category Devices
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type DeviceName, isKernelDevice, openDevice } from "@gasp/tensor";
 *
 * const name = "reference" as DeviceName;
 * await using device = await openDevice(name);
 * assertEquals(isKernelDevice(device), false);
 * ```
 */
export function openDevice(name: DeviceName, options?: OpenOptions): Promise<Device>;
export async function openDevice(name: DeviceName = "auto", options: OpenOptions = {}): Promise<Device> {
  const device = await open(name, options);
  if (!options.checkNumbers) return device;
  if (!isKernelDevice(device)) return { ...device, checkNumbers: true };
  const { CheckedDevice } = await import("./device/checked_device.ts");
  return new CheckedDevice(device);
}

async function open(name: DeviceName, options: OpenOptions): Promise<Device> {
  switch (name) {
    case "reference":
      return reference;
    case "wasm":
      return await openWasm(options);
    case "webgpu":
      return await openWebGPU(options.webgpu);
    case "auto":
      return (await openHardware(options.webgpu)) ?? await openWasm(options);
    default:
      throw new TypeError(`there is no device '${name as string}': use auto, webgpu, wasm or reference`);
  }
}

async function openWasm(options: OpenOptions): Promise<KernelDevice> {
  const device = await import("./wasm/runtime/device.ts");
  return await device.openWasm(options);
}

async function openWebGPU(options?: WebGPUOptions): Promise<KernelDevice> {
  const device = await import("./webgpu/runtime/device.ts");
  return await device.openWebGPU(options);
}

/** Opens a GPU; undefined if there is none, in which case `auto` falls back to WebAssembly. */
async function openHardware(options?: WebGPUOptions): Promise<KernelDevice | undefined> {
  const hardwareOnly = { ...options, software: false };
  try {
    // Requests the adapter first, so that a page without a GPU does not load the code for one.
    await findAdapter(hardwareOnly);
    return await openWebGPU(hardwareOnly);
  } catch (error) {
    if (error instanceof NoAdapterError) return undefined;
    throw error;
  }
}
