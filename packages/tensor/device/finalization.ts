/**
 * Frees the device memory of tensors that were never disposed when the garbage collector finds them.
 *
 * To the collector a tensor is a small object, however much device memory it owns, so it may run late:
 * {@link collectYoung} and {@link collectAll} trigger it.
 *
 * @module
 */
import type { DeviceBuffer, KernelDevice } from "./device.ts";

/** A buffer on a device. It must not reference its tensor, which would then never be collected. */
interface Held {
  readonly device: KernelDevice;
  readonly buffer: DeviceBuffer;
}

const registry = new FinalizationRegistry<Held>(({ device, buffer }) => device.free(buffer));

/** Frees the buffer when `owner` is garbage-collected. */
export function freeOnCollection(owner: object, held: Held): void {
  registry.register(owner, held, owner);
}

/** Cancels {@link freeOnCollection}: the buffer has been freed or has another owner. */
export function cancelFreeOnCollection(owner: object): void {
  registry.unregister(owner);
}

/** Allocating these arrays triggers a collection of young objects; their pages are never touched. */
const PRESSURE_BYTES = 64 * 2 ** 20, PRESSURE_ARRAYS = 4;
/** More than any address space, so that the allocation fails. V8 collects all garbage before it throws. */
const UNAVAILABLE_BYTES = 2 ** 47;

/** Triggers a collection of young objects and frees the memory of tensors among them; takes about a millisecond. */
export async function collectYoung(): Promise<void> {
  for (let i = 0; i < PRESSURE_ARRAYS; i++) allocate(PRESSURE_BYTES);
  await finalizers();
}

/** Triggers a full collection and frees the memory of unreachable tensors; may take half a second. */
export async function collectAll(): Promise<void> {
  allocate(UNAVAILABLE_BYTES);
  await finalizers();
}

/** Tries to allocate an array. */
function allocate(bytes: number): void {
  try {
    new ArrayBuffer(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}

/** Waits until finalizers have run: engines run them between tasks, possibly after the next one. */
async function finalizers(): Promise<void> {
  for (let i = 0; i < 2; i++) await new Promise<void>((resolve) => setTimeout(resolve));
}
