/**
 * How the rows of a kernel reach into its buffers: what must be known to run some of its rows only.
 * @module
 */
import type { Affine, GemmKernel, Load, LoopKernel, Scalar } from "./kernel.ts";
import { topological } from "./rewrite.ts";

/** The axes of a kernel, among those of its stores, that rows and repeats are counted on. */
export interface RowAxes {
  /** The axis of rows. */
  readonly rowAxis: number;
  /** The axis of repeats, if there is one. */
  readonly repeatAxis: number | undefined;
}

/** How one buffer is reached: `row · r + repeat · b + rest`, with the rest within `low .. high`. */
export interface RowAccess {
  /** Step from row to row, in elements. */
  readonly row: number;
  /** Step from repeat to repeat. */
  readonly repeat: number;
  /** Smallest rest; `-Infinity` for a table look-up. */
  readonly low: number;
  /** Largest rest. */
  readonly high: number;
}

/** Everything that a kernel addresses, with the sizes of the axes of each address. */
interface Reach {
  readonly buffer: number;
  readonly address: Affine;
  readonly sizes: readonly number[];
  readonly lookedUp: boolean;
}

/**
 * How the rows of a kernel reach each of its buffers.
 *
 * @param kernel A loop or a product.
 * @param axes Its axes of rows and repeats.
 * @returns One entry for each slot; `undefined` if a value depends on where a row is, or one buffer is reached in two ways.
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
  for (const { buffer, address } of kernel.stores) reaches.push({ buffer, address, sizes, lookedUp: false });
  if (kernel.kind === "gemm") reaches.push(...operandReaches(kernel));
  const found: (RowAccess | undefined)[] = kernel.buffers.map(() => undefined);
  for (const { buffer, address, sizes, lookedUp } of reaches) {
    const access = accessOf(address, sizes, axes, lookedUp), known = found[buffer];
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
  return { buffer, address, sizes, lookedUp: address.indirect.length > 0 };
}

/** The operands of a product, over its axes and that of its sums. */
function operandReaches({ batch, m, n, k, a, b }: GemmKernel): Reach[] {
  const sizes = [...batch, m, n, k];
  const left = { offset: a.offset, strides: [...a.batch, a.row, 0, a.column] };
  const right = { offset: b.offset, strides: [...b.batch, 0, b.column, b.row] };
  return [
    { buffer: a.buffer, address: left, sizes, lookedUp: false },
    { buffer: b.buffer, address: right, sizes, lookedUp: false },
  ];
}

function accessOf(
  { offset, strides }: Affine,
  sizes: readonly number[],
  { rowAxis, repeatAxis }: RowAxes,
  lookedUp: boolean,
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
    low: lookedUp ? -Infinity : low,
    high: lookedUp ? Infinity : high,
  };
}
