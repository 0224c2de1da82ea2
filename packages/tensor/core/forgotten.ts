/**
 * Tensors that nobody disposed of: when the garbage collector finds one, its memory on the device is freed.
 *
 * The collector sees a tensor as a small object, whatever it holds on the device, so it may take its time:
 * {@link collectYoung} and {@link collectAll} ask it to look now.
 *
 * @module
 */
import type { DeviceBuffer, KernelDevice } from "./device.ts";

/** Memory on a device; it must not refer to its tensor, which would then never be collected. */
interface Held {
  readonly device: KernelDevice;
  readonly buffer: DeviceBuffer;
}

const registry = new FinalizationRegistry<Held>(({ device, buffer }) => device.free(buffer));

/** Frees the buffer when `owner` is collected. */
export function freeWithOwner(owner: object, held: Held): void {
  registry.register(owner, held, owner);
}

/** Ends that: the buffer was freed, or belongs to something else now. */
export function keepFromOwner(owner: object): void {
  registry.unregister(owner);
}

/** Arrays whose allocation makes an engine collect young objects; their pages are never touched. */
const PRESSURE_BYTES = 64 * 2 ** 20, PRESSURE_ARRAYS = 4;
/** More than any address space holds, so that its allocation fails. V8 collects all garbage before it gives up. */
const UNAVAILABLE_BYTES = 2 ** 47;

/** Makes the engine collect young objects and free the memory of tensors among them; takes about a millisecond. */
export async function collectYoung(): Promise<void> {
  for (let i = 0; i < PRESSURE_ARRAYS; i++) allocate(PRESSURE_BYTES);
  await finalizers();
}

/** Makes the engine collect all garbage and free the memory of tensors in it; may take half a second. */
export async function collectAll(): Promise<void> {
  allocate(UNAVAILABLE_BYTES);
  await finalizers();
}

/** Allocates an array, or tries to. */
function allocate(bytes: number): void {
  try {
    new ArrayBuffer(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}

/** Waits until finalizers were called: an engine calls them between tasks, maybe behind the next one. */
async function finalizers(): Promise<void> {
  for (let i = 0; i < 2; i++) await new Promise<void>((resolve) => setTimeout(resolve));
}
