/**
 * Estimates the work of a kernel, to predict how long it takes before its first run.
 * @module
 */
import { flopOf } from "../../compile/flop.ts";
import type { Kernel } from "../../ir/kernel.ts";
import { volume } from "../shader/unravel.ts";
import { topological } from "../../ir/rewrite.ts";
import { rootsOf } from "../shader/walk.ts";

/** Operations per candidate of a search, and candidates per query of a grid search. */
const OPERATIONS_OF_CANDIDATE = 16;
const GRID_CANDIDATES = 512;

/**
 * Estimates the operations of a kernel.
 *
 * @param kernel Any kernel.
 */
export function operationsOf(kernel: Kernel): number {
  switch (kernel.kind) {
    case "loop":
      return volume(kernel.map) * Math.max(1, volume(kernel.reduce)) * topological(rootsOf(kernel)).length;
    case "concatenate":
      return kernel.parts.reduce((sum, part) => sum + operationsOf(part), 0);
    case "cumsum":
      return kernel.outer * kernel.length * kernel.inner;
    case "argsort":
      return kernel.rows * kernel.length * Math.ceil(Math.log2(kernel.length + 1)) ** 2;
    case "chain":
      return kernel.links.reduce((sum, link) => sum + operationsOf(link.kernel), 0);
    case "gemm":
    case "patchGemm":
    case "neighbourSum":
    case "neighbourWeights":
    case "neighbourFeatures":
      return flopOf(kernel);
    case "segmentSum":
      return kernel.segments * kernel.width;
    case "knn":
    case "countWithinRadius": {
      const all = kernel.points / Math.max(1, kernel.clouds);
      const candidates = kernel.method === "brute" ? all : Math.min(all, GRID_CANDIDATES);
      return OPERATIONS_OF_CANDIDATE * kernel.queries * candidates;
    }
    case "farthestPointSample":
      return OPERATIONS_OF_CANDIDATE * kernel.count * kernel.points;
    case "invertIndex":
      return kernel.rows + kernel.entries;
    case "allReduce":
    case "allGather":
      return 0;
  }
}
