import { assertEquals, assertLess, assertRejects } from "@std/assert";
import * as t from "../mod.ts";
import { DeviceMemoryError } from "../device/device_memory_error.ts";
import { collectAll } from "../device/finalization.ts";
import { OracleDevice } from "../compile/oracle_device.ts";
import { openWasm } from "../wasm/runtime/device.ts";

const MEBIBYTE = 2 ** 20;
const double = (x: t.Tensor) => t.mul(x, 2);

/** Opens a device of 64 MiB with an array of 4 MiB on it. */
async function small(): Promise<{ device: t.KernelDevice; x: t.Tensor }> {
  const device = await openWasm({ threads: 1, maxMemoryBytes: 64 * MEBIBYTE });
  return { device, x: await t.evaluate(t.ones([MEBIBYTE]), device) };
}

Deno.test("results that are never disposed do not fill a device", async () => {
  const { device, x } = await small();
  using f = t.compile(double, { device });
  for (let i = 0; i < 100; i++) await f(x);
  for (let i = 0; i < 100; i++) await t.evaluate(double(x), device);
  assertLess(device.liveBytes, 64 * MEBIBYTE);
  assertEquals((await x.data())[MEBIBYTE - 1], 1);
  await device.close();
});

Deno.test("the error of a device full of live tensors states how to free memory, and the device stays usable", async () => {
  const { device, x } = await small();
  using f = t.compile(double, { device });
  const results: t.Tensor[] = [];
  const error = await assertRejects(async () => {
    for (let i = 0; i < 100; i++) results.push(await f(x));
  }, DeviceMemoryError);
  for (const cure of ["dispose()", "`using`", "donateArgnums"]) {
    assertEquals(error.message.includes(cure), true);
  }
  const live = device.liveBuffers;
  assertEquals(live, results.length + 1);
  results.pop()!.dispose();
  using y = await f(x);
  assertEquals([device.liveBuffers, (await y.data())[0]], [live, 2]);
  await device.close();
});

Deno.test("disposed, donated and returned tensors are freed once", async () => {
  const device = new OracleDevice(); // its free() throws if a buffer is freed twice
  using increment = t.compile((x: t.Tensor) => t.add(x, 1), { device, donateArgnums: [0] });
  const make = async () => {
    (await t.evaluate(t.ones([3]), device)).dispose();
    return await increment(await t.evaluate(t.ones([3]), device));
  };
  const result = await make();
  await collectAll();
  assertEquals([device.liveBuffers, [...await result.data()]], [1, [2, 2, 2]]);
  result.dispose();
});

Deno.test("programs of garbage-collected compiled functions are released", async () => {
  const { device, x } = await small();
  const before = device.liveBuffers;
  const constant = t.tensor(new Float32Array(MEBIBYTE).fill(3));
  for (let i = 0; i < 40; i++) {
    (await t.compile((y: t.Tensor) => t.add(y, constant), { device })(x)).dispose();
  }
  await collectAll();
  assertLess(device.liveBuffers, before + 3);
  x.dispose();
  await device.close();
});
