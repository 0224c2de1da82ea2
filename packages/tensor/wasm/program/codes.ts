/**
 * Dispatch to the code generator of each kind of kernel.
 * @module
 */
import type { Kernel } from "../../ir/kernel.ts";
import { normaliseLoop } from "../../ir/normalise.ts";
import { chainCode } from "../chain/chain.ts";
import type { Features } from "../module/features.ts";
import { gemmCode } from "../gemm/gemm.ts";
import { gemmDotsCode, suitsDots } from "../gemm/gemm_dots.ts";
import { patchGemmCode } from "../gemm/patch_gemm.ts";
import type { KernelCode } from "../module/kernel_code.ts";
import { loopCode } from "../loop/loop.ts";
import { neighbourAsLoop, neighbourCode } from "../neighbour/neighbour.ts";
import { neighbourFeaturesCode } from "../neighbour/neighbour_features.ts";
import { neighbourScatterCode, suitsScatter } from "../neighbour/neighbour_scatter.ts";
import { farthestCode } from "../search/farthest.ts";
import { invertCode } from "../search/invert.ts";
import { searchCode } from "../search/stages.ts";
import { argsortCode } from "../sort/argsort.ts";
import { cumsumCode } from "../sort/cumsum.ts";
import { segmentSumCode } from "../neighbour/segment.ts";

/**
 * Generates code for a kernel.
 *
 * @param kernel A kernel as returned by `stagesOf`.
 * @param features Features of the engine.
 */
export function codeOf(kernel: Kernel, features: Features): KernelCode {
  switch (kernel.kind) {
    case "loop":
      return loopCode(kernel, features);
    case "chain":
      return chainCode(kernel, features);
    case "gemm":
      return suitsDots(kernel) ? gemmDotsCode(kernel, features) : gemmCode(kernel, features);
    case "patchGemm":
      return patchGemmCode(kernel, features);
    case "concatenate":
      throw new Error("a concatenation runs in stages: use stagesOf");
    case "cumsum":
      return cumsumCode(kernel);
    case "argsort":
      return argsortCode(kernel);
    case "segmentSum":
      return segmentSumCode(kernel);
    case "neighbourFeatures":
      return suitsScatter(kernel)
        ? neighbourScatterCode(kernel, features)
        : neighbourFeaturesCode(kernel, features);
    case "knn":
    case "countWithinRadius":
      return searchCode(kernel, features);
    case "farthestPointSample":
      return farthestCode(kernel, features);
    case "invertIndex":
      return invertCode(kernel);
    default: {
      const { outputs, neighbours, batch, channels, mid } = kernel;
      const regular = mid % 4 === 0 && outputs * neighbours * batch * channels * mid > 0;
      return regular
        ? neighbourCode(kernel, features)
        : loopCode(normaliseLoop(neighbourAsLoop(kernel)), features);
    }
  }
}
