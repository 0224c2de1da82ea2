/**
 * The tables of a layer: everything that depends on its coordinates only, built once on the host and reused by every
 * call. They are trees of tensors, so a program may accept them as arguments or close over them as constants.
 * @module
 */
import { indexTable, type Tensor, tensor } from "@gasp/tensor";
import { distinctRows } from "./distinct_rows.ts";
import { type KernelGroup, kernelGroups } from "./kernel_groups.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import type { TableTree } from "./table_tree.ts";

/**
 * Distinct offsets and their uses.
 *
 * @category PointConv
 */
export type DistinctOffsets = {
  /** Index of the distinct offset of each neighbour, `[outputs · k]`. */
  readonly table: TableTree;
  /** f32, `[distinct]`: number of occurrences of each. */
  readonly counts: Tensor;
};

/**
 * Tables of a PointConv layer.
 *
 * @category PointConv
 */
export type ConvTables = {
  /** `[outputs, k]` over the input points. */
  readonly neighbours: TableTree;
  /** f32, `[distinct, dimension]`, or `[outputs · k, dimension]` if nearly all differ: neighbour minus centre. */
  readonly offsets: Tensor;
  /** Absent if `offsets` holds every offset in order. */
  readonly distinct?: DistinctOffsets;
  /** Neighbours grouped by distinct offset, where materialising kernels may pay off. */
  readonly groups?: readonly KernelGroup[];
  /** f32, `[outputs · k]`: 1 for a neighbour, 0 for one beyond the radius. Absent if none is missing. */
  readonly present?: Tensor;
};

/**
 * Tables of a pooling layer.
 *
 * @category PointConv
 */
export type PoolTables = {
  /** `[outputs, k]` over the input points. */
  readonly neighbours: TableTree;
  /** f32, `[outputs · k]`: 1 for a neighbour, 0 for one beyond the radius. Absent if none is missing. */
  readonly present?: Tensor;
};

/**
 * Options of {@link convTables}.
 *
 * @category PointConv
 */
export interface ConvTableOptions {
  /**
   * Offsets are deduplicated if the distinct ones are less than this fraction of all; 0 never deduplicates, 1 almost
   * always does. Default: 0.7.
   */
  readonly distinctBelow?: number;
  /**
   * The number of distinct offsets is padded to a multiple of this with unused offsets, so that tables of different
   * random subsets of points have the same shapes and share a program. There are then no groups, whose shapes depend on
   * the counts of offsets. Default: 1.
   */
  readonly distinctMultiple?: number;
}

/**
 * Builds the tables of a PointConv layer. The weight net is evaluated once per distinct offset (compared bitwise), and
 * batch norm weights each by its count: exact, and on grids a thousand times less work.
 *
 * @param neighbourhood Points of the layer.
 * @param options Deduplication of offsets.
 *
 * @example Nine neighbours of each point of a grid have few distinct offsets
 * ```ts
 * import { convTables, findNeighbourhoods, pointSet } from "@gasp/pointconv";
 * import { reference } from "@gasp/tensor";
 * import { assert } from "@std/assert";
 *
 * const coordinates = Float32Array.from({ length: 2 * 64 }, (_, i) => i % 2 ? (i >> 1) % 8 : i >> 4);
 * const layer = { points: 64, neighbours: 9 };
 * const [found] = await findNeighbourhoods(pointSet(coordinates, [64, 2]), [layer], { device: reference });
 * const { offsets } = convTables(found!);
 * assert(offsets.shape[0]! < 64 * 9 / 4);
 * ```
 *
 * @category PointConv
 */
export function convTables(neighbourhood: Neighbourhood, options: ConvTableOptions = {}): ConvTables {
  const { distinctBelow = 0.7, distinctMultiple = 1 } = options;
  const { neighbours, present } = poolTables(neighbourhood);
  const { dimension } = neighbourhood.inputs;
  const offsets = offsetsOf(neighbourhood);
  const total = neighbourhood.neighbours.length;
  const { rows, index, counts } = distinctRows(offsets, dimension);
  const tables = { neighbours, ...(present && { present }) };
  if (counts.length >= distinctBelow * total) {
    return { ...tables, offsets: tensor(offsets, [total, dimension]) };
  }
  neighbourhood.present?.forEach((isThere, i) => counts[index[i]!]! -= 1 - isThere);
  const kept = Math.ceil(counts.length / distinctMultiple) * distinctMultiple;
  const isGrouped = distinctMultiple === 1 && !present;
  return {
    ...tables,
    offsets: tensor(padded(rows, kept * dimension), [kept, dimension]),
    distinct: { table: indexTable(index, [total], kept), counts: tensor(padded(counts, kept)) },
    ...(isGrouped && { groups: kernelGroups(neighbourhood, index, counts) }),
  };
}

/**
 * Counts the distinct offsets of a layer, compared bitwise.
 *
 * @param neighbourhood Points of the layer.
 *
 * @example
 * ```ts
 * import { countDistinctOffsets, findNeighbourhoods, pointSet } from "@gasp/pointconv";
 * import { reference } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const points = pointSet(Float32Array.of(0, 1, 2, 3), [4, 1]), layer = { points: 4, neighbours: 2 };
 * const [found] = await findNeighbourhoods(points, [layer], { device: reference });
 * assertEquals(countDistinctOffsets(found!), 3); // -1, 0 and 1
 * ```
 *
 * @category PointConv
 */
export function countDistinctOffsets(neighbourhood: Neighbourhood): number {
  return distinctRows(offsetsOf(neighbourhood), neighbourhood.inputs.dimension).counts.length;
}

/**
 * Builds the tables of a pooling layer.
 *
 * @param neighbourhood Points of the layer.
 *
 * @example
 * ```ts
 * import { findNeighbourhoods, pointPool, pointSet, poolTables } from "@gasp/pointconv";
 * import { evaluate, reference, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const points = pointSet(Float32Array.of(0, 1, 10, 11), [4, 1]), layer = { points: 2, neighbours: 2 };
 * const [found] = await findNeighbourhoods(points, [layer], { device: reference });
 * const pooled = pointPool(tensor([1, 3, 5, 7], [4, 1, 1]), poolTables(found!));
 * assertEquals([...await (await evaluate(pooled)).data()], [2, 6]);
 * ```
 *
 * @category PointConv
 */
export function poolTables({ neighbours, present, k, inputs, outputs }: Neighbourhood): PoolTables {
  const shape = [outputs.clouds * outputs.points, k];
  return {
    neighbours: indexTable(neighbours, shape, inputs.clouds * inputs.points),
    ...(present && { present: tensor(present) }),
  };
}

/** Computes neighbour minus centre in float32, `[outputs · k, dimension]`. */
function offsetsOf({ centres, neighbours, k, inputs }: Neighbourhood): Float32Array {
  const { coordinates, dimension } = inputs;
  const offsets = new Float32Array(neighbours.length * dimension);
  let pair = 0, to = 0;
  for (let output = 0; output < centres.length; output++) {
    const centre = centres[output]! * dimension;
    for (let j = 0; j < k; j++) {
      const neighbour = neighbours[pair++]! * dimension;
      for (let axis = 0; axis < dimension; axis++) {
        offsets[to++] = coordinates[neighbour + axis]! - coordinates[centre + axis]!;
      }
    }
  }
  return offsets;
}

function padded(values: Float32Array, length: number): Float32Array {
  if (values.length === length) return values;
  const result = new Float32Array(length);
  result.set(values);
  return result;
}
