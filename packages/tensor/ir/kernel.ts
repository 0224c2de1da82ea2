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

/**
 * `offset + Σ strides[i] · axis[i]`; `strides` has one entry per axis, map axes first, then reduce axes.
 *
 * @category Compiler
 */
export interface Affine {
  /** Value where every axis is 0. */
  readonly offset: number;
  /** Step along each axis. */
  readonly strides: readonly number[];
}

/**
 * Index of an element in a buffer: an affine part plus indirect terms, `Σ stride · index`.
 *
 * @category Compiler
 */
export interface Address extends Affine {
  /** Indirect terms. */
  readonly indirect: readonly { readonly stride: number; readonly index: Scalar }[];
}

/**
 * Holds where `0 <= affine < size`. A load outside any of its guards accesses no memory and yields 0.
 *
 * @category Compiler
 */
export interface Guard extends Affine {
  /** Size of the guarded axis. */
  readonly size: number;
}

/**
 * A value read from a buffer slot of the kernel.
 *
 * @category Compiler
 */
export interface Load {
  /** Discriminant. */
  readonly op: "load";
  /** Type of the value. */
  readonly dtype: DType;
  /** Index into {@link KernelBase.buffers}. */
  readonly buffer: number;
  /** Element index. */
  readonly address: Address;
  /** Conditions under which the load is in bounds. */
  readonly guards: readonly Guard[];
}

/**
 * Operations that both code generators implement. Arguments have one type unless noted otherwise.
 *
 * f32, i32, u32: `add sub mul min max neg abs lt le eq ne` (comparisons yield bool; u32 has no neg, abs).
 * f32: `div sqrt floor ceil round trunc` (`round` is to nearest, ties to even).
 * i32, u32: `and or xor shl shr` (`shr` is arithmetic for i32); there is no `div` or `rem`.
 * bool: `and or not eq ne`. `select(cond: bool, ifTrue, ifFalse)`.
 * `convert` converts the value to the node's dtype (f32 to integer truncates and saturates, NaN becomes 0;
 * bool becomes 0 or 1; to bool is `!= 0`; i32 to u32 and back preserves bits).
 * `bitcast` reinterprets the 32 bits (f32, i32, u32).
 *
 * @category Compiler
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

/**
 * One node of an expression.
 *
 * @category Compiler
 */
export type Scalar =
  | { readonly op: "const"; readonly dtype: DType; readonly value: number }
  /** The value of an affine function of the axes, as i32. */
  | { readonly op: "affine"; readonly dtype: "i32"; readonly affine: Affine }
  | Load
  /** The final value of an accumulator (only in stores). */
  | { readonly op: "accumulator"; readonly dtype: DType; readonly index: number }
  | { readonly op: ScalarOp; readonly dtype: DType; readonly args: readonly Scalar[] };

/**
 * How a kernel accesses one of its buffers; `readwrite`: each point reads and writes the same address.
 *
 * @category Compiler
 */
export type Access = "read" | "write" | "readwrite";

/**
 * A buffer slot of a kernel.
 *
 * @category Compiler
 */
export interface KernelBuffer {
  /** Type of its elements. */
  readonly dtype: DType;
  /** How it is accessed. */
  readonly access: Access;
}

/**
 * A value written once per point of the map axes; its strides over reduce axes are 0. All values of a point are
 * computed before its first store, since a store may overwrite what another value reads.
 *
 * @category Compiler
 */
export interface Store {
  /** Buffer slot of the kernel. */
  readonly buffer: number;
  /** Element index. */
  readonly address: Affine;
  /** Value to write. */
  readonly value: Scalar;
}

/**
 * Fields common to all kernels.
 *
 * @category Compiler
 */
export interface KernelBase {
  /** The operations it was built from, for profiles: `matmul+add+leakyRelu`. */
  readonly name: string;
  /** Its buffer slots. */
  readonly buffers: readonly KernelBuffer[];
}

/**
 * How a reduction combines values.
 *
 * @category Compiler
 */
export type ReductionKind = "sum" | "max" | "prod";

/**
 * A reduction over the reduce axes, in a fixed order on a given device. An empty space yields 0 (sum), 1 (prod) or the
 * minimum of the type (max).
 *
 * @category Compiler
 */
export interface Accumulator {
  /** How values are combined. */
  readonly kind: ReductionKind;
  /** Type of the values. */
  readonly dtype: DType;
  /** Value at a point of the reduce axes. */
  readonly value: Scalar;
}

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
 * The trilinear form `T = Σ F[table[m,k], b, c] · W[m, k, j] · H[m, b, c, j]` and its three partial derivatives, on
 * contiguous arrays: features F `[points, batch, channels]`, weights W `[outputs, neighbours, mid]`, sums
 * H `[outputs, batch, channels, mid]`, table `[outputs, neighbours]` of i32 in `0 .. points-1`.
 *
 * - `neighbourSum`: buffers F, W, table, out H.
 * - `neighbourWeights`: buffers F, H, table, out W.
 * - `neighbourFeatures`: buffers W, H, starts `[points + 1]`, entries `[outputs · neighbours]`, out F. This is the
 *   table inverted: `entries[starts[p] .. starts[p+1]]` are, ascending, the flat positions in the table of point p.
 *
 * @category Compiler
 */
