/**
 * Arithmetic work of a kernel.
 * @module
 */
import { sizeOf } from "../graph/shape.ts";
import type { Kernel } from "../ir/kernel.ts";

/**
 * Returns the floating-point operations of a kernel's products; a multiply-add counts as two, element-wise work as
 * none.
 *
 * @param kernel Any kernel.
 */
export function flopOf(kernel: Kernel): number {
  switch (kernel.kind) {
    case "loop":
    case "concatenate":
    case "cumsum":
    case "argsort":
    case "segmentSum":
    case "knn":
    case "countWithinRadius":
    case "farthestPointSample":
    case "invertIndex":
    case "allReduce":
    case "allGather":
      return 0;
    case "chain":
      return kernel.links.reduce((sum, link) => sum + flopOf(link.kernel), 0);
    case "gemm":
    case "patchGemm":
      return 2 * sizeOf(kernel.batch) * kernel.m * kernel.n * kernel.k;
    case "neighbourSum":
    case "neighbourWeights":
    case "neighbourFeatures":
      return 2 * kernel.outputs * kernel.neighbours * kernel.batch * kernel.channels * kernel.mid;
  }
}
