/** @module */
import { assertEquals, assertThrows } from "@std/assert";
import { binary, compare, constant, select } from "./build.ts";
import { runKernel, runProgram } from "./evaluate.ts";
import { evaluateScalar } from "./evaluate_scalar.ts";
import type {
  Affine,
  GemmKernel,
  Guard,
  KernelBuffer,
  Load,
  LoopKernel,
  NeighbourKernel,
  Scalar,
} from "./kernel.ts";

const READ: KernelBuffer = { dtype: "f32", access: "read" };
const WRITE: KernelBuffer = { dtype: "f32", access: "write" };
const NOWHERE = { data: [], buffers: [], axes: [], accumulators: [] };

function load(buffer: number, strides: readonly number[], offset = 0, guards: readonly Guard[] = []): Load {
  return { op: "load", dtype: "f32", buffer, address: { offset, strides, indirect: [] }, guards };
}

function affine(strides: readonly number[], offset = 0): Affine {
  return { offset, strides };
}

function accumulator(index: number): Scalar {
  return { op: "accumulator", dtype: "f32", index };
}

Deno.test("evaluateScalar() rounds to f32 after each operation", () => {
  const large = { op: "affine", dtype: "i32", affine: affine([], 1 << 24) } as const;
  const x: Scalar = { op: "convert", dtype: "f32", args: [large] };
  const sum = binary("add", x, constant("f32", 1));
  assertEquals(evaluateScalar(binary("sub", sum, x), NOWHERE), 0);
});

Deno.test("evaluateScalar() returns the selected value of a select", () => {
  const axis: Scalar = { op: "affine", dtype: "i32", affine: affine([1]) };
  const chosen = select(compare("lt", axis, constant("i32", 2)), constant("f32", 5), constant("f32", 7));
  assertEquals([0, 1, 2].map((i) => evaluateScalar(chosen, { ...NOWHERE, axes: [i] })), [5, 5, 7]);
});

Deno.test("runKernel() computes sums and maxima over reduce axes", () => {
  const kernel: LoopKernel = {
    kind: "loop",
    name: "rows",
    buffers: [READ, WRITE, WRITE],
    map: [2],
    reduce: [3],
    accumulators: [
      { kind: "sum", dtype: "f32", value: load(0, [3, 1]) },
      { kind: "max", dtype: "f32", value: load(0, [3, 1]) },
    ],
    stores: [
      { buffer: 1, address: affine([1, 0]), value: accumulator(0) },
      { buffer: 2, address: affine([1, 0]), value: accumulator(1) },
    ],
  };
  const sums = new Float32Array(2), maxima = new Float32Array(2);
  runKernel(kernel, [new Float32Array([1, 2, 3, -4, -5, -6]), sums, maxima]);
  assertEquals([...sums], [6, -15]);
  assertEquals([...maxima], [3, -4]);
  runKernel({ ...kernel, reduce: [0] }, [new Float32Array(6), sums, maxima]);
  assertEquals([...sums], [0, 0]);
  assertEquals([...maxima], [-Infinity, -Infinity]);
});

Deno.test("runKernel() returns 0 for guarded loads out of bounds and rejects unguarded ones", () => {
  const guard = { offset: -1, strides: [1], size: 3 };
  const kernel = (guards: readonly Guard[]): LoopKernel => ({
    kind: "loop",
    name: "pad",
    buffers: [READ, WRITE],
    map: [5],
    reduce: [],
    accumulators: [],
    stores: [{ buffer: 1, address: affine([1]), value: load(0, [1], -1, guards) }],
  });
  const out = new Float32Array(5).fill(9);
  runKernel(kernel([guard]), [new Float32Array([1, 2, 3]), out]);
  assertEquals([...out], [0, 1, 2, 3, 0]);
  assertThrows(() => runKernel(kernel([]), [new Float32Array([1, 2, 3]), out]), RangeError, "element -1");
});

Deno.test("runKernel() gathers through an index and writes in place", () => {
  const index: Load = { ...load(1, [1]), dtype: "i32" };
  const gathered: Load = {
    ...load(0, []),
    address: { offset: 0, strides: [0], indirect: [{ stride: 2, index }] },
  };
  const kernel: LoopKernel = {
    kind: "loop",
    name: "gather+add",
    buffers: [READ, { dtype: "i32", access: "read" }, { dtype: "f32", access: "readwrite" }],
    map: [3],
    reduce: [],
    accumulators: [],
    stores: [{ buffer: 2, address: affine([1]), value: binary("add", load(2, [1]), gathered) }],
  };
  const out = new Float32Array([100, 200, 300]);
  runKernel(kernel, [new Float32Array([1, 0, 2, 0, 3, 0]), new Int32Array([2, 0, 2]), out]);
  assertEquals([...out], [103, 201, 303]);
  assertThrows(
    () =>
      runKernel({ ...kernel, buffers: [READ, { dtype: "i32", access: "read" }, READ] }, [
        out,
        new Int32Array(3),
        out,
      ]),
    TypeError,
    "read-only",
  );
});

