import { assert, assertEquals } from "@std/assert";
import type { GemmKernel, KnnKernel, LoopKernel } from "../../ir/kernel.ts";
import { ir } from "../runtime/harness_test.ts";
import { operationsOf } from "./work.ts";

const { load, op, accumulator, store, buffers } = ir;

Deno.test("operationsOf() counts multiply-adds of products as two", () => {
  const view = { buffer: 0, offset: 0, batch: [20], row: 5, column: 1 };
  const kernel: GemmKernel = {
    kind: "gemm",
    name: "matmul",
    buffers: buffers("f32:r f32:r f32:w"),
    batch: [3],
    m: 4,
    n: 6,
    k: 5,
    a: view,
    b: { ...view, buffer: 1 },
    stores: [store(2, [24, 6, 1], accumulator())],
  };
  assertEquals(operationsOf(kernel), 2 * 3 * 4 * 6 * 5);
});

Deno.test("operationsOf() grows with the points, terms and expressions of a loop", () => {
  const square = op("mul", "f32", load(0, [10, 1]), load(0, [10, 1]));
  const kernel: LoopKernel = {
    kind: "loop",
    name: "sum",
    buffers: buffers("f32:r f32:w"),
    map: [7],
    reduce: [10],
    accumulators: [{ kind: "sum", dtype: "f32", value: square }],
    stores: [store(1, [1, 0], accumulator())],
  };
  assertEquals(operationsOf(kernel), 7 * 10 * 4);
  assertEquals(operationsOf({ ...kernel, map: [14] }), 2 * operationsOf(kernel));
});

Deno.test("operationsOf() estimates more for a brute-force search than for a grid search", () => {
  const kernel: KnnKernel = {
    kind: "knn",
    name: "knn",
    buffers: buffers("f32:r i32:r f32:r i32:r i32:w"),
    points: 100_000,
    dimension: 3,
    clouds: 1,
    norm: 2,
    queries: 100_000,
    k: 8,
    distances: false,
    radius: Infinity,
    method: "grid",
  };
  assert(operationsOf({ ...kernel, method: "brute" }) > 100 * operationsOf(kernel));
});
