/**
 * The inner kernels of the matrix products: a tile of up to 6 rows by 4 or 8 columns stays in registers while k
 * advances.
 *
 * `C[i, :] (+)= Σ_k A[i, k] · B[k, :]`, where each step of k loads one or two vectors of B and a scalar of A for each
 * row. Twelve accumulators, two vectors of B and one of A fill the registers of x86.
 * @module
 */
import type { Features } from "../module/features.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { loadPointers } from "../module/kernel_code.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";

/** Rows of the largest tile. */
export const TILE_ROWS = 6;
/** Columns of the widest tile. */
export const TILE_COLUMNS = 8;

/** Adds `a · b` to a sum; all are locals. */
export function multiplyAdd(f: FunctionBuilder, features: Features, a: Local, b: Local, sum: Local): void {
  if (features.relaxed) f.get(a).get(b).get(sum).op("f32x4.relaxed_madd").set(sum);
  else f.get(sum).get(a).get(b).op("f32x4.mul").op("f32x4.add").set(sum);
}

/** How a tile reads A. */
export type LeftLayout =
  /** Rows that are `rowStride` bytes apart. */
  | "rows"
  /** Rows given by a list of pointers. */
  | "rowList"
  /** For each k a pointer in a list to `rows` contiguous elements, plus an offset common to all k. */
  | "pointers";

/** A variant of the inner kernel. */
export interface TileShape {
  /** Rows of the tile, at most 6. */
  readonly rows: number;
  /** Columns of the tile, in vectors of four. */
  readonly vectors: 1 | 2;
  /** How A is read. */
  readonly left: LeftLayout;
  /** Bytes between consecutive k in a row of A (layouts `rows` and `rowList`). */
  readonly leftStep: number;
  /** Bytes between rows of B. */
  readonly rightStride: number;
  /** The number of steps of k if it is small and the same for all calls, else 0. */
  readonly depth: number;
}

/** Up to this many steps of k are fully unrolled, where the engine supports it. */
const MAX_UNROLLED = 16;

/** Unroll factor along k: narrow tiles are bound by the latency of their sums, not by instruction count. */
function unrolled({ vectors }: TileShape, { unroll }: Features): number {
  return vectors === 1 ? Math.min(unroll, 8) : unroll;
}

/** Returns {@link TileShape.depth} for products of some depth. */
export function fixedDepth(k: number, { unroll }: Features): number {
  return k <= MAX_UNROLLED && unroll > 1 ? k : 0;
}

/**
 * Steps of k between increments of the pointer to B. Engines that bounds-check every address use two instructions for
 * each offset from the pointer, and one where an offset recurs; and small offsets have short encodings.
 */
const RIGHT_STEPS = 2;

/** Parameters of an inner kernel, in order. */
const TILE_PARAMETERS = ["i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;

/**
 * Returns the inner kernel of a shape: `(a, rowStride, b, c, rowStrideOfC, k, accumulate)`; strides in bytes, `k` at
 * least 1. With layout `pointers`, `a` is the list and `rowStride` the offset; with `rowList`, `a` is the list.
 *
 * @param shared Helper functions of the module.
 * @param shape Variant of the kernel.
 * @param features Features of the engine.
 * @returns Index of the function.
 */
export function tileFunction(shared: SharedFunctions, shape: TileShape, features: Features): number {
  const key = `tile ${Object.values(shape).join(" ")}`;
  return shared.get(key, (module) => module.function(TILE_PARAMETERS, (f) => printTile(f, shape, features)));
}

function printTile(f: FunctionBuilder<typeof TILE_PARAMETERS>, shape: TileShape, features: Features): void {
  const { rows, vectors, left: layout, leftStep, rightStride, depth } = shape;
  const [a, rowStride, b, c, cStride, k, accumulate] = f.parameters;
  const sums = Array.from({ length: rows }, () => Array.from({ length: vectors }, () => f.local("v128")));
  const right = Array.from({ length: vectors }, () => f.local("v128"));
  const number = f.local("v128");
  const rowPointers = layout === "rows"
    ? followRows(f, a, rowStride, rows)
    : layout === "rowList"
    ? loadPointers(f, a, rows)
    : [];
  const gathered = f.local("i32");

  const forTile = (visit: (pointer: Local, offset: number, sum: Local) => void) => {
    const pointer = f.local("i32");
    f.get(c).set(pointer);
    sums.forEach((row, i) => {
      row.forEach((sum, j) => visit(pointer, 16 * j, sum));
      if (i < rows - 1) f.get(pointer).get(cStride).op("i32.add").set(pointer);
    });
  };
  f.get(accumulate).if(() =>
    forTile((pointer, offset, sum) => f.get(pointer).memory("v128.load", offset).set(sum))
  );

  const step = (ahead: number, aheadRight: number) => {
    right.forEach((vector, j) => f.get(b).memory("v128.load", aheadRight * rightStride + 16 * j).set(vector));
    if (layout === "pointers") {
      f.get(a).memory("i32.load", 4 * ahead).get(rowStride).op("i32.add").set(gathered);
    }
    for (let i = 0; i < rows; i++) {
      const rowPointer = rowPointers[i];
      if (rowPointer) f.get(rowPointer).memory("v128.load32_splat", leftStep * ahead);
      else f.get(gathered).memory("v128.load32_splat", 4 * i);
      f.set(number);
      right.forEach((vector, j) => {
        const sum = sums[i]?.[j];
        if (sum) multiplyAdd(f, features, number, vector, sum);
      });
    }
  };
  /** Emits some steps of k and advances the pointers. */
  const steps = (count: number) => {
    for (let done = 0; done < count; done += RIGHT_STEPS) {
      const some = Math.min(RIGHT_STEPS, count - done);
      for (let ahead = 0; ahead < some; ahead++) step(done + ahead, ahead);
      f.increment(b, some * rightStride);
    }
    if (layout === "pointers") f.increment(a, 4 * count);
    else for (const pointer of rowPointers) f.increment(pointer, leftStep * count);
  };
  if (depth > 0) steps(depth);
  else {
    const turns = f.local("i32");
    const loop = (count: number) => f.tee(turns).if(() => f.countdown(turns, () => steps(count)));
    const unroll = unrolled(shape, features);
    f.get(k).i32(Math.log2(unroll)).op("i32.shr_u");
    loop(unroll);
    if (unroll > 1) {
      f.get(k).i32(unroll - 1).op("i32.and");
      loop(1);
    }
  }
  forTile((pointer, offset, sum) => f.get(pointer).get(sum).memory("v128.store", offset));
}

/** Computes a pointer to each row. */
function followRows(f: FunctionBuilder, first: Local, stride: Local, rows: number): Local[] {
  let previous: Local | undefined;
  return Array.from({ length: rows }, () => {
    const pointer = f.local("i32");
    if (previous) f.get(previous).get(stride).op("i32.add").set(pointer);
    else f.get(first).set(pointer);
    previous = pointer;
    return pointer;
  });
}
