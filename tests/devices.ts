/**
 * The targets that tests run on, and the way to run a test on each of them: the reference interpreter always, and every
 * device that there is.
 * @module
 */
import { type Device, isKernelDevice, openDevice, reference } from "@gasp/tensor";
import { assertEquals } from "@std/assert";
import { skipReason } from "../packages/tensor/webgpu/runtime/skip_reason_test.ts";

/** A target to test on. */
export interface TestDevice {
  /** `reference`, `wasm` or `webgpu`. */
  readonly kind: Device["info"]["kind"];
  /** Opens it; the caller closes it. */
  open(): Promise<Device>;
  /** Why there is none here, if there is none. */
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

/** All targets, the reference interpreter first. */
export function testDevices(): Promise<TestDevice[]> {
  known ??= Promise.all([
    { kind: reference.info.kind, open: () => Promise.resolve(reference) },
    probe("wasm"),
    probe("webgpu"),
  ]);
  return known;
}

/**
 * Registers a test once for each target. It fails if buffers are left alive at the end, and is ignored, with the
 * reason in its name, where the device cannot be opened.
 *
 * @param name What is tested.
 * @param fn The test; the target is closed after it.
 * @param kinds Targets to run on. Default: all.
 */
export async function deviceTest(
  name: string,
  fn: (target: Device, context: Deno.TestContext) => Promise<void>,
  kinds: readonly TestDevice["kind"][] = ["reference", "wasm", "webgpu"],
): Promise<void> {
  for (const { kind, open, missing } of await testDevices()) {
    if (!kinds.includes(kind)) continue;
    Deno.test({
      name: missing === undefined
        ? `${name} on ${kind}`
        : `${name} on ${kind}, which cannot be opened: ${missing}`,
      ignore: missing !== undefined,
      fn: (context) => runOn(open, (target) => fn(target, context)),
    });
  }
}

async function runOn(open: () => Promise<Device>, fn: (target: Device) => Promise<void>): Promise<void> {
  const target = await open();
  try {
    const before = isKernelDevice(target) ? target.liveBuffers : 0;
    await fn(target);
    if (isKernelDevice(target)) assertEquals(target.liveBuffers, before, "buffers left alive by the test");
  } finally {
    await target.close();
  }
}
