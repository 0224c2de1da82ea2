/**
 * Dispatch to the code generator of each kind of kernel.
 * @module
 */
import type { Kernel } from "../../ir/kernel.ts";
import { chainCode } from "../chain/chain.ts";
import { gemmCode } from "../gemm/gemm.ts";
import { gemmDotsCode, suitsDots } from "../gemm/gemm_dots.ts";
import { patchGemmCode } from "../gemm/patch_gemm.ts";
import { loopCode } from "../loop/loop.ts";
import type { Features } from "../module/features.ts";
import type { KernelCode } from "../module/kernel_code.ts";
import type { PointKernels } from "./stages.ts";

/**
 * Generates code for a kernel.
 *
 * @param kernel A kernel as returned by `stagesOf`.
 * @param features Features of the engine.
 * @param points What generates code for kernels for points, where there are any.
 */
export function codeOf(kernel: Kernel, features: Features, points: PointKernels | undefined): KernelCode {
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
    case "allReduce":
    case "allGather":
      throw new Error(`${kernel.kind} is no code of a module`);
    default:
      return points!.pointCode(kernel, features);
  }
}
