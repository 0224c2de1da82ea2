/**
 * The kernel IR: the scheduler's output and the input of the two code generators (WGSL, WebAssembly).
 *
 * A kernel runs over *map* axes (one set of stores per point) and, inside, over *reduce* axes that feed
 * accumulators. Values are small expression graphs of {@link Scalar}; a node used twice is the same
 * object and becomes one local variable. Addresses are affine in the axes: kernels contain no division or
 * remainder. All sizes and strides count elements of four bytes.
 *
 * @module
 */
import type { DType } from "./dtype.ts";
import type {
  CountWithinRadiusKernel,
  FarthestPointSampleKernel,
  InvertKernel,
  KnnKernel,
  NeighbourKernel,
  SegmentSumKernel,
} from "./point_kernel.ts";
import type { Accumulator, KernelBase, Store } from "./scalar.ts";

export type * from "./point_kernel.ts";
export type * from "./scalar.ts";

/**
 * Loops: `for map { acc over reduce; stores }`. Without accumulators there are no reduce axes.
 *
 * @category Compiler
 */
export interface LoopKernel extends KernelBase {
  /** Discriminant. */
  readonly kind: "loop";
  /** Sizes of the map axes. */
  readonly map: readonly number[];
  /** Sizes of the reduce axes. */
  readonly reduce: readonly number[];
  /** Reductions over the reduce axes. */
  readonly accumulators: readonly Accumulator[];
  /** Stores per point of the map axes. */
  readonly stores: readonly Store[];
}

/**
 * A matrix operand: element `[batch..., row, column]` is at `offset + Σ batch[i]·axis + row·r + column·c`.
 *
 * @category Compiler
 */
export interface MatrixView {
  /** Buffer slot of the kernel. */
  readonly buffer: number;
  /** Index of the first element. */
  readonly offset: number;
  /** Stride of each batch axis; 0 where the operand is shared. */
  readonly batch: readonly number[];
  /** Stride of a row. */
  readonly row: number;
  /** Stride of a column. */
  readonly column: number;
}

/**
 * Batched matrix product with an epilogue: for each batch point, `P[m, n] = Σ_k A[m, k] · B[k, n]`, then the stores,
 * whose axes are `[...batch, m, n]` and whose expressions use accumulator 0 for `P[m, n]`.
 *
 * @category Compiler
 */
export interface GemmKernel extends KernelBase {
  /** Discriminant. */
  readonly kind: "gemm";
  /** Sizes of the batch axes. */
  readonly batch: readonly number[];
  /** Rows of the product. */
  readonly m: number;
  /** Columns of the product. */
  readonly n: number;
  /** Inner dimension. */
  readonly k: number;
  /** Rows are m, columns are k. */
  readonly a: MatrixView;
  /** Rows are k, columns are n. */
  readonly b: MatrixView;
  /** Stores per element of the product. */
  readonly stores: readonly Store[];
}

/**
 * A digit of an index in mixed radix, and its stride in an array.
 *
 * @category Compiler
 */
export interface Digit {
  /** Number of values of the digit. */
  readonly size: number;
  /** Distance in elements of consecutive values. */
  readonly stride: number;
}

/**
 * A matrix operand whose rows and columns traverse several axes of an array, such as the windows of an image.
 *
 * @category Compiler
 */
export interface PatchView {
  /** Buffer slot of the kernel. */
  readonly buffer: number;
  /** Index of the first element. */
  readonly offset: number;
  /** Stride of each batch axis; 0 where the operand is shared. */
  readonly batch: readonly number[];
  /** Digits of the row index, outermost first; the product of their sizes is the number of rows. */
  readonly row: readonly Digit[];
  /** Digits of the column index. */
  readonly column: readonly Digit[];
}

/**
 * A {@link GemmKernel} over {@link PatchView}s: convolutions, whose patches are never materialised.
 *
 * @category Compiler
 */
export interface PatchGemmKernel extends Omit<GemmKernel, "kind" | "a" | "b"> {
  /** Discriminant. */
  readonly kind: "patchGemm";
  /** Rows are m, columns are k. */
  readonly a: PatchView;
  /** Rows are k, columns are n. */
  readonly b: PatchView;
}

/**
 * Concatenation: loops without reductions that each write a part of one array; all have the buffers of the kernel.
 *
 * @category Compiler
 */
export interface ConcatenateKernel extends KernelBase {
  /** Discriminant. */
  readonly kind: "concatenate";
  /** Loop per part. */
  readonly parts: readonly LoopKernel[];
}

/**
 * Inclusive cumulative sums along the middle axis of `[outer, length, inner]`, from the start or, if reversed, from the
 * end. Buffers: source, out.
 *
 * @category Compiler
 */
