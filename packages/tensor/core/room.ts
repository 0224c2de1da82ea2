/**
 * Further tries where a device has no room.
 * @module
 */
import type { KernelDevice } from "./device.ts";
import { DeviceMemoryError } from "./device_memory_error.ts";
import { collectAll, collectYoung } from "./forgotten.ts";

/** What frees memory of a device that is only held for speed. */
const caches = new WeakMap<KernelDevice, () => void>();

/**
 * Sets what is called before another try.
 *
 * @param device A device.
 * @param clear Frees what it can.
 */
export function clearWhenFull(device: KernelDevice, clear: () => void): void {
  caches.set(device, clear);
}

/**
 * Does something that needs memory on a device, and if there is no room, makes some and tries again: it empties caches and
 * lets the garbage collector free the tensors that nobody refers to any more.
 *
 * @param device The device.
 * @param attempt Takes the memory, all or nothing.
 * @returns What `attempt` returns.
 * @throws {DeviceMemoryError} If there is no room then either.
 */
export async function withRoom<T>(device: KernelDevice, attempt: () => T | Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    return await retryWithRoom(device, error, attempt);
  }
}

/**
 * What {@link withRoom} does after the first attempt, for callers that must not wait if that succeeds.
 *
 * @param device The device.
 * @param error What the first attempt threw; anything but a {@link DeviceMemoryError} is thrown again.
 * @param attempt Takes the memory, all or nothing.
 */
export async function retryWithRoom<T>(
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
