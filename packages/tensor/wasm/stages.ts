/**
 * Brings kernels into the kernels that the printers take: loops in normal form, products with a long enough inner
 * axis, reductions cut into chunks where that pays.
 * @module
 */
import type { GemmKernel, Kernel, LoopKernel, Scalar } from "../ir/kernel.ts";
import { normaliseLoop } from "../ir/normalise.ts";
import { Rewriter } from "../ir/rewrite.ts";
import { product } from "./kernel_code.ts";
import { farthestWorkspace } from "./search_farthest.ts";
import { splitSearch } from "./search_stages.ts";
import { splitGemm, splitLoop, type Stages } from "./split.ts";

/** Products of at most this many terms run as loops: blocking them gains nothing. */
const SHORTEST_PRODUCT = 4;

/**
 * The kernels that run in place of one.
 *
 * @param kernel Any kernel.
 */
export function stagesOf(kernel: Kernel): Stages {
  if (kernel.kind === "loop") return splitLoop(normaliseLoop(kernel));
  if (kernel.kind === "nearest" || kernel.kind === "countWithin") return splitSearch(kernel);
  if (kernel.kind === "farthest") return { kernels: [kernel], workspaceBytes: farthestWorkspace(kernel) };
  if (kernel.kind !== "gemm") return { kernels: [kernel], workspaceBytes: 0 };
  const { batch, m, n, k } = kernel;
  if (k <= SHORTEST_PRODUCT || product(batch) * m * n === 0) {
    return splitLoop(normaliseLoop(gemmAsLoop(kernel)));
  }
  return splitGemm(kernel);
}

/** A product as a loop kernel. */
function gemmAsLoop(kernel: GemmKernel): LoopKernel {
  const { batch, m, n, k, a, b } = kernel;
  const load = (buffer: number, offset: number, strides: readonly number[]): Scalar => ({
    op: "load",
    dtype: "f32",
    buffer,
    address: { offset, strides, indirect: [] },
    guards: [],
  });
  const left = load(a.buffer, a.offset, [...a.batch, a.row, 0, a.column]);
  const right = load(b.buffer, b.offset, [...b.batch, 0, b.column, b.row]);
  const rewriter = new Rewriter({ affine: ({ offset, strides }) => ({ offset, strides: [...strides, 0] }) });
  return {
    kind: "loop",
    name: kernel.name,
    buffers: kernel.buffers,
    map: [...batch, m, n],
    reduce: [k],
    accumulators: [{ kind: "sum", dtype: "f32", value: { op: "mul", dtype: "f32", args: [left, right] } }],
    stores: kernel.stores.map((store) => rewriter.store(store)),
  };
}
