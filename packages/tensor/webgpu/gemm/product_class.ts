/**
 * Classes of matrix products that share the best tile; one product per class is measured.
 * @module
 */
import type { GemmKernel, MatrixView } from "../../ir/kernel.ts";
import { type Operand, operandsOf } from "./gemm_operand.ts";
import { TILES } from "./gemm_tile.ts";
import { volume } from "../shader/unravel.ts";

/** A class of products: those that round up to the same sizes and have the same memory layout. */
export interface ProductClass {
  /** Key in a store. */
  readonly name: string;
  /** The product that is measured for the class. */
  readonly kernel: GemmKernel;
}

/** Limits of the sizes that classes distinguish; beyond, larger products behave alike. */
const MIN_SIZE = 16;
const MAX = { side: 2048, terms: 1024, batch: 256 };
/** Maximum multiply-adds and outputs of a measured product. */
const MAX_WORK = 2 ** 28;
const MAX_OUTPUTS = 2 ** 22;

const ceilPower = (x: number) => 2 ** Math.ceil(Math.log2(x));
const clamp = (x: number, least: number, most: number) => Math.min(most, Math.max(least, ceilPower(x)));

/** The dimension in which an operand is contiguous. */
const contiguous = ({ vectorsAlong, wide }: Operand) => (vectorsAlong === "k") === wide ? "k" : "outer";

/** A view of contiguous matrices with the layout of an operand. */
function viewLike(operand: Operand, outer: number, k: number): MatrixView {
  const [alongOuter, alongK] = contiguous(operand) === "k" ? [k, 1] : [1, outer];
  const [row, column] = operand.name === "a" ? [alongOuter, alongK] : [alongK, alongOuter];
  // An offset of one element is enough to rule out vector loads.
  return { buffer: operand.view.buffer, offset: operand.wide ? 0 : 1, batch: [outer * k], row, column };
}

/**
 * Returns the class of a product.
 *
 * @param kernel Product with at least one element.
 */
export function classOf(kernel: GemmKernel): ProductClass {
  const { left, right } = operandsOf(kernel, TILES[0]!);
  const [m, n] = [clamp(kernel.m, MIN_SIZE, MAX.side), clamp(kernel.n, MIN_SIZE, MAX.side)];
  const k = clamp(kernel.k, MIN_SIZE, MAX.terms);
  const room = Math.min(MAX_WORK / (m * n * k), MAX_OUTPUTS / Math.max(m * n, m * k, n * k));
  const batch = clamp(volume(kernel.batch), 1, Math.max(1, Math.min(MAX.batch, Math.floor(room))));
  const layout = [left, right].map((operand) => `${contiguous(operand)}${operand.wide ? "4" : "1"}`);
  return {
    name: [batch, m, n, k, ...layout].join(" "),
    kernel: {
      kind: "gemm",
      name: "measured product",
      buffers: [
        { dtype: "f32", access: "read" },
        { dtype: "f32", access: "read" },
        { dtype: "f32", access: "write" },
      ],
      batch: [batch],
      m,
      n,
      k,
      a: { ...viewLike(left, m, k), buffer: 0 },
      b: { ...viewLike(right, n, k), buffer: 1 },
      stores: [{
        buffer: 2,
        address: { offset: 0, strides: [m * n, n, 1] },
        value: { op: "accumulator", dtype: "f32", index: 0 },
      }],
    },
  };
}
