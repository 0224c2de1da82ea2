/** @module */
import { assertEquals } from "@std/assert";
import { add, mul } from "../ops/elementwise/arithmetic.ts";
import { exp } from "../ops/elementwise/functions.ts";
import { gather, indexTable } from "../ops/index/indexing.ts";
import { matmul } from "../ops/linear/linear.ts";
import { broadcastTo, reshape } from "../ops/shape/movement.ts";
import { sum } from "../ops/reduction/reduction.ts";
import type { Tensor } from "../graph/tensor.ts";
import { tensor } from "../graph/from_host.ts";
import { compile } from "../run/compile.ts";
import { costOf, type StepCost } from "./cost.ts";
import { OracleDevice } from "./oracle_device.ts";

const filled = (...shape: number[]) =>
  tensor(new Float32Array(shape.reduce((all, size) => all * size, 1)), shape);

/** Costs of the steps of a compiled function. */
async function costs(fn: (...args: Tensor[]) => Tensor, ...args: Tensor[]): Promise<StepCost[]> {
  const device = new OracleDevice();
  await compile(fn, { device }).plan(...args);
  const program = device.program!;
  return program.steps.map((step) => costOf(program, step));
}

Deno.test("costOf() counts a product, its epilogue, and each operand once", async () => {
  const [cost] = await costs((a, b, c) => add(matmul(a!, b!), c!), filled(8, 32), filled(32, 16), filled(16));
  assertEquals(cost, {
    flop: 2 * 8 * 16 * 32 + 8 * 16,
    readBytes: 4 * (8 * 32 + 32 * 16 + 16),
    writtenBytes: 4 * 8 * 16,
  });
});

Deno.test("costOf() counts a shared operand of a batch once", async () => {
  const shared = (a: Tensor, b: Tensor) => matmul(broadcastTo(reshape(a, [1, 8, 32]), [5, 8, 32]), b);
  const [cost] = await costs((a, b) => shared(a!, b!), filled(8, 32), filled(5, 32, 16));
  assertEquals(cost?.readBytes, 4 * (8 * 32 + 5 * 32 * 16));
});

Deno.test("costOf() counts loop-invariant operations once", async () => {
  const [cost] = await costs((x, s) => mul(x!, add(s!, 1)), filled(100, 10), filled(10));
  assertEquals(cost, { flop: 1000 + 10, readBytes: 4 * 1010, writtenBytes: 4000 });
});

Deno.test("costOf() counts a reduction, and arithmetic within functions", async () => {
  const [plain] = await costs((x) => sum(x!, { axes: 1 }), filled(10, 100));
  assertEquals(plain, { flop: 1000, readBytes: 4000, writtenBytes: 40 });
  const [inner] = await costs((x) => sum(exp(x!), { axes: 1 }), filled(10, 100));
  assertEquals((inner?.flop ?? 0) > 5000, true);
});

Deno.test("costOf() counts at most the size of a gathered array", async () => {
  const table = indexTable(Int32Array.from({ length: 300 }, (_, i) => i % 3), [300], 3);
  const [cost] = await costs((x) => gather(x!, table), filled(3, 7));
  assertEquals(cost, { flop: 0, readBytes: 4 * (3 * 7 + 300), writtenBytes: 4 * 300 * 7 });
});