export interface CumsumKernel extends KernelBase {
  /** Discriminant. */
  readonly kind: "cumsum";
  /** Type of the elements: f32, i32 or u32. */
  readonly dtype: DType;
  /** Product of the sizes before the axis. */
  readonly outer: number;
  /** Size of the axis. */
  readonly length: number;
  /** Product of the sizes after the axis. */
  readonly inner: number;
  /** Whether to sum from the end. */
  readonly reverse: boolean;
}

/**
 * Indices of the first `count` keys of each row in ascending order, equal keys by index. Buffers:
 * keys i32 `[rows, length]`, out i32 `[rows, count]`.
 *
 * @category Compiler
 */
export interface ArgsortKernel extends KernelBase {
  /** Discriminant. */
  readonly kind: "argsort";
  /** Number of rows, sorted independently. */
  readonly rows: number;
  /** Keys per row. */
  readonly length: number;
  /** Indices per row, at most the length. */
  readonly count: number;
}

/**
 * One kernel of a chain.
 *
 * @category Compiler
 */
export interface ChainLink {
  /** Kernel to run. */
  readonly kernel: LoopKernel | GemmKernel;
  /** What each slot of the kernel is bound to: a buffer slot of the chain or, after those, one of its locals. */
  readonly args: readonly number[];
  /** Row axis, among the axes of its stores. */
  readonly rowAxis: number;
  /** Repeat axis; `undefined` if the link runs once for all repeats, before the others. */
  readonly repeatAxis: number | undefined;
}

/**
 * An array local to a chain, `[repeats, rows, width]`, or `[rows, width]` if shared by all repeats.
 *
 * @category Compiler
 */
export interface ChainLocal {
  /** Type of its elements. */
  readonly dtype: DType;
  /** Elements per row. */
  readonly width: number;
  /** Whether each repeat has its own copy. */
  readonly repeated: boolean;
}

/**
 * Loops and products that run one after another, where each row of one depends only on the same row of the others'
 * results: a device may run all of them for a block of rows before it proceeds to the next, and so needs memory for
 * the locals of that block only. Repeats are independent in the same way.
 *
 * @category Compiler
 */
export interface ChainKernel extends KernelBase {
  /** Discriminant. */
  readonly kind: "chain";
  /** Number of rows. */
  readonly rows: number;
  /** Number of repeats; 1 if there is no such axis. */
  readonly repeats: number;
  /** Kernels in execution order; links without repeats come first. */
  readonly links: readonly ChainLink[];
  /** Arrays local to the chain. */
  readonly locals: readonly ChainLocal[];
}

/**
 * An exchange with the other ranks that run the same program, which no device computes by itself: the sum over ranks, or
 * the arrays of all ranks in their order. Buffers: `[values]` reduced in place, or `[source, out]`; then a token that
 * every exchange of a program reads and writes, so that all ranks make them in one order.
 *
 * @category Compiler
 */
export interface ExchangeKernel extends KernelBase {
  /** Which exchange. */
  readonly kind: "allReduce" | "allGather";
  /** Elements that this rank contributes. */
  readonly size: number;
  /** Number of ranks. */
  readonly ranks: number;
}

/**
 * Any kernel.
 *
 * @category Compiler
 */
export type Kernel =
  | ChainKernel
  | LoopKernel
  | GemmKernel
  | PatchGemmKernel
  | NeighbourKernel
  | SegmentSumKernel
  | ConcatenateKernel
  | CumsumKernel
  | ArgsortKernel
  | KnnKernel
  | CountWithinRadiusKernel
  | FarthestPointSampleKernel
  | InvertKernel
  | ExchangeKernel;

/**
 * One kernel applied to program buffers; only a buffer that a search only reads may be duplicated in `args`.
 *
 * @category Compiler
 */
export interface Step {
  /** Kernel to run. */
  readonly kernel: Kernel;
  /** Program buffer of each kernel slot. */
  readonly args: readonly number[];
  /** Scopes of the model that it computes, for profiles. */
  readonly scopes?: readonly string[];
}

/**
 * A buffer of a program. External ones are bound at each run; temporaries share memory by liveness.
 *
 * @category Compiler
 */
export interface ProgramBuffer {
  /** Size in bytes. */
  readonly bytes: number;
  /** Who owns it. */
  readonly role: "external" | "temporary";
}

/**
 * Work for a device: steps in order; each sees the writes of the previous ones.
 *
 * @category Compiler
 */
export interface Program {
  /** Its buffers by id. */
  readonly buffers: readonly ProgramBuffer[];
  /** Steps in execution order. */
  readonly steps: readonly Step[];
}
