/**
 * The value of an expression of a kernel at a point of its space, computed on the host.
 * @module
 */
import { applyOp, wrap } from "./arithmetic.ts";
import type { HostArray } from "./dtype.ts";
import type { Affine, KernelBuffer, Load, Scalar } from "./kernel.ts";
import { argumentsOf, topological } from "./rewrite.ts";

/** The context an expression is evaluated in. */
export interface Point {
  /** Contents of the kernel's buffers. */
  readonly data: readonly HostArray[];
  /** Declarations of the kernel's buffers. */
  readonly buffers: readonly KernelBuffer[];
  /** Index along each axis, map axes first, then reduce axes. */
  readonly axes: readonly number[];
  /** Final values of the accumulators. */
  readonly accumulators: readonly number[];
}

/** Value of an affine index. @param affine Index. @param axes Index along each axis. */
export function affineValue(affine: Affine, axes: readonly number[]): number {
  return affine.strides.reduce((sum, stride, axis) => sum + stride * (axes[axis] ?? NaN), affine.offset);
}

/**
 * Returns an index into an array if it is within bounds.
 *
 * @param index Index.
 * @param array Contents of a buffer.
 * @param what What is done there, for the message.
 * @throws {RangeError} If it is out of bounds.
 */
export function checkedIndex(index: number, array: HostArray, what: string): number {
  if (Number.isInteger(index) && index >= 0 && index < array.length) return index;
  throw new RangeError(`${what} at element ${index} of a buffer of ${array.length} elements`);
}

function evaluateLoad(load: Load, point: Point, memo: Map<Scalar, number>): number {
  const declared = point.buffers[load.buffer], array = point.data[load.buffer];
  if (!declared || !array) {
    throw new RangeError(`load from buffer ${load.buffer}, which the kernel does not declare`);
  }
  if (declared.access === "write") {
    throw new TypeError(`load from buffer ${load.buffer}, which is write-only`);
  }
  if (declared.dtype !== load.dtype) {
    throw new TypeError(`load of ${load.dtype} from buffer ${load.buffer}, which holds ${declared.dtype}`);
  }
  for (const guard of load.guards) {
    const position = affineValue(guard, point.axes);
    if (position < 0 || position >= guard.size) return 0;
  }
  const index = load.address.indirect.reduce(
    (sum, { stride, index }) => sum + stride * evaluateScalar(index, point, memo),
    affineValue(load.address, point.axes),
  );
  return array[checkedIndex(index, array, `load from buffer ${load.buffer}`)] ?? NaN;
}

/** The nodes of an expression, arguments first, which are the same at every point. */
const orders = new WeakMap<Scalar, readonly Scalar[]>();

function orderOf(root: Scalar): readonly Scalar[] {
  let order = orders.get(root);
  if (!order) orders.set(root, order = topological([root], undefined, argumentsOf));
  return order;
}

/**
 * Evaluates an expression at a point. Each node is evaluated once; both values of a `select` are always evaluated.
 *
 * @param root Expression.
 * @param point Buffers, axes and accumulators in scope.
 * @param memo Cache of node values at this point.
 * @returns The value; booleans are 0 or 1.
 * @throws {RangeError} If a load is out of bounds.
 * @throws {TypeError} If a load does not match the declaration of its buffer.
 */
export function evaluateScalar(root: Scalar, point: Point, memo: Map<Scalar, number> = new Map()): number {
  for (const node of orderOf(root)) {
    if (!memo.has(node)) memo.set(node, evaluateNode(node, point, memo));
  }
  return memo.get(root)!;
}

function evaluateNode(scalar: Scalar, point: Point, memo: Map<Scalar, number>): number {
  switch (scalar.op) {
    case "const":
      return wrap(scalar.dtype, scalar.value);
    case "affine":
      return wrap("i32", affineValue(scalar.affine, point.axes));
    case "load":
      return evaluateLoad(scalar, point, memo);
    case "accumulator": {
      const value = point.accumulators[scalar.index];
      if (value === undefined) {
        throw new RangeError(`accumulator ${scalar.index} does not exist or is not available here`);
      }
      return value;
    }
    default: {
      const args = scalar.args.map((arg) => memo.get(arg)!);
      return applyOp(scalar.op, scalar.dtype, scalar.args[0]?.dtype ?? scalar.dtype, args);
    }
  }
}
