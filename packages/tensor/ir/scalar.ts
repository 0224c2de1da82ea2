/**
 * What kernels consist of: affine addresses, expressions, buffer slots, stores and accumulators.
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
