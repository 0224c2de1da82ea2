import { assertAlmostEquals, assertEquals, assertMatch, assertRejects } from "@std/assert";
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
  // The number 2 is part of the first program, and an argument of the second, which all others use
  assertEquals(device.prepared, graphs.length - 2);
  for (const [graph, expected] of graphs) assertEquals(await values(graph, device), expected);
  assertEquals(device.prepared, graphs.length - 2);
});

Deno.test("evaluate() compiles no program for a number that changes from call to call", async () => {
  const device = new CountingDevice(), x = t.tensor([1, 2]);
  for (let i = 0; i < 20; i++) {
    const rate = i / 1000, graph = t.add(t.mul(x, t.mul(rate, 3)), t.where(t.less(x, 1.5), rate, 7));
    const expected = [4 * rate, 7 + 6 * rate].map(Math.fround);
    for (const [at, value] of (await values(graph, device)).entries()) {
      assertAlmostEquals(value, expected[at]!, 1e-6);
    }
  }
  assertEquals(device.prepared, 2);
  for (let i = 0; i < 10; i++) {
    const graph = t.add(t.mul(t.tensor(Int32Array.of(5)), i), 3 * i);
    assertEquals(await values(graph, device), [8 * i]);
  }
  assertEquals(device.prepared, 4);
});

Deno.test("evaluate() folds numbers that change as it folds those that do not", async () => {
  const folded = (n: number) => t.add(t.tensor([0]), t.div(t.mul(t.add(n, 0.1), 3), 7));
  const one = new CountingDevice(), other = new CountingDevice();
  await values(folded(1), one);
  for (const n of [0.3, 1e-3, -12.7, 5e8, NaN, -0]) {
    assertEquals(await values(folded(n), one), await values(folded(n), other));
    await values(folded(n), one);
  }
  assertEquals(one.prepared, 2);
});

Deno.test("evaluate() warns once where it compiles anew for each call", async () => {
  const device = new CountingDevice(), x = t.tensor(new Float32Array(64));
  const warnings: string[] = [], { warn } = console;
  console.warn = (text: string) => warnings.push(text);
  try {
    for (let i = 0; i < 40; i++) await values(t.scope("window", () => t.slice(x, [i], [i + 2])), device);
  } finally {
    console.warn = warn;
  }
  assertEquals(device.prepared, 40);
  assertEquals(warnings.length, 1);
  assertMatch(
    warnings[0]!,
    /16 programs that differ only in numbers of 'slice' in 'window'[^]*evaluate_test\.ts/,
  );
});

Deno.test("evaluate() caches a limited number of programs and holds no buffers", async () => {
  const device = new CountingDevice();
  const one = t.tensor([1]);
  const graph = (i: number) => t.add(one, t.zeros([i + 1]));
  for (let i = 0; i < 100; i++) await values(graph(i), device);
  assertEquals([device.liveBuffers, device.prepared, device.released], [0, 100, 36]);
  device.prepared = 0;
  await values(graph(99), device); // still cached
  await values(graph(0), device); // evicted
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
