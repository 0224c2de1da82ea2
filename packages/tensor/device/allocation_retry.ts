/**
 * Retries of allocations on devices whose memory is full.
 * @module
 */
import type { KernelDevice } from "./device.ts";
import { DeviceMemoryError } from "./device_memory_error.ts";
import { collectAll, collectYoung } from "./finalization.ts";

/** Per device, the function that frees memory held only as a cache. */
const caches = new WeakMap<KernelDevice, () => void>();

/**
 * Registers a function to call before an allocation is retried.
 *
 * @param device Device.
 * @param clear Frees cached memory of the device.
 */
export function registerCache(device: KernelDevice, clear: () => void): void {
  caches.set(device, clear);
}

/**
 * Runs an allocation; if the device is out of memory, empties caches, lets the garbage collector free unreachable
 * tensors, and retries.
 *
 * @param device Device.
 * @param attempt The allocation, all or nothing.
 * @returns What `attempt` returns.
 * @throws {DeviceMemoryError} If the retries fail too.
 */
export async function withRetries<T>(device: KernelDevice, attempt: () => T | Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    return await retryAllocation(device, error, attempt);
  }
}

/**
 * The retries of {@link withRetries} after a failed first attempt, for callers that must not await if that succeeds.
 *
 * @param device Device.
 * @param error Error of the first attempt; anything but a {@link DeviceMemoryError} is rethrown.
 * @param attempt The allocation, all or nothing.
 */
export async function retryAllocation<T>(
  device: KernelDevice,
  error: unknown,
  attempt: () => T | Promise<T>,
): Promise<T> {
  let latest = error;
  for (const collect of [collectYoung, collectAll]) {
    if (!(latest instanceof DeviceMemoryError)) throw latest;
    caches.get(device)?.();
    await collect();
    try {
      return await attempt();
    } catch (again) {
      latest = again;
    }
  }
  throw latest;
}
