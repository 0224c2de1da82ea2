/**
 * Splits long reductions into chunks: one kernel writes partial results to a workspace, another reduces those and runs
 * the stores. All cores get work, sums are more precise, and memory is read in order.
 * @module
 */
import type {
  Affine,
  Digit,
  GemmKernel,
  Kernel,
  LoopKernel,
  PatchGemmKernel,
  Scalar,
} from "../../ir/kernel.ts";
import { normaliseLoop } from "../../ir/normalise.ts";
import { Rewriter } from "../../ir/rewrite.ts";
import { chooseCut, type ChunkRange, chunkRanges } from "./chunks.ts";
import { product } from "../module/kernel_code.ts";

/** Kernels that replace one kernel, run one after another. */
export interface Stages {
  /** Each uses the buffers of the original kernel and, last, the workspace. */
  readonly kernels: readonly Kernel[];
  /** Size of the workspace; 0 if there is none. */
  readonly workspaceBytes: number;
}

/** Products with at most this many results and at least this inner dimension are split along it. */
const FEW_RESULTS = 64 * 1024;
const LONG_PRODUCT = 1024;
const PRODUCT_CHUNKS = 16;
const MIN_PRODUCT_CHUNK = 256;

/** Strides of a row-major array. */
function rowMajor(sizes: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const size of [...sizes].reverse()) {
    strides.unshift(stride);
    stride *= size;
  }
  return strides;
}

function countChunks(ranges: readonly ChunkRange[]): number {
  return ranges.reduce((sum, { count }) => sum + count, 0);
}

/**
 * Splits a loop kernel if that pays off.
 *
 * @param kernel A normalised kernel.
 */
export function splitLoop(kernel: LoopKernel): Stages {
  return splitInto(kernel, kernel.buffers.length, 0);
}

/** Adds the workspace to the buffers of a kernel. */
function withWorkspace<K extends LoopKernel | GemmKernel | PatchGemmKernel>(kernel: K, workspace: number): K {
  if (kernel.buffers.length > workspace) return kernel;
  return { ...kernel, buffers: [...kernel.buffers, { dtype: "f32", access: "readwrite" }] };
}

/** Partial results go to buffer `workspace`, from element `used` on; the elements before are in use. */
function splitInto(whole: LoopKernel, workspace: number, used: number): Stages {
  const cut = chooseCut(whole);
  if (!cut) return { kernels: [whole], workspaceBytes: 4 * used };
  const kernel = withWorkspace(whole, workspace);
  const ranges = chunkRanges(kernel.reduce[cut.axis] ?? 1, cut.chunks), chunks = countChunks(ranges);
  const layers = kernel.accumulators.length, results = product(kernel.map);
  const parts = ranges.map((range) => normaliseLoop(partOf(kernel, cut.axis, range, workspace, used)));
  const joined = normaliseLoop(
    joinParts(kernel, kernel.map, kernel.accumulators, { workspace, used, chunks }),
  );
  const rest = splitInto(joined, workspace, used + chunks * layers * results);
  return { kernels: [...parts, ...rest.kernels], workspaceBytes: rest.workspaceBytes };
}

/** Returns the kernel that reduces a range of chunks of a reduce axis. */
function partOf(
  kernel: LoopKernel,
  axis: number,
  range: ChunkRange,
  workspace: number,
  used: number,
): LoopKernel {
  const layers = kernel.accumulators.length, results = product(kernel.map), at = kernel.map.length + axis;
  const rewriter = new Rewriter({
    affine: ({ offset, strides }) => {
      const stride = strides[at] ?? 0;
      return { offset: offset + stride * range.start, strides: [stride * range.size, ...strides] };
    },
  });
  const accumulators = kernel.accumulators.map((accumulator) => rewriter.accumulator(accumulator));
  const strides = [layers * results, ...rowMajor(kernel.map), ...kernel.reduce.map(() => 0)];
  return {
    ...kernel,
    map: [range.count, ...kernel.map],
    reduce: kernel.reduce.map((size, i) => i === axis ? range.size : size),
    accumulators,
    stores: accumulators.map(({ dtype }, index) => ({
      buffer: workspace,
      address: { offset: used + (range.first * layers + index) * results, strides },
      value: { op: "accumulator", dtype, index },
    })),
  };
}

/** Returns the kernel that reduces partial results and runs the stores. */
function joinParts(
  kernel: LoopKernel | GemmKernel | PatchGemmKernel,
  map: readonly number[],
  accumulators: readonly Pick<LoopKernel["accumulators"][number], "kind" | "dtype">[],
  { workspace, used, chunks }: { readonly workspace: number; readonly used: number; readonly chunks: number },
): LoopKernel {
  const results = product(map), layers = accumulators.length;
  const rewriter = new Rewriter({
    affine: ({ offset, strides }: Affine) => ({ offset, strides: [...strides.slice(0, map.length), 0] }),
  });
  return {
    kind: "loop",
    name: kernel.name,
    buffers: kernel.buffers,
    map,
    reduce: [chunks],
    accumulators: accumulators.map(({ kind, dtype }, index) => {
      const address = {
        offset: used + index * results,
        strides: [...rowMajor(map), layers * results],
        indirect: [],
      };
      const value: Scalar = { op: "load", dtype, buffer: workspace, address, guards: [] };
      return { kind, dtype, value };
    }),
    stores: kernel.stores.map((store) => rewriter.store(store)),
  };
}