export interface NeighbourKernel extends KernelBase {
  /** Which of the three derivatives. */
  readonly kind: "neighbourSum" | "neighbourWeights" | "neighbourFeatures";
  /** Number of input points, which the table indexes. */
  readonly points: number;
  /** Number of output points. */
  readonly outputs: number;
  /** Neighbours per output point. */
  readonly neighbours: number;
  /** Batch size; all examples share the points. */
  readonly batch: number;
  /** Channels of the features. */
  readonly channels: number;
  /** Weights per neighbour (C_mid of PointConv). */
  readonly mid: number;
}

/**
 * Segment sums: `out[s, :] = Σ_{e = starts[s]}^{starts[s+1]-1} source[⌊entries[e] / repeat⌋, :]`, rows of `width`
 * contiguous f32. Each row of the source stands for `repeat` equal rows. Buffers: source `[rows, width]`, starts
 * `[segments + 1]`, entries, out `[segments, width]`.
 *
 * @category Compiler
 */
export interface SegmentSumKernel extends KernelBase {
  /** Discriminant. */
  readonly kind: "segmentSum";
  /** Number of segments. */
  readonly segments: number;
  /** Length of a row. */
  readonly width: number;
  /** Repetitions of each source row, at least 1. */
  readonly repeat: number;
}

/**
 * Search algorithm: a grid hash, brute force, or whichever is faster.
 *
 * @category Compiler
 */
export type SearchMethod = "auto" | "grid" | "brute";

/**
 * Fields common to point searches. Points and queries are f32 `[count, dimension]`. Clouds are concatenated: cloud c is
 * the rows `starts[c] .. starts[c+1]` (i32, `[clouds + 1]`), and a query is matched against its own cloud only. Point
 * indices count through all clouds. Out-of-range starts are an error of the program under test.
 *
 * @category Compiler
 */
export interface SearchKernel extends KernelBase {
  /** Total number of points. */
  readonly points: number;
  /** Coordinates per point, 1 to 4. */
  readonly dimension: number;
  /** Number of clouds. */
  readonly clouds: number;
  /** Order of the norm, at least 1, or `Infinity`. */
  readonly norm: number;
}

/**
 * The k nearest neighbours of each query, ordered by (distance, index). On `wasm` distances are exact in double
 * precision: powers `|a - b|^p` of float32 coordinates are summed along the axes in double precision. Points beyond the
 * radius are excluded; missing neighbours are -1. Buffers: points, starts, queries, query starts, out i32 `[queries,
 * k]`, or `[queries, 2 k]`: the indices of each query, followed by the bits of the distances rounded to f32.
 *
 * @category Compiler
 */
export interface KnnKernel extends SearchKernel {
  /** Discriminant. */
  readonly kind: "knn";
  /** Total number of queries. */
  readonly queries: number;
  /** Neighbours per query. */
  readonly k: number;
  /** Whether to output distances as well as indices. */
  readonly distances: boolean;
  /** Maximum distance, inclusive; may be `Infinity`. */
  readonly radius: number;
  /** Search algorithm. */
  readonly method: SearchMethod;
}

/**
 * Counts the points within a radius of each query. Buffers as for `knn`, out i32 `[queries]`.
 *
 * @category Compiler
 */
export interface CountWithinRadiusKernel extends SearchKernel {
  /** Discriminant. */
  readonly kind: "countWithinRadius";
  /** Total number of queries. */
  readonly queries: number;
  /** Maximum distance, inclusive. */
  readonly radius: number;
  /** Search algorithm. */
  readonly method: SearchMethod;
}

/**
 * Farthest-point sampling of each cloud: starts at point `start`, then repeatedly selects the point farthest from those
 * selected; ties go to the lowest index. Every distance is rounded to float32: a sum of squares after each axis, as
 * with fused multiply-add, then the root. Initial distances are 1e10. Buffers: points, starts, out i32 `[clouds,
 * count]`.
 *
 * @category Compiler
 */
export interface FarthestPointSampleKernel extends SearchKernel {
  /** Discriminant. */
  readonly kind: "farthestPointSample";
  /** Points selected per cloud. */
  readonly count: number;
  /** Index within its cloud of the first point selected. */
  readonly start: number;
}

/**
 * Inverts a table of row indices: out i32 `[rows + 1 + entries]` holds `starts [rows + 1]`, then the positions in the
 * table of row 0, row 1, ..., each list ascending. Negative indices are skipped; the remainder of the output is 0.
 * Buffers: index `[entries]`, out.
 *
 * @category Compiler
 */
export interface InvertKernel extends KernelBase {
  /** Discriminant. */
  readonly kind: "invertIndex";
  /** Length of the table. */
  readonly entries: number;
  /** Number of rows it indexes. */
  readonly rows: number;
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
  | InvertKernel;

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
