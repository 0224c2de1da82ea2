/**
 * Code of the kernels for points: searches, sums over neighbours, sorting. It is half of the code generators and few pages
 * need it, so that it is loaded with the first program that does.
 * @module
 */
import type { ExchangeKernel, Kernel } from "../../ir/kernel.ts";
import { normaliseLoop } from "../../ir/normalise.ts";
import { loopCode } from "../loop/loop.ts";
import type { Stages } from "../loop/split.ts";
import type { Features } from "../module/features.ts";
import type { KernelCode } from "../module/kernel_code.ts";
import { neighbourAsLoop, neighbourCode } from "../neighbour/neighbour.ts";
import { neighbourFeaturesCode } from "../neighbour/neighbour_features.ts";
import { neighbourScatterCode, suitsScatter } from "../neighbour/neighbour_scatter.ts";
import { segmentSumCode } from "../neighbour/segment.ts";
import { farthestCode, farthestWorkspace } from "../search/farthest.ts";
import { invertCode } from "../search/invert.ts";
import { searchCode, splitSearch } from "../search/stages.ts";
import { argsortCode } from "../sort/argsort.ts";
import { cumsumCode } from "../sort/cumsum.ts";

export { callsPow } from "../search/plan.ts";

/** Kernels that every program may have; their code is always there. */
export type CommonKernel = Extract<
  Kernel,
  { readonly kind: "loop" | "chain" | "gemm" | "patchGemm" | "concatenate" }
>;

/** The others. */
export type PointKernel = Exclude<Kernel, CommonKernel | ExchangeKernel>;

/**
 * The kernels that replace a kernel for points.
 *
 * @param kernel The kernel.
 */
export function pointStages(kernel: PointKernel): Stages {
  if (kernel.kind === "knn" || kernel.kind === "countWithinRadius") return splitSearch(kernel);
  const workspaceBytes = kernel.kind === "farthestPointSample" ? farthestWorkspace(kernel) : 0;
  return { kernels: [kernel], workspaceBytes };
}

/**
 * Generates code for a kernel for points.
 *
 * @param kernel A kernel as returned by {@link pointStages}.
 * @param features Features of the engine.
 */
export function pointCode(kernel: PointKernel, features: Features): KernelCode {
  switch (kernel.kind) {
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
