/**
 * The inner kernel for products whose operands are both contiguous along k: nothing is packed, lanes run along k, and
 * each result is a dot product with a horizontal add at the end.
 * @module
 */
import type { Features } from "../module/features.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { addLanesOfTwo } from "../module/lanes.ts";
import { required } from "../module/required.ts";
import { multiplyAdd } from "./micro.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";

/** Rows of a tile: with {@link DOT_COLUMNS}, twelve accumulators, like the other inner kernel. */
export const DOT_ROWS = 6;
/** Columns of a tile. */
export const DOT_COLUMNS = 2;

/** Parameters of the inner kernel, in order. */
const DOT_PARAMETERS = ["i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;

/**
 * Returns the function `(a, rowStride, b, columnStride, c, rowStrideOfC, k)` for a tile of `rows` by `columns`; strides
 * in bytes, `k` at least 1.
 *
 * @param shared Helper functions of the module.
 * @param rows 1 to 6.
 * @param columns 1 or 2.
 * @param features Features of the engine.
 * @returns Index of the function.
 */
export function dotFunction(
  shared: SharedFunctions,
  rows: number,
  columns: number,
  features: Features,
): number {
  return shared.get(
    `dots ${rows} ${columns}`,
    (module) => module.function(DOT_PARAMETERS, (f) => printDots(f, rows, columns, features)),
  );
}

function printDots(
  f: FunctionBuilder<typeof DOT_PARAMETERS>,
  rows: number,
  columns: number,
  features: Features,
): void {
  const [a, rowStride, b, columnStride, c, cStride, k] = f.parameters;
  const sums = Array.from({ length: rows }, () => Array.from({ length: columns }, () => f.local("v128")));
  const rowPointers = pointersFrom(f, a, rowStride, rows),
    columnPointers = pointersFrom(f, b, columnStride, columns);
  const right = columnPointers.map(() => f.local("v128")), left = f.local("v128");
  const step = (load: "v128.load" | "v128.load32_zero", offset: number) => {
    columnPointers.forEach((pointer, j) => {
      const vector = right[j];
      if (vector) f.get(pointer).memory(load, offset).set(vector);
    });
    rowPointers.forEach((pointer, i) => {
      f.get(pointer).memory(load, offset).set(left);
      right.forEach((vector, j) => {
        const sum = sums[i]?.[j];
        if (sum) multiplyAdd(f, features, left, vector, sum);
      });
    });
  };
  const turns = f.local("i32");
  const loop = (count: () => void, load: "v128.load" | "v128.load32_zero", unroll: number) => {
    const bytes = load === "v128.load" ? 16 : 4;
    count();
    f.tee(turns).if(() =>
      f.countdown(turns, () => {
        for (let i = 0; i < unroll; i++) step(load, i * bytes);
        for (const pointer of [...rowPointers, ...columnPointers]) f.increment(pointer, unroll * bytes);
      })
    );
  };
  // A quarter of the usual factor: each step covers four k.
  const unroll = Math.max(1, features.unroll / 4);
  loop(() => f.get(k).i32(Math.log2(4 * unroll)).op("i32.shr_u"), "v128.load", unroll);
  if (unroll > 1) loop(() => f.get(k).i32(2).op("i32.shr_u").i32(unroll - 1).op("i32.and"), "v128.load", 1);
  loop(() => f.get(k).i32(3).op("i32.and"), "v128.load32_zero", 1);
  storeTotals(f, sums, c, cStride);
}

function pointersFrom(f: FunctionBuilder, first: Local, stride: Local, count: number): Local[] {
  const pointers = [first];
  for (let i = 1; i < count; i++) {
    const pointer = f.local("i32");
    f.get(pointers[i - 1] ?? first).get(stride).op("i32.add").set(pointer);
    pointers.push(pointer);
  }
  return pointers;
}

/** Adds the lanes of each sum horizontally and stores the results row by row. */
function storeTotals(
  f: FunctionBuilder,
  sums: readonly (readonly Local[])[],
  c: Local,
  cStride: Local,
): void {
  for (const row of sums) {
    const [firstSum, second] = row, first = required(firstSum, "first column of a tile of dots");
    const pair = addLanesOfTwo(f, first, second ?? first);
    f.get(c).get(pair).memoryLane(second ? "v128.store64_lane" : "v128.store32_lane", 0);
    f.get(c).get(cStride).op("i32.add").set(c);
  }
}
