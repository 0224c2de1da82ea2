/**
 * Cuts long reductions with few results into chunks: one kernel writes partial results to a workspace, a second one
 * adds them up and runs the stores. Both cores get work, and sums keep more of their digits. The number of chunks
 * follows from the shape alone.
 * @module
 */
import type { Affine, GemmKernel, Kernel, LoopKernel, Scalar } from "../ir/kernel.ts";
import { normaliseLoop } from "../ir/normalise.ts";
import { Rewriter } from "../ir/rewrite.ts";
import { product } from "./kernel_code.ts";

/** Kernels to run one after the other in place of one. */
export interface Stages {
  /** Each works on the buffers of the original kernel and, last, on the workspace. */
  readonly kernels: readonly Kernel[];
  /** Size of the workspace; 0 where there is none. */
  readonly workspaceBytes: number;
}

/** A range of a split axis: `count` chunks of `size`, the first at `start`. */
interface ChunkRange {
  readonly first: number;
  readonly start: number;
  readonly count: number;
  readonly size: number;
}

/** Reductions below this many terms in all stay in one piece. */
const SMALL = 65_536;
/** Independent results that keep both cores busy without splitting. */
const ENOUGH_RESULTS = 256;
const WANTED_CHUNKS = 16;
const SHORTEST_CHUNK = 64;
/** A chain of sums longer than this loses digits. */
const LONGEST_CHUNK = 4096;
/** Most elements of the workspace. */
const WORKSPACE_ELEMENTS = 1 << 22;

/** Cuts `size` elements into `chunks` equal chunks and perhaps a shorter one. */
function ranges(size: number, chunks: number): ChunkRange[] {
  const length = Math.floor(size / chunks), whole = length * chunks;
  const main = { first: 0, start: 0, count: chunks, size: length };
  return whole === size ? [main] : [main, { first: chunks, start: whole, count: 1, size: size - whole }];
}

/** Strides of a row-major array. */
function rowMajor(sizes: readonly number[]): number[] {
  let stride = 1;
  return sizes.map((_, i) => {
    const own = stride;
    stride *= sizes[sizes.length - 1 - i] ?? 1;
    return own;
  }).reverse();
}

/** How many chunks a reduction over an axis gets; 1 leaves it. */
function chunkCount(results: number, axisSize: number, terms: number): number {
  const forWork = results < ENOUGH_RESULTS && results * terms >= SMALL ? WANTED_CHUNKS : 1;
  const forDigits = Math.ceil(terms / LONGEST_CHUNK);
  const most = Math.min(Math.floor(axisSize * Math.max(1, terms / axisSize) / SHORTEST_CHUNK), axisSize);
  const room = Math.floor(WORKSPACE_ELEMENTS / Math.max(1, results));
  return Math.max(1, Math.min(Math.max(forWork, forDigits), most, room));
}

function splitLoop(kernel: LoopKernel): Stages {
  const results = product(kernel.map), axisSize = kernel.reduce[0] ?? 1;
  const chunks = kernel.accumulators.length === 0 ? 1 : chunkCount(results, axisSize, product(kernel.reduce));
  if (chunks <= 1) return { kernels: [kernel], workspaceBytes: 0 };
  const workspace = kernel.buffers.length, mapRank = kernel.map.length;
  const pieces = ranges(axisSize, chunks);
  const layers = kernel.accumulators.length;
  const parts = pieces.map(({ first, start, count, size }): LoopKernel => {
    const rewriter = new Rewriter({
      affine: ({ offset, strides }) => {
        const stride = strides[mapRank] ?? 0;
        return { offset: offset + stride * start, strides: [stride * size, ...strides] };
      },
    });
    const accumulators = kernel.accumulators.map((accumulator) => rewriter.accumulator(accumulator));
    const strides = [layers * results, ...rowMajor(kernel.map), ...kernel.reduce.map(() => 0)];
    return {
      ...kernel,
      map: [count, ...kernel.map],
      reduce: [size, ...kernel.reduce.slice(1)],
      accumulators,
      buffers: [...kernel.buffers, { dtype: accumulators[0]?.dtype ?? "f32", access: "write" }],
      stores: accumulators.map(({ dtype }, index) => ({
        buffer: workspace,
        address: { offset: (first * layers + index) * results, strides },
        value: { op: "accumulator", dtype, index },
      })),
    };
  });
  const count = pieces.reduce((sum, piece) => sum + piece.count, 0);
  const joined = joinParts(kernel, kernel.map, count, kernel.accumulators);
  return {
    kernels: [...parts, joined].map((part) => normaliseLoop(part)),
    workspaceBytes: 4 * count * layers * results,
  };
}

