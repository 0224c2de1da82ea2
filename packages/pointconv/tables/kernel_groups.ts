/**
 * Neighbours grouped by offset, so that the materialised kernel of an offset is applied to all of its features in one
 * matrix product, as in sparse convolutions (Choy, Gwak & Savarese, 2019). Offsets with similar counts form a group, in
 * which each has the same number of rows: one batched product per group.
 * @module
 */
import { indexTable } from "@gasp/tensor";
import type { Neighbourhood } from "./neighbourhood.ts";
import type { TableTree } from "./table_tree.ts";

/**
 * Distinct offsets with the same number of rows each.
 *
 * @category PointConv
 */
export type KernelGroup = {
  /** Indices of the distinct offsets, `[offsets]` over all of them. */
  readonly offsets: TableTree;
  /** The input point of each row, `[offsets · rows]`. */
  readonly points: TableTree;
  /**
   * The output point of each row, `[offsets · rows]` over the outputs and one more for padding rows, of offsets with
   * fewer neighbours than rows. The features of padding rows are arbitrary, and their gradient is zero.
   */
  readonly outputs: TableTree;
};

/**
 * Fixed cost of a group in rows per output: it adds to the sums of all outputs. Measured: values from 0.1 to 0.25 make
 * no difference.
 */
const GROUP_COST = 0.2;

/**
 * Groups the neighbours of a layer by offset.
 *
 * @param neighbourhood Points of the layer.
 * @param index Index of the distinct offset of each neighbour, `[outputs · k]`.
 * @param counts Number of occurrences of each distinct offset, at least 1.
 */
export function kernelGroups(
  neighbourhood: Neighbourhood,
  index: Int32Array,
  counts: Float32Array,
): KernelGroup[] {
  const { neighbours, k, centres, inputs } = neighbourhood;
  const points = inputs.clouds * inputs.points, outputs = centres.length;
  // By descending count; ties in order of first occurrence
  const order = Int32Array.from(counts, (_, i) => i).sort((a, b) => counts[b]! - counts[a]! || a - b);
  const { starts, pairs } = pairsByOffset(index, counts);
  return cut(order.map((offset) => counts[offset]!), GROUP_COST * outputs).map(([from, to]) => {
    const offsets = order.subarray(from, to), rows = counts[offsets[0]!]!;
    const pointOf = new Int32Array(offsets.length * rows);
    const outputOf = new Int32Array(offsets.length * rows).fill(outputs);
    offsets.forEach((offset, i) => {
      const start = starts[offset]!, count = counts[offset]!;
      for (let row = 0; row < rows; row++) {
        const pair = pairs[start + (row < count ? row : 0)]!;
        pointOf[i * rows + row] = neighbours[pair]!;
        if (row < count) outputOf[i * rows + row] = Math.floor(pair / k);
      }
    });
    return {
      offsets: indexTable(offsets, [offsets.length], counts.length),
      points: indexTable(pointOf, [pointOf.length], points),
      outputs: indexTable(outputOf, [outputOf.length], outputs + 1),
    };
  });
}

/** Lists the neighbours with each offset, ascending: `pairs[starts[u] .. starts[u] + counts[u]]`. */
function pairsByOffset(
  index: Int32Array,
  counts: Float32Array,
): { starts: Int32Array; pairs: Int32Array } {
  const starts = new Int32Array(counts.length);
  for (let u = 1; u < counts.length; u++) starts[u] = starts[u - 1]! + counts[u - 1]!;
  const next = starts.slice(), pairs = new Int32Array(index.length);
  for (let pair = 0; pair < index.length; pair++) pairs[next[index[pair]!]!++] = pair;
  return { starts, pairs };
}

/**
 * Partitions a descending list of counts into ranges that minimise `Σ (size · largest count + cost of a range)`.
 *
 * @param counts Descending.
 * @param rangeCost Fixed cost of a range.
 * @returns Start and end of each range.
 */
function cut(counts: Int32Array, rangeCost: number): [from: number, to: number][] {
  const places = [...counts.keys()].filter((i) => i === 0 || counts[i] !== counts[i - 1]);
  places.push(counts.length);
  const least = new Float64Array(places.length).fill(Infinity), before = new Int32Array(places.length);
  least[0] = 0;
  for (let end = 1; end < places.length; end++) {
    for (let start = 0; start < end; start++) {
      const size = places[end]! - places[start]!;
      const cost = least[start]! + size * counts[places[start]!]! + rangeCost;
      if (cost < least[end]!) [least[end], before[end]] = [cost, start];
    }
  }
  const ranges: [number, number][] = [];
  for (let end = places.length - 1; end > 0; end = before[end]!) {
    ranges.unshift([places[before[end]!]!, places[end]!]);
  }
  return ranges;
}