Deno.test("runKernel() multiplies batched matrices with any strides and an epilogue", () => {
  // A is stored transposed and shared by both batches; the epilogue adds a bias per column.
  const kernel: GemmKernel = {
    kind: "gemm",
    name: "matmul+add",
    buffers: [READ, READ, READ, WRITE],
    batch: [2],
    m: 2,
    n: 3,
    k: 2,
    a: { buffer: 0, offset: 0, batch: [0], row: 1, column: 2 },
    b: { buffer: 1, offset: 0, batch: [6], row: 3, column: 1 },
    stores: [{
      buffer: 3,
      address: affine([6, 3, 1]),
      value: binary("add", accumulator(0), load(2, [0, 0, 1])),
    }],
  };
  const out = new Float32Array(12);
  const b = Float32Array.from({ length: 12 }, (_, i) => i);
  runKernel(kernel, [new Float32Array([1, 3, 2, 4]), b, new Float32Array([10, 20, 30]), out]);
  assertEquals([...out], [16, 29, 42, 22, 39, 56, 34, 47, 60, 64, 81, 98]);
});

Deno.test("runKernel() computes the three partial derivatives of one trilinear form", () => {
  const sizes = { points: 4, outputs: 3, neighbours: 2, batch: 2, channels: 1, mid: 3 };
  const table = new Int32Array([0, 1, 3, 1, 1, 1]);
  const starts = new Int32Array([0, 1, 5, 5, 6]), entries = new Int32Array([0, 1, 3, 4, 5, 2]);
  const f = Float32Array.from({ length: 8 }, (_, i) => i - 3);
  const w = Float32Array.from({ length: 18 }, (_, i) => (i % 5) - 2);
  const h = Float32Array.from({ length: 18 }, (_, i) => (i % 7) - 3);
  const kernel = (kind: NeighbourKernel["kind"]): NeighbourKernel => ({
    kind,
    name: kind,
    buffers: [],
    ...sizes,
  });
  const dh = new Float32Array(18), dw = new Float32Array(18), df = new Float32Array(8);
  runKernel(kernel("neighbourSum"), [f, w, table, dh]);
  runKernel(kernel("neighbourWeights"), [f, h, table, dw]);
  runKernel(kernel("neighbourFeatures"), [w, h, starts, entries, df]);
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * (b[i] ?? NaN), 0);
  assertEquals(
    [...dh.slice(0, 6)],
    Array.from({ length: 6 }, (_, i) => {
      const [b, j] = [Math.floor(i / 3), i % 3];
      return (f[b] ?? NaN) * (w[j] ?? NaN) + (f[2 + b] ?? NaN) * (w[3 + j] ?? NaN);
    }),
  );
  assertEquals(dot(dw, w), dot(dh, h));
  assertEquals(dot(df, f), dot(dh, h));
});

Deno.test("runKernel() sums the rows of each segment", () => {
  const out = new Float32Array(6);
  runKernel(
    { kind: "segmentSum", name: "segmentSum", buffers: [], segments: 3, width: 2, repeat: 1 },
    [new Float32Array([1, 2, 3, 4, 5, 6]), new Int32Array([0, 2, 2, 3]), new Int32Array([0, 2, 1]), out],
  );
  assertEquals([...out], [6, 8, 0, 0, 3, 4]);
});

Deno.test("runProgram() passes temporaries between steps and exposes unwritten elements", () => {
  const copy = (from: number): LoopKernel => ({
    kind: "loop",
    name: "copy",
    buffers: [READ, WRITE],
    map: [2],
    reduce: [],
    accumulators: [],
    stores: [{
      buffer: 1,
      address: affine([1]),
      value: binary("mul", load(0, [1], from), constant("f32", 2)),
    }],
  });
  const program = {
    buffers: [
      { bytes: 8, role: "external" as const },
      { bytes: 16, role: "temporary" as const },
      { bytes: 8, role: "external" as const },
    ],
    steps: [{ kernel: copy(0), args: [0, 1] }, { kernel: copy(1), args: [1, 2] }],
  };
  const out = new Float32Array(2);
  runProgram(program, [new Float32Array([1, 5]), out]);
  assertEquals([...out], [20, NaN]);
  assertThrows(() => runProgram(program, [out]), RangeError, "needs 2 external buffers, got 1");
  assertThrows(() => runProgram(program, [out, new Float32Array(1)]), RangeError, "needs 8 bytes, got 4");
  const twice = { ...program, steps: [{ kernel: copy(0), args: [0, 0] }] };
  assertThrows(() => runProgram(twice, [out, out]), RangeError, "written buffers bound once");
});
