/**
 * Short descriptions of the sizes of kernels.
 * @module
 */
import type { Kernel } from "@gasp/tensor/compiler";

/**
 * Describes the sizes of a kernel: `[16] 784·128·256` for a batch of products with inner axis 256, `[100,64]→[64]` for a sum.
 *
 * @param kernel A kernel.
 */
export function shapeOf(kernel: Kernel): string {
  switch (kernel.kind) {
    case "loop":
      return kernel.reduce.length === 0 ? list(kernel.map) : `${list(kernel.map)} Σ ${list(kernel.reduce)}`;
    case "gemm":
    case "patchGemm": {
      const batch = kernel.batch.filter((size) => size !== 1);
      return `${batch.length > 0 ? `${list(batch)} ` : ""}${kernel.m}·${kernel.n}·${kernel.k}`;
    }
    case "chain":
      return `[${kernel.repeats},${kernel.rows}] ${kernel.links.length} links`;
    case "neighbourSum":
    case "neighbourWeights":
    case "neighbourFeatures": {
      const { points, outputs, neighbours, batch, channels, mid } = kernel;
      return `${points}→${outputs}×${neighbours} batch ${batch} channels ${channels} mid ${mid}`;
    }
    case "concatenate":
      return kernel.parts.map(({ map }) => list(map)).join(" ");
    case "cumsum":
      return `${kernel.outer}×${kernel.length}×${kernel.inner}`;
    case "argsort":
      return `${kernel.rows}×${kernel.length}→${kernel.count}`;
    case "segmentSum":
      return `${kernel.segments}×${kernel.width}`;
    case "knn":
    case "countWithinRadius":
      return `${kernel.queries} of ${kernel.points}`;
    case "farthestPointSample":
      return `${kernel.clouds}×${kernel.count} of ${kernel.points}`;
    case "invertIndex":
      return `${kernel.entries}→${kernel.rows}`;
    case "allReduce":
    case "allGather":
      return `${kernel.size} of ${kernel.ranks} ranks`;
  }
}

function list(sizes: readonly number[]): string {
  return `[${sizes.join()}]`;
}
