/**
 * The kernel IR: what the scheduler produces and the two printers (WGSL, WebAssembly) consume.
 *
 * A kernel runs over *map* axes (one set of stores per point) and, inside, over *reduce* axes that feed
 * accumulators. Values are small expression graphs of {@link Scalar}; a node that occurs twice is the same
 * object, so a printer gives it one local variable. Addresses are affine in the axes: there is no division or
 * remainder in a kernel. Everything is counted in elements of four bytes.
 *
 * @module
 */
import type { DType } from "../core/dtype.ts";

/** `offset + Σ strides[i] · axis[i]`; `strides` has one entry per axis, map axes first, then reduce axes. */
export interface Affine {
  /** Value where every axis is 0. */
  readonly offset: number;
  /** Step along each axis. */
  readonly strides: readonly number[];
}

/** Position of an element in a buffer: an affine part plus table look-ups, `Σ stride · index`. */
export interface Address extends Affine {
  /** Table look-ups. */
  readonly indirect: readonly { readonly stride: number; readonly index: Scalar }[];
}

/** Holds where `0 <= affine < size`. A load outside any of its guards touches no memory and gives 0. */
export interface Guard extends Affine {
  /** Size of the axis that is guarded. */
  readonly size: number;
}

/** A value read from a buffer slot of the kernel. */
export interface Load {
  /** Tells it from other expressions. */
  readonly op: "load";
  /** Type of the value. */
  readonly dtype: DType;
  /** Index into {@link KernelBase.buffers}. */
  readonly buffer: number;
  /** Which element. */
  readonly address: Address;
  /** Where it is inside. */
  readonly guards: readonly Guard[];
}

/**
 * Operations that both printers know. Arguments have one type unless said otherwise.
 *
 * f32, i32, u32: `add sub mul min max neg abs lt le eq ne` (comparisons give bool; u32 has no neg, abs).
 * f32: `div sqrt floor ceil round trunc` (`round` is to nearest, ties to even).
 * i32, u32: `and or xor shl shr` (`shr` keeps the sign of i32), `div rem` are not provided.
 * bool: `and or not eq ne`. `select(cond: bool, ifTrue, ifFalse)`.
 * `convert` changes the value's type to the node's dtype (f32 to integer truncates and saturates, NaN gives 0;
 * bool gives 0 or 1; to bool is `!= 0`; i32 and u32 into each other keep their bits).
 * `bitcast` keeps the 32 bits (f32, i32, u32).
 */
export type ScalarOp =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "min"
  | "max"
  | "neg"
  | "abs"
  | "sqrt"
  | "floor"
  | "ceil"
  | "round"
  | "trunc"
  | "lt"
  | "le"
  | "eq"
  | "ne"
  | "and"
  | "or"
  | "xor"
  | "shl"
  | "shr"
  | "not"
  | "select"
  | "convert"
  | "bitcast";

/** One node of an expression. */
export type Scalar =
  | { readonly op: "const"; readonly dtype: DType; readonly value: number }
  /** The value of an affine function of the axes, as i32. */
  | { readonly op: "affine"; readonly dtype: "i32"; readonly affine: Affine }
  | Load
  /** The finished value of an accumulator (only in stores). */
  | { readonly op: "accumulator"; readonly dtype: DType; readonly index: number }
  | { readonly op: ScalarOp; readonly dtype: DType; readonly args: readonly Scalar[] };

/** How a kernel uses one of its buffers; `readwrite`: read and written at the same address by the same point. */
export type Access = "read" | "write" | "readwrite";

/** A buffer slot of a kernel. */
export interface KernelBuffer {
  /** Type of its elements. */
  readonly dtype: DType;
  /** How it is used. */
  readonly access: Access;
}

/**
 * A value written once per point of the map axes. Its strides over reduce axes are 0. All values of a point are computed
 * before the first of its stores is done, since a store may replace what another value reads.
 */
export interface Store {
  /** Slot of the kernel. */
  readonly buffer: number;
  /** Which element. */
  readonly address: Affine;
  /** What is written. */
  readonly value: Scalar;
}

