import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { GemmKernel, LoopKernel } from "../../ir/kernel.ts";
import { planAxes } from "../shader/axes.ts";
import { ir, rowMajor } from "../runtime/harness_test.ts";
import { printKernel } from "./lower.ts";
import { chooseTiling } from "../shader/tiling.ts";

const { load, op, accumulator, store, buffers } = ir;

function addition(map: readonly number[], second: readonly number[]): LoopKernel {
  return {
    kind: "loop",
    name: "add",
    buffers: buffers("f32:r f32:r f32:w"),
    map,
    reduce: [],
    accumulators: [],
    stores: [store(2, rowMajor(map), op("add", "f32", load(0, rowMajor(map)), load(1, second)))],
  };
}

function sum(map: readonly number[], reduce: readonly number[], strides: readonly number[]): LoopKernel {
  return {
    kind: "loop",
    name: "sum",
    buffers: buffers("f32:r f32:w"),
    map,
    reduce,
    accumulators: [{ kind: "sum", dtype: "f32", value: load(0, strides) }],
    stores: [store(1, rowMajor(map, reduce.length), accumulator())],
  };
}

const sizes = (axes: readonly { readonly size: number }[]) => axes.map(({ size }) => size);

Deno.test("planAxes() merges axes that are contiguous in every address, and drops axes of size 1", () => {
  assertEquals(sizes(planAxes(addition([4, 1, 5, 6], [30, 0, 6, 1])).map), [120]);
  assertEquals(sizes(planAxes(addition([4, 5, 6], [0, 6, 1])).map), [4, 30]);
  assertEquals(sizes(planAxes(addition([4, 5, 6], [0, 0, 1])).map), [20, 6]);
  assertEquals(sizes(planAxes(addition([4, 5, 6], [6, 24, 1])).map), [4, 5, 6]);
});

Deno.test("planAxes() puts the axis of the unit strides innermost", () => {
  const transposed: LoopKernel = {
    ...addition([4, 5], [1, 4]),
    stores: [store(2, [1, 4], op("add", "f32", load(0, [1, 4]), load(1, [0, 1])))],
  };
  assertEquals(planAxes(transposed).map.at(-1), { size: 4, from: 0 });
});

Deno.test("printKernel() generates one shader for kernels of one structure, whatever their sizes", () => {
  const code = (kernel: LoopKernel | GemmKernel) => printKernel(kernel).passes.map((pass) => pass.code);
  assertEquals(code(addition([4, 5], [0, 1])), code(addition([70, 3000], [0, 1])));
  assertNotEquals(code(addition([4, 5], [0, 1])), code(addition([4, 5], [1, 0])));
  const product = (m: number, n: number, k: number, offset: number): GemmKernel => ({
    kind: "gemm",
    name: "matmul",
    buffers: buffers("f32:r f32:r f32:w"),
    batch: [3],
    m,
    n,
    k,
    a: { buffer: 0, offset, batch: [0], row: k, column: 1 },
    b: { buffer: 1, offset: 0, batch: [k * n], row: n, column: 1 },
    stores: [store(2, rowMajor([3, m, n]), accumulator())],
  });
  assertEquals(code(product(64, 64, 64, 0)), code(product(96, 32, 128, 8)));
});

Deno.test("printKernel() returns no pass if nothing is written", () => {
  assertEquals(printKernel(addition([4, 0], [0, 1])).passes, []);
});

Deno.test("chooseTiling() splits reductions with few points only", () => {
  const tiling = (kernel: LoopKernel) => chooseTiling(kernel, planAxes(kernel), true);
  assertEquals(tiling(sum([1 << 20], [9], [9, 1])).splits, 1);
  assertEquals(tiling(sum([1 << 20], [9], [1, 1 << 20])).lanes, 1);
  const columns = tiling(sum([64], [1 << 18], [1, 64]));
  assertEquals([columns.along, columns.lanes], ["map", 8]);
  assert(columns.splits > 50);
  const rows = tiling(sum([64], [1 << 12], [1 << 12, 1]));
  assertEquals([rows.along, rows.lanes], ["reduce", 256]);
});

Deno.test("a second pass binds at most one buffer beyond the kernel's own", () => {
  const { passes, scratch } = printKernel(sum([3], [100000], [1, 3]));
  assertEquals([passes.length, scratch.length], [2, 1]);
  assertEquals(passes.map(({ bindings }) => bindings.map(({ slot }) => slot)), [[0, 2], [1, 2]]);
});
