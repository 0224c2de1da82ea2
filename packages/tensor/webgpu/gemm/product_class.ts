/**
 * Classes of matrix products that are measured once and then share the best tile.
 * @module
 */
import type { GemmKernel, MatrixView } from "../../ir/kernel.ts";
import { type Operand, operandsOf } from "./gemm_operand.ts";
import { TILES } from "./gemm_tile.ts";
import { volume } from "../shader/unravel.ts";

/** A class of products: those that round up to the same sizes and lie in memory in the same way. */
export interface ProductClass {
  /** Its key in a store. */
  readonly name: string;
  /** The product that is measured for all. */
  readonly kernel: GemmKernel;
}

/** Sizes that a class keeps apart; beyond them, larger products behave alike. */
const LEAST = 16;
const MOST = { side: 2048, terms: 1024, batch: 256 };
/** A measured product has at most so many multiply-adds and outputs. */
const MOST_WORK = 2 ** 28;
const MOST_OUTPUTS = 2 ** 22;

const ceilPower = (x: number) => 2 ** Math.ceil(Math.log2(x));
const clamp = (x: number, least: number, most: number) => Math.min(most, Math.max(least, ceilPower(x)));

/** The dimension in which an operand is contiguous. */
const contiguous = ({ vectorsAlong, wide }: Operand) => (vectorsAlong === "k") === wide ? "k" : "outer";

/** A packed matrix that lies like the operand, `count` of them behind each other. */
function viewLike(operand: Operand, outer: number, k: number): MatrixView {
  const [alongOuter, alongK] = contiguous(operand) === "k" ? [k, 1] : [1, outer];
  const [row, column] = operand.name === "a" ? [alongOuter, alongK] : [alongK, alongOuter];
  // One element of offset is enough that the matrix cannot be read in vectors.
  return { buffer: operand.view.buffer, offset: operand.wide ? 0 : 1, batch: [outer * k], row, column };
}

/**
 * The class of a product.
 *
 * @param kernel Product with at least one element.
 */
export function classOf(kernel: GemmKernel): ProductClass {
  const { left, right } = operandsOf(kernel, TILES[0]!);
  const [m, n] = [clamp(kernel.m, LEAST, MOST.side), clamp(kernel.n, LEAST, MOST.side)];
  const k = clamp(kernel.k, LEAST, MOST.terms);
  const room = Math.min(MOST_WORK / (m * n * k), MOST_OUTPUTS / Math.max(m * n, m * k, n * k));
  const batch = clamp(volume(kernel.batch), 1, Math.max(1, Math.min(MOST.batch, Math.floor(room))));
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
