import { assertEquals, assertRejects } from "@std/assert";
import * as t from "../mod.ts";
import { OracleDevice } from "../compile/oracle_device.ts";
import type { Program } from "../compiler.ts";

class CountingDevice extends OracleDevice {
  prepared = 0;
  released = 0;
  override async prepare(program: Program) {
    this.prepared++;
    const executable = await super.prepare(program);
    return { ...executable, release: () => (this.released++, executable.release()) };
  }
}

async function values(tensor: t.Tensor, device: t.Device): Promise<number[]> {
  using result = await t.evaluate(tensor, device);
  return [...await result.data()];
}

Deno.test("evaluate() prepares one program per graph structure", async () => {
  const device = new CountingDevice();
  for (const a of [1, 2, 3]) assertEquals(await values(t.mul(t.tensor([a, a]), 2), device), [2 * a, 2 * a]);
  assertEquals(device.prepared, 1);
  using x = await t.evaluate(t.tensor([4, 5]), device);
  assertEquals(await values(t.mul(x, 2), device), [8, 10]);
  assertEquals(device.prepared, 2); // one more for the plain copy
});

Deno.test("evaluate() distinguishes graphs by operations, parameters, shapes, types and sharing", async () => {
  const device = new CountingDevice();
  const x = t.tensor([1, 2, 3, 4], [2, 2]), y = t.tensor([1, 2, 3, 4], [2, 2]);
  const graphs: [t.Tensor, number[]][] = [
    [t.mul(x, 2), [2, 4, 6, 8]],
    [t.mul(x, 3), [3, 6, 9, 12]],
    [t.mul(x, Infinity), [Infinity, Infinity, Infinity, Infinity]],
    [t.mul(x, -Infinity), [-Infinity, -Infinity, -Infinity, -Infinity]],
    [t.add(x, 2), [3, 4, 5, 6]],
    [t.sum(x, { axes: 0 }), [4, 6]],
    [t.sum(x, { axes: 1 }), [3, 7]],
    [t.mul(t.tensor(Int32Array.of(1, 2)), 2), [2, 4]],
    [t.mul(x, y), [1, 4, 9, 16]],
    [t.mul(x, x), [1, 4, 9, 16]],
  ];
  for (const [graph, expected] of graphs) assertEquals(await values(graph, device), expected);
  assertEquals(device.prepared, graphs.length);
  for (const [graph, expected] of graphs) assertEquals(await values(graph, device), expected);
  assertEquals(device.prepared, graphs.length);
});

Deno.test("evaluate() caches a limited number of programs and holds no buffers", async () => {
  const device = new CountingDevice();
  const one = t.tensor([1]);
  for (let i = 0; i < 100; i++) assertEquals(await values(t.add(one, i), device), [1 + i]);
  assertEquals([device.liveBuffers, device.prepared, device.released], [0, 100, 36]);
  device.prepared = 0;
  await values(t.add(one, 99), device); // still cached
  await values(t.add(one, 0), device); // evicted
  assertEquals(device.prepared, 1);
});

Deno.test("evaluate() runs one cached program several times at once", async () => {
  const device = await t.openDevice("wasm", { threads: 1 });
  try {
    const results = await Promise.all([1, 2, 3].map((a) => values(t.exp(t.mul(t.tensor([a]), 0)), device)));
    assertEquals(results, [[1], [1], [1]]);
  } finally {
    await device.close();
  }
});

Deno.test("evaluate() rejects a graph with arguments of a traced function", async () => {
  const x = t.placeholder([2, 3]);
  for (const device of [new OracleDevice(), t.reference]) {
    await assertRejects(
      () => t.evaluate(t.mul(x, 2), device),
      Error,
      "an argument of shape [2, 3] of a function",
    );
  }
});
