/**
 * The points of a stack of layers as a graph: the output points of each layer, and their neighbours. It can be
 * evaluated once for fixed coordinates, or be part of a program whose coordinates change from call to call.
 *
 * Different clouds within a batch are concatenated: point p of cloud c is point `c · points + p`.
 * @module
 */
import {
  farthestPointSample,
  gather,
  invertIndex,
  knn,
  reshape,
  rowOffsets,
  slice,
  type Tensor,
} from "@gasp/tensor";

/**
 * Requirements of a layer on its points.
 *
 * @category PointConv
 */
export interface LayerPoints {
  /** Output points per cloud. */
  readonly points: number;
  /** Neighbours per output point, including itself. */
  readonly neighbours: number;
  /** Maximum distance of neighbours, inclusive. Default: `Infinity`. */
  readonly radius?: number;
}

/**
 * Input points of a layer.
 *
 * @category PointConv
 */
export interface CloudTensor {
  /** f32, `[clouds · points, dimension]`. */
  readonly coordinates: Tensor;
  /** 1 if the examples of a batch share their coordinates, else the batch size. */
  readonly clouds: number;
  /** Points per cloud. */
  readonly points: number;
}

/**
 * Options of {@link layerIndices}.
 *
 * @category PointConv
 */
export interface LayerPointsOptions {
  /** Order of the norm, at least 1, or `Infinity`. Default: 2. */
  readonly norm?: number;
  /** Index, within each cloud, of the first sample of farthest-point sampling. Default: 0. */
  readonly start?: number;
}

/**
 * Points of a layer, as indices into the concatenated clouds.
 *
 * @category PointConv
 */
export type LayerIndices = {
  /** i32, `[clouds · points out]`: the input point of each output point; absent for all points in order. */
  readonly centres?: Tensor;
  /** i32, `[clouds · points out, neighbours]`; -1 for missing neighbours. */
  readonly neighbours: Tensor;
  /** f32, `[clouds · points out, dimension]`. */
  readonly outputs: Tensor;
};

/**
 * Finds the points of each layer of a stack: output points by farthest-point sampling (all, in order, if all are
 * requested), and the nearest neighbours of each among the layer's input points. Layers with the same input points
 * share one search.
 *
 * @param inputs Input points of the first layer.
 * @param layers Layers in order.
 * @param options Norm and start.
 * @throws {RangeError} If a layer requests more points or neighbours than there are.
 *
 * @example Neighbours within a program, of points that are an argument
 * ```ts
 * import { layerIndices } from "@gasp/pointconv";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const inputs = { coordinates: tensor([[0], [1], [5]]), clouds: 1, points: 3 };
 * const [found] = layerIndices(inputs, [{ points: 3, neighbours: 2 }]);
 * const neighbours = await evaluate(found!.neighbours);
 * assertEquals([...await neighbours.data()], [0, 1, 1, 0, 2, 1]);
 * ```
 *
 * @category PointConv
 */
export function layerIndices(
  inputs: CloudTensor,
  layers: readonly LayerPoints[],
  options: LayerPointsOptions = {},
): LayerIndices[] {
  const found: LayerIndices[] = [];
  let level = new Level(inputs, layers, options);
  layers.forEach((layer, i) => {
    const indices = level.indices(layer);
    found.push(indices);
    if (indices.centres) {
      const next = { coordinates: indices.outputs, clouds: inputs.clouds, points: layer.points };
      level = new Level(next, layers.slice(i + 1), options);
    }
  });
  return found;
}

/** A set of points, and the layers that read it. */
class Level {
  readonly #inputs: CloudTensor;
  readonly #options: LayerPointsOptions;
  readonly #searches = new Map<number, Tensor>();
  readonly #readers: readonly LayerPoints[];

  /** @param following The layers from the first that reads these points. */
  constructor(inputs: CloudTensor, following: readonly LayerPoints[], options: LayerPointsOptions) {
    this.#inputs = inputs;
    this.#options = options;
    const last = following.findIndex(({ points }) => points !== inputs.points);
    this.#readers = last < 0 ? following : following.slice(0, last + 1);
  }

  indices(layer: LayerPoints): LayerIndices {
    const { coordinates, clouds, points } = this.#inputs;
    checkLayer(layer, points);
    if (layer.points === points) {
      return { neighbours: this.#cut(this.#searchAll(layer), layer), outputs: coordinates };
    }
    const { norm = 2, start = 0 } = this.#options;
    const starts = rowOffsets(clouds, points);
    const centres = reshape(
      farthestPointSample(coordinates, { count: layer.points, norm, start, offsets: starts }),
      [-1],
    );
    const rows = invertIndex(centres, clouds * points);
    const outputs = gather(coordinates, rows);
    const isSearched = this.#readers.some((reader) => reader.points === points && sameRadius(reader, layer));
    const neighbours = isSearched
      ? gather(this.#cut(this.#searchAll(layer), layer), rows)
      : this.#search(outputs, layer.points, layer.neighbours, layer);
    return { centres, neighbours, outputs };
  }

  /** Finds neighbours of every point, the maximum number requested by the layers that read these points. */
  #searchAll(layer: LayerPoints): Tensor {
    const radius = layer.radius ?? Infinity;
    let found = this.#searches.get(radius);
    if (!found) {
      const { coordinates, points } = this.#inputs;
      const alike = this.#readers.filter((reader) => sameRadius(reader, layer));
      const k = Math.max(...alike.map(({ neighbours }) => neighbours));
      this.#searches.set(radius, found = this.#search(coordinates, points, Math.min(k, points), layer));
    }
    return found;
  }

  #search(queries: Tensor, perCloud: number, k: number, { radius = Infinity }: LayerPoints): Tensor {
    const { coordinates, clouds, points } = this.#inputs;
    const starts = rowOffsets(clouds, points), queryStarts = rowOffsets(clouds, perCloud);
    return knn(coordinates, queries, {
      k,
      radius,
      norm: this.#options.norm ?? 2,
      offsets: starts,
      queryOffsets: queryStarts,
    });
  }

  #cut(found: Tensor, { neighbours }: LayerPoints): Tensor {
    return slice(found, [0, 0], [found.shape[0]!, neighbours]);
  }
}

function sameRadius(a: LayerPoints, b: LayerPoints): boolean {
  return (a.radius ?? Infinity) === (b.radius ?? Infinity);
}

function checkLayer({ points: wanted, neighbours }: LayerPoints, points: number): void {
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > points) {
    throw new RangeError(`a layer of ${wanted} points needs at least as many inputs, got ${points}`);
  }
  if (!Number.isInteger(neighbours) || neighbours < 1 || neighbours > points) {
    throw new RangeError(
      `${neighbours} neighbours requested of ${points} points: request an integer from 1 to ${points}`,
    );
  }
}
