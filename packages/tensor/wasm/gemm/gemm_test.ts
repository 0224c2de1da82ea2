/** @module */
import type { GemmKernel, Scalar } from "../../ir/kernel.ts";
import { openWasm } from "../runtime/device.ts";
import { accumulator, affine, checkKernel, load, Noise, slots, withDevice } from "../testing.ts";

interface Shape {
  readonly batch: readonly number[];
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Operands that are row-major, column-major, or strided with gaps. */
type Layout = "rows" | "columns" | "strided";

function viewOf(
  layout: Layout,
  rows: number,
  columns: number,
): { row: number; column: number; size: number } {
  if (layout === "rows") return { row: columns, column: 1, size: rows * columns };
  if (layout === "columns") return { row: 1, column: rows, size: rows * columns };
  return { row: 3 * columns, column: 3, size: 3 * rows * columns };
}

/** A product whose epilogue adds a bias, and stores the result and a scaled copy of it in another layout. */
function kernelOf({ batch, m, n, k }: Shape, left: Layout, right: Layout, share: "none" | "left" | "right") {
  const a = viewOf(left, m, k),
    b = viewOf(right, k, n),
    count = batch.reduce((product, size) => product * size, 1);
  const strides = (size: number) =>
    batch.map((_, i) => size * batch.slice(i + 1).reduce((product, n) => product * n, 1));
  const zero = batch.map(() => 0);
  const biased: Scalar = { op: "add", dtype: "f32", args: [accumulator(0), load(2, [...zero, 0, 1])] };
  const scaled: Scalar = { op: "mul", dtype: "f32", args: [biased, load(3, [...zero, 1, 0])] };
  const kernel: GemmKernel = {
    kind: "gemm",
    name: `${batch}x ${m}x${k} ${left} times ${k}x${n} ${right}, shared ${share}`,
    buffers: slots("r", "r", "r", "r", "w", "w"),
    batch,
    m,
    n,
    k,
    a: {
      buffer: 0,
      offset: 1,
      batch: share === "left" ? zero : strides(a.size),
      row: a.row,
      column: a.column,
    },
    b: {
      buffer: 1,
      offset: 2,
      batch: share === "right" ? zero : strides(b.size),
      row: b.row,
      column: b.column,
    },
    stores: [
      { buffer: 4, address: affine([...strides(m * n), n, 1]), value: biased },
      { buffer: 5, address: affine([...strides(m * n), 1, m], 3), value: scaled },
    ],
  };
  const results = count * m * n;
  const sizes = [1 + count * a.size, 2 + count * b.size, n, m, results, results + 3];
  return { kernel, sizes };
}

const LAYOUTS: readonly Layout[] = ["rows", "columns", "strided"];

for (const simd of ["auto", "plain"] as const) {
  const open = () => openWasm({ threads: 1, simd });

  Deno.test(`gemm kernels (${simd}) multiply matrices of any layout`, () =>
    withDevice(open, async (device) => {
      const noise = new Noise(21);
      for (const left of LAYOUTS) {
        for (const right of LAYOUTS) {
          for (const [m, n, k] of [[6, 8, 5], [13, 19, 23], [1, 9, 7], [37, 3, 64], [5, 1, 100]] as const) {
            const { kernel, sizes } = kernelOf({ batch: [], m, n, k }, left, right, "none");
            await checkKernel(device, kernel, sizes.map((size) => noise.array("f32", size)), 1e-4);
          }
        }
      }
    }));

  Deno.test(`gemm kernels (${simd}) run batches, also with shared operands`, () =>
    withDevice(open, async (device) => {
      const noise = new Noise(22);
      for (const share of ["none", "left", "right"] as const) {
        for (const batch of [[1], [3], [2, 4]]) {
          const { kernel, sizes } = kernelOf({ batch, m: 14, n: 10, k: 9 }, "rows", "rows", share);
          await checkKernel(device, kernel, sizes.map((size) => noise.array("f32", size)), 1e-4);
        }
      }
    }));

  Deno.test(`gemm kernels (${simd}) accept any inner dimension, including 0`, () =>
    withDevice(open, async (device) => {
      const noise = new Noise(23);
      for (const k of [0, 1, 2, 3, 4, 5, 17, 1025, 3001, 5000]) {
        const { kernel, sizes } = kernelOf({ batch: [2], m: 7, n: 18, k }, "columns", "rows", "none");
        await checkKernel(device, kernel, sizes.map((size) => noise.array("f32", size)), 1e-3);
      }
      const wide = kernelOf({ batch: [], m: 260, n: 270, k: 1100 }, "rows", "columns", "none");
      await checkKernel(device, wide.kernel, wide.sizes.map((size) => noise.array("f32", size)), 1e-3);
    }));

  Deno.test(`gemm kernels (${simd}) divide large results into blocks`, () =>
    withDevice(open, async (device) => {
      const noise = new Noise(24);
      for (const [m, n, k] of [[200, 777, 33], [16, 3001, 50], [1000, 5, 40], [300, 300, 64]] as const) {
        const { kernel, sizes } = kernelOf({ batch: [], m, n, k }, "rows", "rows", "none");
        await checkKernel(device, kernel, sizes.map((size) => noise.array("f32", size)), 1e-4);
      }
    }));

  Deno.test(`gemm kernels (${simd}) multiply a few rows by matrices that are larger than a cache`, () =>
    withDevice(open, async (device) => {
      const noise = new Noise(26);
      for (const [m, n, k] of [[1, 1030, 1031], [16, 65, 16500], [18, 2049, 513], [4, 16500, 66]] as const) {
        for (const right of ["rows", "columns"] as const) {
          const { kernel, sizes } = kernelOf({ batch: [], m, n, k }, "rows", right, "none");
          await checkKernel(device, kernel, sizes.map((size) => noise.array("f32", size)), 3e-3);
        }
      }
    }));

  Deno.test(`gemm kernels (${simd}) do nothing for empty results`, () =>
    withDevice(open, async (device) => {
      const noise = new Noise(25);
      for (
        const shape of [{ batch: [0], m: 2, n: 3, k: 9 }, { batch: [], m: 0, n: 3, k: 9 }, {
          batch: [],
          m: 4,
          n: 0,
          k: 9,
        }]
      ) {
        const { kernel, sizes } = kernelOf(shape, "rows", "rows", "none");
        await checkKernel(device, kernel, sizes.map((size) => noise.array("f32", size)), 1e-4);
      }
    }));
}
