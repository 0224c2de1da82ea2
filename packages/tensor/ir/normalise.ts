/**
 * Normalises a loop kernel into the form that runs fastest on any device: removes axes of size one, orders map axes
 * by the strides of the first store and reduce axes by those of the first load, merges adjacent axes that every
 * address traverses contiguously, deduplicates equal expressions (CSE), and replaces reductions over at most one
 * element by values.
 *
 * @module
 */
import { emptyReduction } from "./arithmetic.ts";
import type { Accumulator, Affine, LoopKernel, Scalar } from "./kernel.ts";
import { affinesOf, Rewriter, topological } from "./rewrite.ts";

/** The value of an accumulator over an empty space: the identity of its reduction. */
export function emptyValue({ kind, dtype }: Accumulator): Scalar {
  return { op: "const", dtype, value: emptyReduction(kind, dtype) };
}

/** Sorts axes by descending stride; the sort is stable. */
function byStride(axes: readonly number[], affine: Affine | undefined): number[] {
  const stride = (axis: number) => Math.abs(affine?.strides[axis] ?? 0);
  return [...axes].sort((a, b) => stride(b) - stride(a) || a - b);
}

/** Merges adjacent axes; each group is a list of old axes, outer to inner. */
function groupAxes(
  axes: readonly number[],
  sizes: readonly number[],
  affines: readonly Affine[],
): number[][] {
  const groups: number[][] = [];
  for (const axis of axes) {
    const last = groups.at(-1);
    const outer = last?.at(-1);
    const joins = outer !== undefined &&
      affines.every(({ strides }) => (strides[outer] ?? 0) === (strides[axis] ?? 0) * (sizes[axis] ?? 1));
    if (last && joins) last.push(axis);
    else groups.push([axis]);
  }
  return groups;
}

/** Replaces the accumulators of a reduction over at most one element by values. */
function withoutReduction(kernel: LoopKernel, elements: number): LoopKernel {
  const inner = new Rewriter();
  const values = kernel.accumulators.map((accumulator) =>
    inner.scalar(elements === 0 ? emptyValue(accumulator) : accumulator.value)
  );
  const outer = new Rewriter({ accumulator: (index) => values[index] });
  return { ...kernel, accumulators: [], stores: kernel.stores.map((store) => outer.store(store)) };
}

/**
 * Normalises a loop kernel.
 *
 * @param kernel Any loop kernel.
 * @returns An equivalent kernel whose reduce space holds at least two points, or none.
 */
export function normaliseLoop(kernel: LoopKernel): LoopKernel {
  const reduced = kernel.reduce.reduce((product, size) => product * size, 1);
  const source = kernel.accumulators.length === 0 || reduced <= 1
    ? withoutReduction(kernel, reduced)
    : kernel;
  const sizes = [...kernel.map, ...kernel.reduce];
  const affines = affinesOf(source);
  const isReduce = (axis: number) => axis >= kernel.map.length;
  const live = sizes.flatMap((size, axis) =>
    size === 1 || (isReduce(axis) && source.accumulators.length === 0) ? [] : [axis]
  );
  const firstLoad = topological(source.accumulators.map(({ value }) => value)).find((node) =>
    node.op === "load" && node.address.strides.some((stride, axis) => isReduce(axis) && stride !== 0)
  );
  const map = byStride(live.filter((axis) => !isReduce(axis)), source.stores[0]?.address);
  const reduce = byStride(live.filter(isReduce), firstLoad?.op === "load" ? firstLoad.address : undefined);
  const mapGroups = groupAxes(map, sizes, affines), reduceGroups = groupAxes(reduce, sizes, affines);
  const inner = [...mapGroups, ...reduceGroups].map((group) => group.at(-1) ?? 0);
  const rewriter = new Rewriter({
    affine: ({ offset, strides }) => ({ offset, strides: inner.map((axis) => strides[axis] ?? 0) }),
  });
  const extent = (group: readonly number[]) =>
    group.reduce((product, axis) => product * (sizes[axis] ?? 1), 1);
  return {
    kind: "loop",
    name: kernel.name,
    buffers: kernel.buffers,
    map: mapGroups.map(extent),
    reduce: reduceGroups.map(extent),
    accumulators: source.accumulators.map((accumulator) => rewriter.accumulator(accumulator)),
    stores: source.stores.map((store) => rewriter.store(store)),
  };
}
