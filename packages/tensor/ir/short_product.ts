/**
 * Matrix products with a short inner dimension: they run as loops.
 * @module
 */
import type { GemmKernel, LoopKernel, Scalar } from "./kernel.ts";
import { Rewriter } from "./rewrite.ts";

/** Products with an inner dimension up to this run as loops: blocking them gains nothing. */
const MAX_UNROLLED = 4;

/**
 * Whether a product runs as a loop, {@link gemmAsLoop}.
 *
 * @param kernel A product.
 */
export function isShort({ batch, m, n, k }: GemmKernel): boolean {
  return k <= MAX_UNROLLED || [...batch, m, n].includes(0);
}

/**
 * Returns a short product as a loop kernel without a reduction: the terms are unrolled.
 *
 * @param kernel A product that {@link isShort}.
 */
export function gemmAsLoop(kernel: GemmKernel): LoopKernel {
  const { batch, m, n, k, a, b } = kernel;
  const load = (buffer: number, offset: number, strides: readonly number[]): Scalar => ({
    op: "load",
    dtype: "f32",
    buffer,
    address: { offset, strides, indirect: [] },
    guards: [],
  });
  const term = (i: number): Scalar => {
    const left = load(a.buffer, a.offset + i * a.column, [...a.batch, a.row, 0]);
    const right = load(b.buffer, b.offset + i * b.row, [...b.batch, 0, b.column]);
    return { op: "mul", dtype: "f32", args: [left, right] };
  };
  const terms = Array.from({ length: Math.min(k, MAX_UNROLLED) }, (_, i) => term(i));
  const zero: Scalar = { op: "const", dtype: "f32", value: 0 };
  const sum = terms.length === 0
    ? zero
    : terms.reduce((total, next): Scalar => ({ op: "add", dtype: "f32", args: [total, next] }));
  const rewriter = new Rewriter({ accumulator: () => sum });
  return {
    kind: "loop",
    name: kernel.name,
    buffers: kernel.buffers,
    map: [...batch, m, n],
    reduce: [],
    accumulators: [],
    stores: kernel.stores.map((store) => rewriter.store(store)),
  };
}
