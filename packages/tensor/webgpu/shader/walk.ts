/**
 * Expressions and affine functions of kernels and of single nodes.
 * @module
 */
import type { Affine, LoopKernel, Scalar } from "../../ir/kernel.ts";

/** The affine functions that a node evaluates itself: address and guards of a load, or an axis value. */
export function affinesOf(scalar: Scalar): readonly Affine[] {
  if (scalar.op === "load") return [scalar.address, ...scalar.guards];
  return scalar.op === "affine" ? [scalar.affine] : [];
}

/** Returns all expressions of a loop kernel: values of accumulators, then of stores. */
export function rootsOf(kernel: LoopKernel): Scalar[] {
  return [...kernel.accumulators, ...kernel.stores].map(({ value }) => value);
}