/**
 * Splits the inner dimension of a product, if it is long and there are few results.
 *
 * @param whole A product.
 */
export function splitGemm(whole: GemmKernel): Stages {
  const workspace = whole.buffers.length, kernel = withWorkspace(whole, workspace);
  const { m, n, k } = kernel, map = [...kernel.batch, m, n], results = product(map);
  const chunks = Math.min(PRODUCT_CHUNKS, Math.floor(k / MIN_PRODUCT_CHUNK));
  if (results > FEW_RESULTS || k < LONG_PRODUCT || chunks <= 1) {
    return { kernels: [whole], workspaceBytes: 0 };
  }
  const ranges = chunkRanges(k, chunks);
  const parts = ranges.map(({ first, start, count, size }): GemmKernel => ({
    ...kernel,
    batch: [count, ...kernel.batch],
    k: size,
    a: {
      ...kernel.a,
      offset: kernel.a.offset + start * kernel.a.column,
      batch: [kernel.a.column * size, ...kernel.a.batch],
    },
    b: {
      ...kernel.b,
      offset: kernel.b.offset + start * kernel.b.row,
      batch: [kernel.b.row * size, ...kernel.b.batch],
    },
    stores: partialStores(map, workspace, first),
  }));
  return withJoined(kernel, map, parts, ranges, workspace);
}

/** Stores of partial sums of a product, `[chunks, ...map]`. */
function partialStores(map: readonly number[], workspace: number, first: number): GemmKernel["stores"] {
  const results = product(map);
  return [{
    buffer: workspace,
    address: { offset: first * results, strides: [results, ...rowMajor(map)] },
    value: { op: "accumulator", dtype: "f32", index: 0 },
  }];
}

/** Returns the parts of a product and the kernels that add up their results. */
function withJoined(
  kernel: GemmKernel | PatchGemmKernel,
  map: readonly number[],
  parts: readonly Kernel[],
  ranges: readonly ChunkRange[],
  workspace: number,
): Stages {
  const accumulators = [{ kind: "sum", dtype: "f32" }] as const, chunks = countChunks(ranges);
  const joined = normaliseLoop(joinParts(kernel, map, accumulators, { workspace, used: 0, chunks }));
  const rest = splitInto(joined, workspace, chunks * product(map));
  return { kernels: [...parts, ...rest.kernels], workspaceBytes: rest.workspaceBytes };
}

/**
 * Splits the outermost digit of the terms of a product over windows (the examples, for gradients of weights), if there
 * are many terms and few results.
 *
 * @param whole A product over windows.
 */
export function splitPatchGemm(whole: PatchGemmKernel): Stages {
  const workspace = whole.buffers.length, kernel = withWorkspace(whole, workspace);
  const { m, n, k, a, b } = kernel, map = [...kernel.batch, m, n], results = product(map);
  const size = commonOuter(a.column, b.row);
  const chunks = Math.min(PRODUCT_CHUNKS, Math.floor(k / MIN_PRODUCT_CHUNK), size);
  if (results > FEW_RESULTS || k < LONG_PRODUCT || chunks <= 1) {
    return { kernels: [whole], workspaceBytes: 0 };
  }
  const [left, right] = [outerDigit(a.column, size), outerDigit(b.row, size)];
  const ranges = chunkRanges(size, chunks);
  const parts = ranges.map(({ first, start, count, size: part }): PatchGemmKernel => ({
    ...kernel,
    batch: [count, ...kernel.batch],
    k: k / size * part,
    a: {
      ...a,
      offset: a.offset + start * left[0].stride,
      batch: [left[0].stride * part, ...a.batch],
      column: withSize(left, part),
    },
    b: {
      ...b,
      offset: b.offset + start * right[0].stride,
      batch: [right[0].stride * part, ...b.batch],
      row: withSize(right, part),
    },
    stores: partialStores(map, workspace, first),
  }));
  return withJoined(kernel, map, parts, ranges, workspace);
}

/** Returns the maximum number of equal parts into which the outermost digits of both lists can be split. */
function commonOuter(left: readonly Digit[], right: readonly Digit[]): number {
  const sizes = [left, right].map(([outer]) => outer?.size ?? 1).sort((a, b) => a - b) as [number, number];
  return sizes[1] % sizes[0] === 0 ? sizes[0] : 1;
}

/** Splits the outermost digit to a size that divides it. */
function outerDigit([first, ...inner]: readonly Digit[], size: number): readonly [Digit, ...Digit[]] {
  const { size: whole, stride } = first!, part = whole / size;
  if (part === 1) return [first!, ...inner];
  return [{ size, stride: stride * part }, { size: part, stride }, ...inner];
}

/** Replaces the size of the outermost digit. */
function withSize([outer, ...inner]: readonly [Digit, ...Digit[]], size: number): Digit[] {
  return size === 1 ? inner : [{ ...outer, size }, ...inner];
}
