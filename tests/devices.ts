/**
 * Registers tests on all devices: the reference interpreter and every available device.
 *
 * @module
 */
import { type Device, isKernelDevice, openDevice, reference } from "@gasp/tensor";
import { assertEquals } from "@std/assert";
import { skipReason } from "../packages/tensor/webgpu/runtime/skip_reason_test.ts";

/** A device to test on. */
export interface TestDevice {
  /** `reference`, `wasm` or `webgpu`. */
  readonly kind: Device["info"]["kind"];
  /** Opens the device, which the caller closes. */
  open(): Promise<Device>;
  /** Reason why it is unavailable, if it is. */
  readonly missing?: string;
}

async function probe(kind: "wasm" | "webgpu"): Promise<TestDevice> {
  const open = () => openDevice(kind);
  try {
    await (await open()).close();
    return { kind, open };
  } catch (error) {
    return { kind, open, missing: skipReason(kind, error) };
  }
}

let known: Promise<TestDevice[]> | undefined;

/** Returns all devices, the reference interpreter first. */
export function testDevices(): Promise<TestDevice[]> {
  known ??= Promise.all([
    { kind: reference.info.kind, open: () => Promise.resolve(reference) },
    probe("wasm"),
    probe("webgpu"),
  ]);
  return known;
}

/**
 * Registers a test for each device. It fails if it leaks buffers, and is ignored, with the reason in its name, if the device
 * is unavailable.
 *
 * @param name Name of the test.
 * @param fn Test; the device is closed after it.
 * @param kinds Devices to run on; default: all.
 */
export async function deviceTest(
  name: string,
  fn: (device: Device, context: Deno.TestContext) => Promise<void>,
  kinds: readonly TestDevice["kind"][] = ["reference", "wasm", "webgpu"],
): Promise<void> {
  for (const { kind, open, missing } of await testDevices()) {
    if (!kinds.includes(kind)) continue;
    Deno.test({
      name: missing === undefined
        ? `${name} on ${kind}`
        : `${name} on ${kind}, which cannot be opened: ${missing}`,
      ignore: missing !== undefined,
      fn: (context) => runOn(open, (device) => fn(device, context)),
    });
  }
}

async function runOn(open: () => Promise<Device>, fn: (device: Device) => Promise<void>): Promise<void> {
  const device = await open();
  try {
    const before = isKernelDevice(device) ? device.liveBuffers : 0;
    await fn(device);
    if (isKernelDevice(device)) assertEquals(device.liveBuffers, before, "buffers leaked by the test");
  } finally {
    await device.close();
  }
}
