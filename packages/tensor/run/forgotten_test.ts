import { assertEquals, assertLess, assertRejects } from "@std/assert";
import * as t from "../mod.ts";
import { DeviceMemoryError } from "../core/device_memory_error.ts";
import { collectAll } from "../core/forgotten.ts";
import { OracleDevice } from "../compile/oracle_device.ts";
import { openWasm } from "../wasm/runtime/device.ts";

const MEBIBYTE = 2 ** 20;
const double = (x: t.Tensor) => t.mul(x, 2);

/** A device of 64 MiB, and an array of 4 MiB on it. */
async function small(): Promise<{ device: t.KernelDevice; x: t.Tensor }> {
  const device = await openWasm({ threads: 1, maxMemoryBytes: 64 * MEBIBYTE });
  return { device, x: await t.evaluate(t.ones([MEBIBYTE]), device) };
}

Deno.test("results that are never disposed of do not fill a device", async () => {
  const { device, x } = await small();
  using f = t.compile(double, { device });
  for (let i = 0; i < 100; i++) await f(x);
  for (let i = 0; i < 100; i++) await t.evaluate(double(x), device);
  assertLess(device.liveBytes, 64 * MEBIBYTE);
  assertEquals((await x.data())[MEBIBYTE - 1], 1);
  await device.close();
});

Deno.test("a device that is full of tensors in use says what frees memory, and works on", async () => {
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

Deno.test("tensors that were disposed of, donated or handed on are freed once", async () => {
  const device = new OracleDevice(); // its free() throws if a buffer is freed twice
  using increment = t.compile((x: t.Tensor) => t.add(x, 1), { device, donateArgnums: [0] });
  const make = async () => {
    (await t.evaluate(t.ones([3]), device)).dispose();
    return await increment(await t.evaluate(t.ones([3]), device));
  };
  const kept = await make();
  await collectAll();
  assertEquals([device.liveBuffers, [...await kept.data()]], [1, [2, 2, 2]]);
  kept.dispose();
});

Deno.test("programs of compiled functions that are forgotten are released", async () => {
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
