/**
 * How the rows of a kernel access its buffers: what a device must know to run a block of rows.
 * @module
 */
import type { Affine, GemmKernel, Load, LoopKernel, Scalar } from "./kernel.ts";
import { topological } from "./rewrite.ts";

/** The row and repeat axes of a kernel, as indices among the axes of its stores. */
export interface RowAxes {
  /** The row axis. */
  readonly rowAxis: number;
  /** The repeat axis, if there is one. */
  readonly repeatAxis: number | undefined;
}

/** How one buffer is accessed: `row · r + repeat · b + rest`, with the rest within `low .. high`. */
export interface RowAccess {
  /** Stride of a row, in elements. */
  readonly row: number;
  /** Stride of a repeat. */
  readonly repeat: number;
  /** Smallest rest; `-Infinity` for an indirect load. */
  readonly low: number;
  /** Largest rest. */
  readonly high: number;
}

/** An address with the sizes of its axes. */
interface Reach {
  readonly buffer: number;
  readonly address: Affine;
  readonly sizes: readonly number[];
  readonly indirect: boolean;
}

/**
 * Determines how the rows of a kernel access each of its buffers.
 *
 * @param kernel A loop or a product.
 * @param axes Its row and repeat axes.
 * @returns One entry per slot; `undefined` if a value depends on the row index, or a buffer is accessed in two ways.
 */
export function rowAccesses(kernel: LoopKernel | GemmKernel, axes: RowAxes): RowAccess[] | undefined {
  const { rowAxis, repeatAxis } = axes;
  const moves = ({ strides }: Affine) =>
    (strides[rowAxis] ?? 0) !== 0 || (repeatAxis !== undefined && (strides[repeatAxis] ?? 0) !== 0);
  const reaches: Reach[] = [];
  const sizes = kernel.kind === "loop"
    ? [...kernel.map, ...kernel.reduce]
    : [...kernel.batch, kernel.m, kernel.n];
  for (const node of topological(valuesOf(kernel))) {
    if (node.op === "affine" && moves(node.affine)) return undefined;
    if (node.op !== "load") continue;
    if (node.guards.some(moves)) return undefined;
    reaches.push(reachOf(node, sizes));
  }
  for (const { buffer, address } of kernel.stores) reaches.push({ buffer, address, sizes, indirect: false });
  if (kernel.kind === "gemm") reaches.push(...operandReaches(kernel));
  const found: (RowAccess | undefined)[] = kernel.buffers.map(() => undefined);
  for (const { buffer, address, sizes, indirect } of reaches) {
    const access = accessOf(address, sizes, axes, indirect), known = found[buffer];
    if (known && (known.row !== access.row || known.repeat !== access.repeat)) return undefined;
    found[buffer] = known
      ? { ...known, low: Math.min(known.low, access.low), high: Math.max(known.high, access.high) }
      : access;
  }
  return found.map((access) => access ?? { row: 0, repeat: 0, low: 0, high: 0 });
}

function valuesOf(kernel: LoopKernel | GemmKernel): Scalar[] {
  const accumulated = kernel.kind === "loop" ? kernel.accumulators : [];
  return [...accumulated, ...kernel.stores].map(({ value }) => value);
}

function reachOf({ buffer, address }: Load, sizes: readonly number[]): Reach {
  return { buffer, address, sizes, indirect: address.indirect.length > 0 };
}

/** Accesses of the operands of a product, over its axes and the inner dimension. */
function operandReaches({ batch, m, n, k, a, b }: GemmKernel): Reach[] {
  const sizes = [...batch, m, n, k];
  const left = { offset: a.offset, strides: [...a.batch, a.row, 0, a.column] };
  const right = { offset: b.offset, strides: [...b.batch, 0, b.column, b.row] };
  return [
    { buffer: a.buffer, address: left, sizes, indirect: false },
    { buffer: b.buffer, address: right, sizes, indirect: false },
  ];
}

function accessOf(
  { offset, strides }: Affine,
  sizes: readonly number[],
  { rowAxis, repeatAxis }: RowAxes,
  indirect: boolean,
): RowAccess {
  let low = offset, high = offset;
  sizes.forEach((size, axis) => {
    if (axis === rowAxis || axis === repeatAxis) return;
    const extent = (strides[axis] ?? 0) * (size - 1);
    if (extent < 0) low += extent;
    else high += extent;
  });
  return {
    row: strides[rowAxis] ?? 0,
    repeat: repeatAxis === undefined ? 0 : strides[repeatAxis] ?? 0,
    low: indirect ? -Infinity : low,
    high: indirect ? Infinity : high,
  };
}