/** What every kernel has. */
export interface KernelBase {
  /** The operations it came from, for profiles: `matmul+add+leakyRelu`. */
  readonly name: string;
  /** Its buffer slots. */
  readonly buffers: readonly KernelBuffer[];
}

/** How a reduction combines values. */
export type ReductionKind = "sum" | "max" | "prod";

/**
 * A reduction over the reduce axes, in a fixed order on a given device. An empty space gives 0 (sum), 1 (prod) or the
 * least value of the type (max).
 */
export interface Accumulator {
  /** How values are combined. */
  readonly kind: ReductionKind;
  /** Type of the values. */
  readonly dtype: DType;
  /** Value at a point of the reduce axes. */
  readonly value: Scalar;
}

/** Loops: `for map { acc over reduce; stores }`. Without accumulators there are no reduce axes. */
export interface LoopKernel extends KernelBase {
  /** Tells it from other kernels. */
  readonly kind: "loop";
  /** Sizes of the map axes. */
  readonly map: readonly number[];
  /** Sizes of the reduce axes. */
  readonly reduce: readonly number[];
  /** Reductions over the reduce axes. */
  readonly accumulators: readonly Accumulator[];
  /** What is written per point of the map axes. */
  readonly stores: readonly Store[];
}

/** A matrix operand: element `[batch..., row, column]` is at `offset + Σ batch[i]·axis + row·r + column·c`. */
export interface MatrixView {
  /** Slot of the kernel. */
  readonly buffer: number;
  /** Position of the first element. */
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
 */
export interface GemmKernel extends KernelBase {
  /** Tells it from other kernels. */
  readonly kind: "gemm";
  /** Sizes of the batch axes. */
  readonly batch: readonly number[];
  /** Rows of the product. */
  readonly m: number;
  /** Columns of the product. */
  readonly n: number;
  /** Length of the sums. */
  readonly k: number;
  /** Rows are m, columns are k. */
  readonly a: MatrixView;
  /** Rows are k, columns are n. */
  readonly b: MatrixView;
  /** What is written per element of the product. */
  readonly stores: readonly Store[];
}

/** Part of the way that an index takes through an array: its digit of a mixed-radix number, and the stride of that. */
export interface Digit {
  /** Values of the digit. */
  readonly size: number;
  /** Elements from one value to the next. */
  readonly stride: number;
}

/** A matrix operand whose rows and columns walk through several axes of an array, such as the windows of a picture. */
export interface PatchView {
  /** Slot of the kernel. */
  readonly buffer: number;
  /** Position of the first element. */
  readonly offset: number;
  /** Stride of each batch axis; 0 where the operand is shared. */
  readonly batch: readonly number[];
  /** Digits of a row's number, outermost first; the product of their sizes is the number of rows. */
  readonly row: readonly Digit[];
  /** Digits of a column's number. */
  readonly column: readonly Digit[];
}

/** A {@link GemmKernel} over {@link PatchView}s: convolutions, whose patches are never written out. */
export interface PatchGemmKernel extends Omit<GemmKernel, "kind" | "a" | "b"> {
  /** Tells it from other kernels. */
  readonly kind: "patchGemm";
  /** Rows are m, columns are k. */
  readonly a: PatchView;
  /** Rows are k, columns are n. */
  readonly b: PatchView;
}

/**
 * The trilinear form `T = Σ F[table[m,k], b, c] · W[m, k, j] · H[m, b, c, j]` and its three partial derivatives, on
 * contiguous arrays: features F `[points, batch, channels]`, weights W `[outputs, neighbours, mid]`, sums
 * H `[outputs, batch, channels, mid]`, table `[outputs, neighbours]` of i32 in `0 .. points-1`.
 *
 * - `neighbourSum`: buffers F, W, table, out H.
 * - `neighbourWeights`: buffers F, H, table, out W.
 * - `neighbourFeatures`: buffers W, H, starts `[points + 1]`, entries `[outputs · neighbours]`, out F; the list
 *   `entries[starts[p] .. starts[p+1]]` holds, ascending, every flat position of the table that names point p.
 */
export interface NeighbourKernel extends KernelBase {
  /** Which of the three. */
  readonly kind: "neighbourSum" | "neighbourWeights" | "neighbourFeatures";
  /** Points that the table names. */
  readonly points: number;
  /** Points that sums are made for. */
  readonly outputs: number;
  /** Neighbours of each. */
  readonly neighbours: number;
  /** Examples that share the points. */
  readonly batch: number;
  /** Channels of the features. */
  readonly channels: number;
  /** Weights of each neighbour. */
  readonly mid: number;
}

/**
 * Sums of rows named by lists: `out[s, :] = Σ_{e = starts[s]}^{starts[s+1]-1} source[⌊entries[e] / repeat⌋, :]`, rows of
 * `width` contiguous f32. Each row of the source stands for `repeat` equal ones. Buffers: source `[rows, width]`, starts
 * `[segments + 1]`, entries, out `[segments, width]`.
 */
export interface SegmentSumKernel extends KernelBase {
  /** Tells it from other kernels. */
  readonly kind: "segmentSum";
  /** Number of sums. */
  readonly segments: number;
  /** Length of a row. */
  readonly width: number;
  /** At least 1. */
  readonly repeat: number;
}

/** How points are searched: by cells of a grid hash, by looking at all of them, or whichever is faster. */
export type SearchMethod = "auto" | "grid" | "brute";

/**
 * What searches of points have in common. Points and queries are f32 `[count, dimension]`; clouds lie behind each other,
 * cloud c at rows `starts[c] .. starts[c+1]` (i32, `[clouds + 1]`), and a query sees the points of its own cloud only.
 * Points are numbered through all clouds. Starts outside the arrays are an error of the program under test.
 */
export interface SearchKernel extends KernelBase {
  /** Points of all clouds. */
  readonly points: number;
  /** Coordinates of each, 1 to 4. */
  readonly dimension: number;
  /** Number of clouds. */
  readonly clouds: number;
  /** Order of the norm, at least 1, or `Infinity`. */
  readonly norm: number;
}

/**
 * The k nearest points of each query in the order of (distance, number). Distances are exact to double precision on
 * `wasm`: powers `|a - b|^p` of float32 coordinates are summed along the axes in double precision. Points farther than the
 * radius are left out; what is missing is -1. Buffers: points, starts, queries, query starts, out i32 `[queries, k]`, or
 * `[queries, 2 k]` with the bits of the distances, rounded to f32, behind the numbers of each query.
 */
export interface KnnKernel extends SearchKernel {
  /** Tells it from other kernels. */
  readonly kind: "knn";
  /** Queries of all clouds. */
  readonly queries: number;
  /** Neighbours of each. */
  readonly k: number;
  /** Whether distances come with the numbers. */
  readonly distances: boolean;
  /** Largest distance, or `Infinity`; a point at just this distance is within. */
  readonly radius: number;
  /** How to search. */
  readonly method: SearchMethod;
}

/** How many points are within a radius of each query. Buffers as for `nearest`, out i32 `[queries]`. */
export interface CountWithinRadiusKernel extends SearchKernel {
  /** Tells it from other kernels. */
  readonly kind: "countWithinRadius";
  /** Queries of all clouds. */
  readonly queries: number;
  /** Largest distance; a point at just this distance is within. */
  readonly radius: number;
  /** How to search. */
  readonly method: SearchMethod;
}

/**
 * Farthest-point sampling of each cloud: from point `start` on, the first of the points farthest from all taken so far.
 * Every distance is rounded to float32: a sum of squares after each axis, as a fused multiply-add would; then the root.
 * The distance to nothing is 1e10. Buffers: points, starts, out i32 `[clouds, count]`.
 */
export interface FarthestPointSampleKernel extends SearchKernel {
  /** Tells it from other kernels. */
  readonly kind: "farthestPointSample";
  /** Points taken of each cloud. */
  readonly count: number;
  /** Number, within its cloud, of the first point taken. */
  readonly start: number;
}

/**
 * The inverse of a table of row numbers: out i32 `[rows + 1 + entries]` holds `starts [rows + 1]`, then the positions that
 * name row 0, row 1, ..., each list ascending. Negative numbers name no row; what is left at the end is 0. Buffers: index
 * `[entries]`, out.
 */
export interface InvertKernel extends KernelBase {
  /** Tells it from other kernels. */
  readonly kind: "invertIndex";
  /** Length of the table. */
  readonly entries: number;
  /** Rows that it may name. */
  readonly rows: number;
}

/** Loops without reductions that write the parts of one array, each with the buffers of the whole. */
export interface ConcatenateKernel extends KernelBase {
  /** Tells it from other kernels. */
  readonly kind: "concatenate";
  /** What writes each part. */
  readonly parts: readonly LoopKernel[];
}

/**
 * Running sums along the middle axis of `[outer, length, inner]`, each element included: from the first on, or reversed from
 * the last on. Buffers: source, out.
 */
export interface CumsumKernel extends KernelBase {
  /** Tells it from other kernels. */
  readonly kind: "cumsum";
  /** Type of the elements: f32, i32 or u32. */
  readonly dtype: DType;
  /** Elements before the axis. */
  readonly outer: number;
  /** Elements along it. */
  readonly length: number;
  /** Elements behind it. */
  readonly inner: number;
  /** Whether sums begin at the end. */
  readonly reverse: boolean;
}

/**
 * The numbers of the first `count` keys of each row in ascending order, equal keys in the order of their numbers. Buffers:
 * keys i32 `[rows, length]`, out i32 `[rows, count]`.
 */
export interface ArgsortKernel extends KernelBase {
  /** Tells it from other kernels. */
  readonly kind: "argsort";
  /** Rows that are sorted, each for itself. */
  readonly rows: number;
  /** Keys of a row. */
  readonly length: number;
  /** How many numbers are wanted, at most the length. */
  readonly count: number;
}

/** One kernel of a chain. */
export interface ChainLink {
  /** What runs. */
  readonly kernel: LoopKernel | GemmKernel;
  /** What each of its slots is: a slot of the chain, or behind those, one of its locals. */
  readonly args: readonly number[];
  /** Its axis of rows, among the axes of its stores. */
  readonly rowAxis: number;
  /** Its axis of repeats; `undefined` where the link serves all repeats at once, before the others. */
  readonly repeatAxis: number | undefined;
}

/** An array that lives only within a chain, `[repeats, rows, width]`, or `[rows, width]` where it serves all repeats. */
export interface ChainLocal {
  /** Type of its elements. */
  readonly dtype: DType;
  /** Elements of a row. */
  readonly width: number;
  /** Whether each repeat has its own. */
  readonly repeated: boolean;
}

/**
 * Loops and products that run one after the other, where each row of one depends on the same row only of what the others
 * wrote: a device may run all of them for some rows before it goes on to the next, and so needs the locals for some rows
 * only. Repeats are independent of each other in the same way.
 */
export interface ChainKernel extends KernelBase {
  /** Tells it from other kernels. */
  readonly kind: "chain";
  /** Size of the axis of rows. */
  readonly rows: number;
  /** Size of the axis of repeats; 1 where there is none. */
  readonly repeats: number;
  /** What runs, in order; links without repeats come first. */
  readonly links: readonly ChainLink[];
  /** Arrays that live only within the chain. */
  readonly locals: readonly ChainLocal[];
}

/** Any kernel. */
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
  | InvertKernel;

/** One kernel applied to buffers of the program; only a buffer that a search only reads may occur twice in `args`. */
export interface Step {
  /** What runs. */
  readonly kernel: Kernel;
  /** Program buffer of each kernel slot. */
  readonly args: readonly number[];
  /** Parts of the model that it computes, for profiles. */
  readonly scopes?: readonly string[];
}

/** A buffer of a program. External ones are bound at each run; temporaries share memory by the plan. */
export interface ProgramBuffer {
  /** Size in bytes. */
  readonly bytes: number;
  /** Who owns it. */
  readonly role: "external" | "temporary";
}

/** Work for a device: steps in order; each sees the writes of those before it. */
export interface Program {
  /** Its buffers by id. */
  readonly buffers: readonly ProgramBuffer[];
  /** What runs, in order. */
  readonly steps: readonly Step[];
}
