/**
 * Device memory of tensors that are never disposed.
 *
 * @module
 */
import { assertEquals, assertLess } from "@std/assert";
import { compile, evaluate, isKernelDevice, mul, ones, openDevice, type Tensor } from "@gasp/tensor";
import { testDevices } from "./devices.ts";

const MEBIBYTE = 2 ** 20;

for (const { kind, missing } of await testDevices()) {
  if (kind !== "webgpu") continue; // The tensor package has the same test for wasm.
  Deno.test({
    name: missing === undefined
      ? "results that are never disposed do not fill a GPU"
      : `results that are never disposed do not fill a GPU, which cannot be opened: ${missing}`,
    ignore: missing !== undefined,
    fn: async () => {
      await using device = await openDevice("webgpu", { webgpu: { maxMemoryBytes: 64 * MEBIBYTE } });
      if (!isKernelDevice(device)) throw new Error("not a GPU");
      using x = await evaluate(ones([MEBIBYTE]), device);
      using f = compile((y: Tensor) => mul(y, 2), { device });
      for (let i = 0; i < 60; i++) await f(x);
      assertLess(device.liveBytes, 64 * MEBIBYTE);
      assertEquals((await x.data())[MEBIBYTE - 1], 1);
    },
  });
}