/** The kernel that reduces the parts in the workspace and runs the stores. */
function joinParts(
  kernel: LoopKernel | GemmKernel,
  map: readonly number[],
  count: number,
  accumulators: readonly Pick<LoopKernel["accumulators"][number], "kind" | "dtype">[],
): LoopKernel {
  const workspace = kernel.buffers.length, results = product(map), layers = accumulators.length;
  const rewriter = new Rewriter({
    affine: ({ offset, strides }: Affine) => ({ offset, strides: [...strides.slice(0, map.length), 0] }),
  });
  return {
    kind: "loop",
    name: kernel.name,
    buffers: [...kernel.buffers, { dtype: accumulators[0]?.dtype ?? "f32", access: "read" }],
    map,
    reduce: [count],
    accumulators: accumulators.map(({ kind, dtype }, index) => {
      const strides = [...rowMajor(map), layers * results];
      const address = { offset: index * results, strides, indirect: [] };
      const value: Scalar = { op: "load", dtype, buffer: workspace, address, guards: [] };
      return { kind, dtype, value };
    }),
    stores: kernel.stores.map((store) => rewriter.store(store)),
  };
}

/** Splits the k axis of a product with few results. */
function splitGemm(kernel: GemmKernel, chunks: number): Stages {
  const { m, n, k } = kernel;
  const workspace = kernel.buffers.length;
  const map = [...kernel.batch, m, n], results = product(map);
  const pieces = ranges(k, chunks);
  const parts = pieces.map(({ first, start, count, size }): GemmKernel => ({
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
    buffers: [...kernel.buffers, { dtype: "f32", access: "write" }],
    stores: [{
      buffer: workspace,
      address: { offset: first * results, strides: [results, ...rowMajor(map)] },
      value: { op: "accumulator", dtype: "f32", index: 0 },
    }],
  }));
  const count = pieces.reduce((sum, piece) => sum + piece.count, 0);
  const joined = normaliseLoop(joinParts(kernel, map, count, [{ kind: "sum", dtype: "f32" }]));
  return { kernels: [...parts, joined], workspaceBytes: 4 * count * results };
}

/** A product as a loop kernel: for inner sizes so small that blocking gains nothing. */
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

/** Products of at most this many terms run as loops. */
const SHORTEST_PRODUCT = 4;
const SPLIT_RESULTS = 64 * 1024;
const LONG_PRODUCT = 1024;

/**
 * Brings a kernel into the kernels that the printers take: normal loops, products with a long enough inner axis,
 * reductions cut into chunks where that pays.
 *
 * @param kernel Any kernel.
 */
export function stagesOf(kernel: Kernel): Stages {
  if (kernel.kind === "loop") return splitLoop(normaliseLoop(kernel));
  if (kernel.kind !== "gemm") return { kernels: [kernel], workspaceBytes: 0 };
  const { m, n, k } = kernel, results = product(kernel.batch) * m * n;
  if (k <= SHORTEST_PRODUCT || results === 0) return splitLoop(normaliseLoop(gemmAsLoop(kernel)));
  if (results <= SPLIT_RESULTS && k >= LONG_PRODUCT) {
    const chunks = Math.min(WANTED_CHUNKS, Math.floor(k / 256));
    if (chunks > 1) return splitGemm(kernel, chunks);
  }
  return { kernels: [kernel], workspaceBytes: 0 };
}
