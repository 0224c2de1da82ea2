/**
 * Reduces the axes of a loop kernel: axes of size one are dropped, axes that are contiguous in every address are
 * merged, and the axis with the most unit strides becomes the innermost, so that neighbouring threads access
 * neighbouring elements.
 *
 * @module
 */
import type { Affine, LoopKernel } from "../../ir/kernel.ts";
import { topological } from "../../ir/rewrite.ts";
import { affinesOf, rootsOf } from "./walk.ts";

/** A merged axis. Its stride in any affine function of the kernel is the stride of the kernel's axis `from`. */
export interface Axis {
  readonly size: number;
  readonly from: number;
}

/** The merged axes of a kernel, outermost first. */
export interface Space {
  readonly map: readonly Axis[];
  readonly reduce: readonly Axis[];
}

/** A store counts twice: a scattered write costs more than a scattered read. */
const STORE_VOTES = 2;

function innermostLast(axes: readonly Axis[], votes: (axis: Axis) => number): Axis[] {
  let best = axes.length - 1;
  for (let i = best - 1; i >= 0; i--) {
    if (votes(axes[i]!) > votes(axes[best]!)) best = i;
  }
  return axes.length === 0 ? [] : [...axes.filter((_, i) => i !== best), axes[best]!];
}

function join(axes: readonly Axis[], affines: readonly Affine[]): Axis[] {
  const joined: Axis[] = [];
  for (const inner of axes) {
    const outer = joined.at(-1);
    const follows = outer !== undefined &&
      affines.every(({ strides }) => (strides[outer.from] ?? 0) === (strides[inner.from] ?? 0) * inner.size);
    if (follows) joined.pop();
    joined.push(follows ? { size: outer.size * inner.size, from: inner.from } : inner);
  }
  return joined;
}

/**
 * Computes the merged axes of a kernel.
 *
 * @param kernel A kernel whose axes are all non-empty.
 */
export function planAxes(kernel: LoopKernel): Space {
  const { map, reduce, stores } = kernel;
  const nodes = topological(rootsOf(kernel));
  const affines = [...nodes.flatMap(affinesOf), ...stores.map(({ address }) => address)];
  const loads = nodes.flatMap((node) => node.op === "load" ? [node.address] : []);
  const votes = ({ from }: Axis) => {
    const unit = ({ strides }: Affine) => Math.abs(strides[from] ?? 0) === 1;
    return loads.filter(unit).length + STORE_VOTES * stores.filter(({ address }) => unit(address)).length;
  };
  const plan = (sizes: readonly number[], first: number) => {
    const axes = sizes.map((size, i) => ({ size, from: first + i })).filter(({ size }) => size !== 1);
    return join(innermostLast(axes, votes), affines);
  };
  return { map: plan(map, 0), reduce: plan(reduce, map.length) };
}
