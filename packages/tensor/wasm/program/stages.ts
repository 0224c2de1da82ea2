/**
 * Lowers kernels to the ones that the code generators accept: normalised loops, products with a long enough inner
 * dimension, reductions split into chunks where that pays off, chains with packed weights.
 * @module
 */
import type { Kernel } from "../../ir/kernel.ts";
import { normaliseLoop } from "../../ir/normalise.ts";
import { chainStages } from "../chain/chain_panels.ts";
import { farthestWorkspace } from "../search/farthest.ts";
import { splitSearch } from "../search/stages.ts";
import { gemmAsLoop, isShort } from "../../ir/short_product.ts";
import { splitGemm, splitLoop, splitPatchGemm, type Stages } from "../loop/split.ts";

/**
 * Returns the kernels that replace one kernel.
 *
 * @param kernel Any kernel.
 */
export function stagesOf(kernel: Kernel): Stages {
  if (kernel.kind === "loop") return splitLoop(normaliseLoop(kernel));
  if (kernel.kind === "knn" || kernel.kind === "countWithinRadius") return splitSearch(kernel);
  if (kernel.kind === "farthestPointSample") {
    return { kernels: [kernel], workspaceBytes: farthestWorkspace(kernel) };
  }
  if (kernel.kind === "concatenate") return { kernels: kernel.parts.map(normaliseLoop), workspaceBytes: 0 };
  if (kernel.kind === "chain") return chainStages(kernel);
  if (kernel.kind === "patchGemm") return splitPatchGemm(kernel);
  if (kernel.kind !== "gemm") return { kernels: [kernel], workspaceBytes: 0 };
  if (isShort(kernel)) return splitLoop(normaliseLoop(gemmAsLoop(kernel)));
  return splitGemm(kernel);
}
