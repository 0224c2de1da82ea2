/**
 * How the points and terms of a reduction are divided among threads. It depends on shapes only, not on the device, so
 * that a program has one result on one kind of arithmetic.
 * @module
 */
import type { LoopKernel } from "../../ir/kernel.ts";
import type { Space } from "./axes.ts";
import { WORKGROUP } from "./shader.ts";
import { volume } from "./unravel.ts";
import { topological } from "../../ir/rewrite.ts";

/**
 * A point's terms are divided among `lanes` threads of a workgroup, which combine their sums in a tree, and among
 * `splits` workgroups, whose sums a second kernel combines. Neighbouring threads process neighbouring terms of a
 * point (`along: "reduce"`) or the same term of neighbouring points (`along: "map"`).
 */
export interface Tiling {
  readonly lanes: number;
  readonly along: "reduce" | "map";
  readonly splits: number;
}

/** Threads that a large GPU needs to hide the latency of its memory. */
const ENOUGH_THREADS = 1 << 17;
/** Neighbouring threads that should read neighbouring elements: a full cache line. */
const COALESCED = 32;
/** Minimum terms per thread before threads are combined by a tree, or workgroups by a kernel. */
const TERMS_PER_LANE = 8;
const TERMS_PER_SPLIT = 32;
/** Shared memory holds a value per thread and accumulator. */
const MAX_ACCUMULATORS = 8;

const floorPower = (x: number) => 2 ** Math.floor(Math.log2(Math.max(1, x)));
const ceilPower = (x: number) => 2 ** Math.ceil(Math.log2(Math.max(1, x)));

/** Whether more of the summed loads run along the innermost reduce axis than along the innermost map axis. */
function direction(kernel: LoopKernel, { map, reduce }: Space): "reduce" | "map" {
  const inner = reduce.at(-1), outer = map.at(-1);
  if (!inner) return "map";
  if (!outer) return "reduce";
  let votes = 0;
  for (const node of topological(kernel.accumulators.map(({ value }) => value))) {
    if (node.op !== "load") continue;
    const along = Math.abs(node.address.strides[inner.from] ?? 0);
    const across = Math.abs(node.address.strides[outer.from] ?? 0);
    if (along === 1) votes++;
    if (across === 1) votes--;
  }
  return votes > 0 ? "reduce" : "map";
}

/**
 * Chooses a tiling.
 *
 * @param kernel Kernel with at least one point.
 * @param space Its merged axes.
 * @param maySplit Whether a second kernel may be used.
 */
export function chooseTiling(kernel: LoopKernel, space: Space, maySplit: boolean): Tiling {
  const points = volume(space.map.map(({ size }) => size));
  const terms = volume(kernel.reduce);
  const along = direction(kernel, space);
  const one: Tiling = { lanes: 1, along: "map", splits: 1 };
  if (kernel.accumulators.length === 0 || terms <= TERMS_PER_LANE) return one;
  if (kernel.accumulators.length > MAX_ACCUMULATORS) return one;
  const uniform = kernel.accumulators.every(({ dtype }) => dtype === kernel.accumulators[0]?.dtype);

  const width = Math.min(COALESCED, ceilPower(space.map.at(-1)?.size ?? 1));
  const most = along === "reduce" ? WORKGROUP : WORKGROUP / width;
  let lanes = along === "reduce" ? Math.min(COALESCED, floorPower(terms / 4)) : 1;
  while (points * lanes < ENOUGH_THREADS && lanes < most && terms / lanes >= 2 * TERMS_PER_LANE) lanes *= 2;

  const groups = Math.ceil(points / (WORKGROUP / lanes));
  const wanted = Math.ceil(ENOUGH_THREADS / (groups * WORKGROUP));
  const possible = Math.floor(terms / (lanes * TERMS_PER_SPLIT));
  const splits = maySplit && uniform ? Math.max(1, Math.min(wanted, possible)) : 1;
  return lanes === 1 && splits === 1 ? one : { lanes, along, splits };
}
