/**
 * Tables of layers computed within a program, for coordinates that change from call to call. Offsets are not
 * deduplicated: the number of distinct ones is unknown before the program runs.
 * @module
 */
import {
  arange,
  broadcastTo,
  cast,
  expandDims,
  gather,
  invertIndex,
  less,
  not,
  reshape,
  sub,
  type Tensor,
  where,
} from "@gasp/tensor";
import {
  type CloudTensor,
  type LayerIndices,
  layerIndices,
  type LayerPoints,
  type LayerPointsOptions,
} from "./layer_points.ts";
import type { ConvTables, PoolTables } from "./tables.ts";
import type { TableTree } from "./table_tree.ts";

/**
 * Computes the tables of a PointConv layer.
 *
 * @param inputs Input points.
 * @param indices Points of the layer, from {@link layerIndices}.
 * @param layer Requirements of the layer.
 *
 * @example
 * ```ts
 * import { layerIndices, tracedConvTables } from "@gasp/pointconv";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const inputs = { coordinates: tensor([[0], [1], [10]]), clouds: 1, points: 3 };
 * const layer = { points: 3, neighbours: 2 }, [found] = layerIndices(inputs, [layer]);
 * const { offsets } = tracedConvTables(inputs, found!, layer);
 * assertEquals([...await (await evaluate(offsets)).data()], [0, 1, 0, -1, 0, -9]);
 * ```
 *
 * @category PointConv
 */
export function tracedConvTables(inputs: CloudTensor, indices: LayerIndices, layer: LayerPoints): ConvTables {
  const { neighbours, present } = tablesOf(inputs, indices, layer);
  const [outputs, k] = neighbours.index.shape as [number, number];
  const found = gather(inputs.coordinates, neighbours);
  const offsets = sub(found, expandDims(indices.outputs, 1));
  return { neighbours, offsets: reshape(offsets, [outputs * k, -1]), ...(present && { present }) };
}

/**
 * Computes the tables of a pooling layer.
 *
 * @param inputs Input points.
 * @param indices Points of the layer, from {@link layerIndices}.
 * @param layer Requirements of the layer.
 *
 * @example
 * ```ts
 * import { layerIndices, pointPool, tracedPoolTables } from "@gasp/pointconv";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const inputs = { coordinates: tensor([[0], [1], [10]]), clouds: 1, points: 3 };
 * const layer = { points: 3, neighbours: 2 }, [found] = layerIndices(inputs, [layer]);
 * const pooled = pointPool(tensor([2, 4, 6], [3, 1, 1]), tracedPoolTables(inputs, found!, layer));
 * assertEquals([...await (await evaluate(pooled)).data()], [3, 3, 5]);
 * ```
 *
 * @category PointConv
 */
export function tracedPoolTables(inputs: CloudTensor, indices: LayerIndices, layer: LayerPoints): PoolTables {
  return tablesOf(inputs, indices, layer);
}

/**
 * Computes the tables of a stack of layers, each on the output points of the previous one: {@link layerIndices} and
 * {@link tracedConvTables} per layer. Pooling layers accept them, too.
 *
 * @param inputs Input points of the first layer.
 * @param layers Layers in order.
 * @param options Norm and start.
 * @returns Tables per layer.
 * @throws {RangeError} If a layer requests more points or neighbours than there are.
 *
 * @example Two layers over two clouds of 16 points
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tracedTables } from "@gasp/pointconv";
 * import { normal, randomKey } from "@gasp/tensor";
 *
 * const coordinates = normal(randomKey({ seed: 0, stream: "points", step: 0 }), [2 * 16, 3]);
 * const tables = tracedTables({ coordinates, clouds: 2, points: 16 }, [
 *   { points: 8, neighbours: 4 },
 *   { points: 2, neighbours: 8 },
 * ]);
 * assertEquals(tables.map(({ neighbours }) => neighbours.index.shape), [[16, 4], [4, 8]]);
 * ```
 *
 * @category PointConv
 */
export function tracedTables(
  inputs: CloudTensor,
  layers: readonly LayerPoints[],
  options: LayerPointsOptions = {},
): ConvTables[] {
  let reads = inputs;
  return layerIndices(inputs, layers, options).map((indices, i) => {
    const tables = tracedConvTables(reads, indices, layers[i]!);
    reads = { coordinates: indices.outputs, clouds: inputs.clouds, points: layers[i]!.points };
    return tables;
  });
}

/** Replaces missing neighbours by the centre, and marks them. */
function tablesOf(
  { clouds, points }: CloudTensor,
  { centres, neighbours }: LayerIndices,
  { radius = Infinity }: LayerPoints,
): { neighbours: TableTree; present?: Tensor } {
  const rows = clouds * points;
  if (radius === Infinity) return { neighbours: invertIndex(neighbours, rows) };
  const outputs = neighbours.shape[0]!;
  const missing = less(neighbours, 0);
  const centre = broadcastTo(expandDims(centres ?? arange(outputs), 1), neighbours.shape);
  return {
    neighbours: invertIndex(where(missing, centre, neighbours), rows),
    present: reshape(cast(not(missing), "f32"), [neighbours.size]),
  };
}
