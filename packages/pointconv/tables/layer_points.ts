/**
 * The points of a stack of layers as a graph: which points each layer gives, and which each of them reads. It may run by
 * itself, once for coordinates that stay, or inside a program whose coordinates change from call to call.
 *
 * Clouds that differ within a batch are joined into one: point p of cloud c is point `c · points + p`.
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

/** What a layer asks of its points. */
export interface LayerPoints {
  /** Points that the layer gives, of each cloud. */
  readonly points: number;
  /** Neighbours of each of them, itself included. */
  readonly neighbours: number;
  /** Neighbours farther away are left out. Default: `Infinity`. */
  readonly radius?: number;
}

/** Points at which a layer reads. */
export interface CloudTensor {
  /** f32, `[clouds · points, dimension]`. */
  readonly coordinates: Tensor;
  /** 1 where the examples of a batch share their coordinates, else the batch size. */
  readonly clouds: number;
  /** Points of each cloud. */
  readonly points: number;
}

/** How points are found. */
export interface LayerPointsOptions {
  /** Order of the norm, at least 1, or `Infinity`. Default: 2. */
  readonly norm?: number;
  /** Where farthest-point sampling starts in each cloud. Default: point 0. */
  readonly start?: number;
}

/** Points of a layer, in the numbering of the joined clouds. */
export type LayerIndices = {
  /** i32, `[clouds · points out]`: the input point at which each output point lies; absent: all, in order. */
  readonly centres?: Tensor;
  /** i32, `[clouds · points out, neighbours]`; -1 where no more are within the radius. */
  readonly neighbours: Tensor;
  /** f32, `[clouds · points out, dimension]`. */
  readonly outputs: Tensor;
};

/**
 * Finds the points of each layer of a stack: output points by farthest-point sampling (all, in order, if as many are asked
 * for as there are), and the nearest neighbours of each among the layer's input points. Layers that read the same points
 * share one search.
 *
 * @param inputs Points that the first layer reads.
 * @param layers Layers in order.
 * @param options Norm and start.
 * @throws {RangeError} If a layer asks for more points or neighbours than there are.
 *
 * @example Neighbours inside a program, of points that are an argument
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

/** One set of points, and the layers that read it. */
class Level {
  readonly #inputs: CloudTensor;
  readonly #options: LayerPointsOptions;
  readonly #searches = new Map<number, Tensor>();
  readonly #readers: readonly LayerPoints[];

  /** @param following The layers from the first that reads these points on. */
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

  /** Neighbours of every point, as many as any layer that reads these points asks for. */
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
      `${neighbours} neighbours asked of ${points} points; ask for a whole number from 1 to ${points}`,
    );
  }
}
