/**
 * Lowers kernels to the ones that the code generators accept: normalised loops, products with a long enough inner
 * dimension, reductions split into chunks where that pays off, chains with packed weights.
 * @module
 */
import type { Kernel } from "../../ir/kernel.ts";
import { normaliseLoop } from "../../ir/normalise.ts";
import { gemmAsLoop, isShort } from "../../ir/short_product.ts";
import { chainStages } from "../chain/chain_panels.ts";
import { splitGemm, splitLoop, splitPatchGemm, type Stages } from "../loop/split.ts";

/** The code generators that are loaded only for programs with kernels for points. */
export type PointKernels = typeof import("./point_kernels.ts");

const COMMON: ReadonlySet<Kernel["kind"]> = new Set([
  "loop",
  "chain",
  "gemm",
  "patchGemm",
  "concatenate",
  // Not run by the module
  "allReduce",
  "allGather",
]);

/**
 * Loads the code generators of kernels for points, if a program has any.
 *
 * @param kernels The kernels of the program.
 */
export async function loadPointKernels(kernels: readonly Kernel[]): Promise<PointKernels | undefined> {
  if (kernels.every(({ kind }) => COMMON.has(kind))) return undefined;
  return await import("./point_kernels.ts");
}

/**
 * Returns the kernels that replace one kernel.
 *
 * @param kernel Any kernel.
 * @param points From {@link loadPointKernels}.
 */
export function stagesOf(kernel: Kernel, points: PointKernels | undefined): Stages {
  switch (kernel.kind) {
    case "loop":
      return splitLoop(normaliseLoop(kernel));
    case "concatenate":
      return { kernels: kernel.parts.map(normaliseLoop), workspaceBytes: 0 };
    case "chain":
      return chainStages(kernel);
    case "patchGemm":
      return splitPatchGemm(kernel);
    case "gemm":
      return isShort(kernel) ? splitLoop(normaliseLoop(gemmAsLoop(kernel))) : splitGemm(kernel);
    case "allReduce":
    case "allGather":
      throw new Error(`${kernel.kind} is no code of a module`);
    default:
      return points!.pointStages(kernel);
  }
}
