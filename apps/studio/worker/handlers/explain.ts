/**
 * Requests for the inside of a model: the weights that the hypernetwork makes, the units of the function network, Fourier
 * frequencies, and the points that the discriminator reads.
 *
 * @module
 */
import { atResolution, displayCoordinates } from "@gasp/datasets/display";
import type { FunctionLayers } from "@gasp/gasp";
import { sampleForDisplay, UserError } from "@gasp/gasp/sample";
import { compile, type Compiled, disposeTree, evaluate, type Tensor, tensor, type Tree } from "@gasp/tensor";
import type { Handler } from "../../rpc/protocol.ts";
import { computeDevice } from "../core/device.ts";
import { modelOf, type OpenModel } from "../core/models.ts";
import { picturesOf } from "../core/draw.ts";
import { planeOf } from "../core/plane.ts";
import { type Pictures, picturesOfValues } from "../core/rgba.ts";

/** A layer of a function network. */
export interface LayerWeights {
  /** Outputs. */
  readonly rows: number;
  /** Inputs. */
  readonly columns: number;
  /** `[rows, columns]`. */
  readonly weight: Float32Array;
}

/** The weights of the layers of the function of a latent. */
export const functionWeights: Handler<
  { readonly ref: string; readonly latent: Float32Array },
  readonly LayerWeights[]
> = async ({ ref, latent }) => {
  const layers = await layersOf(await modelOf(ref), latent);
  const read = ({ weight }: FunctionLayers[number]): Promise<LayerWeights> => {
    const [, rows = 1, columns = 1] = weight.shape;
    return weight.data().then((data) => ({ rows, columns, weight: Float32Array.from(data) }));
  };
  const weights = await Promise.all(layers.map(read));
  disposeTree(layers);
  return weights;
};

/** Units of a hidden layer as functions of the coordinates. */
export interface UnitsRequest {
  /** Reference of an open model. */
  readonly ref: string;
  /** `[latentDim]`. */
  readonly latent: Float32Array;
  /** Rows of a picture. */
  readonly resolution: number;
  /** How many units of each hidden layer. */
  readonly count: number;
}

/** Draws the first units of each hidden layer, tanh of their inputs; dark is negative. */
export const units: Handler<UnitsRequest, readonly Pictures[]> = async (
  { ref, latent, resolution, count },
  call,
) => {
  const model = await modelOf(ref), plane = planeOf(model.info.display, resolution);
  const layers = await layersOf(model, latent), { sampler: { generator }, weights } = model;
  const shared = generator.shared(weights), size = plane.coordinates.length / generator.coordinateDim;
  const points = tensor(plane.coordinates, [size, generator.coordinateDim]);
  const results = await unitsProgram(model, await computeDevice())(layers, shared, points) as Tensor[];
  const pictures = await Promise.all(results.map(async (values) => {
    const shown = picturesOfValues(leading(await values.data(), values.shape[2]!, count), {
      ...plane,
      channels: 1,
    });
    call.transfer(shown.pixels.buffer);
    return shown;
  }));
  disposeTree(results);
  disposeTree(layers);
  return pictures;
};

/** Moves the first channels of `[points, channels]` to the front: `[count, points]`. */
function leading(values: ArrayLike<number>, channels: number, count: number): Float32Array {
  const points = values.length / channels, shown = Math.min(count, channels);
  return Float32Array.from(
    { length: shown * points },
    (_, i) => values[i % points * channels + Math.floor(i / points)]!,
  );
}

type UnitsProgram = Compiled<[Tree, Tree, Tensor], Tree>;
const unitPrograms = new WeakMap<OpenModel, UnitsProgram>();

/** The program that evaluates every hidden layer: the network cut off after it. */
function unitsProgram(model: OpenModel, device: Awaited<ReturnType<typeof computeDevice>>): UnitsProgram {
  let program = unitPrograms.get(model);
  if (program === undefined) {
    const { generator } = model.sampler;
    program = compile((layers: Tree, shared: Tree, points: Tensor): Tree => {
      const all = layers as FunctionLayers, encoding = generator.encode(shared, points);
      return all.slice(1).map((_, i) => generator.evaluate(all.slice(0, i + 1), encoding, shared));
    }, { device });
    unitPrograms.set(model, program);
  }
  return program;
}

/** The frequencies B of the Fourier features, `[count, coordinateDim]`, lowest first; empty without Fourier features. */
export const frequencies: Handler<{ readonly ref: string }, Float32Array> = async ({ ref }) => {
  const { info: { coordinateDim }, frequencies } = await fourierOf(ref);
  if (!frequencies) return new Float32Array();
  const rows = orderOf(frequencies, coordinateDim).map((row) => [...rowOf(frequencies, row, coordinateDim)]);
  return Float32Array.from(rows.flat());
};

/** Draws the cosines of the lowest frequencies over the plane of the samples. */
export const waves: Handler<
  { readonly ref: string; readonly resolution: number; readonly count: number },
  Pictures
> = async ({ ref, resolution, count }, call) => {
  const { info: { display, coordinateDim }, frequencies } = await fourierOf(ref);
  if (!frequencies) throw new UserError("this model has no Fourier features");
  const plane = planeOf(display, resolution), size = plane.height * plane.width;
  const values = orderOf(frequencies, coordinateDim).slice(0, count).flatMap((row) => {
    const wave = rowOf(frequencies, row, coordinateDim);
    return Array.from({ length: size }, (_, point) => {
      const at = rowOf(plane.coordinates, point, coordinateDim);
      return Math.cos(2 * Math.PI * wave.reduce((sum, frequency, axis) => sum + frequency * at[axis]!, 0));
    });
  });
  const pictures = picturesOfValues(values, { ...plane, channels: 1 });
  call.transfer(pictures.pixels.buffer);
  return pictures;
};

/** Pictures of latents when only the lowest frequencies are kept. */
export const withoutFrequencies: Handler<
  {
    readonly ref: string;
    readonly latents: Float32Array;
    readonly resolution: number;
    /** How many of the lowest frequencies remain. */
    readonly keep: number;
  },
  Pictures
> = async ({ ref, latents, resolution, keep }, call) => {
  const { info, sampler, weights, frequencies } = await fourierOf(ref), { coordinateDim, display } = info;
  if (!frequencies) throw new UserError("this model has no Fourier features");
  // A frequency of 0 makes its two features constant, which removes what they tell of the point.
  const masked = frequencies.slice();
  for (const row of orderOf(frequencies, coordinateDim).slice(keep)) {
    rowOf(masked, row, coordinateDim).fill(0);
  }
  const changed = withFrequencies(weights, tensor(masked, [masked.length / coordinateDim, coordinateDim]));
  const samples = await sampleForDisplay(sampler, changed, { latents, display, resolution });
  const pictures = await picturesOf(samples);
  call.transfer(pictures.pixels.buffer);
  return pictures;
};

/** A layer of the discriminator: its points and which points of the layer before each one reads. */
export interface LayerPoints {
  /** `conv` or `pool`. */
  readonly kind: string;
  /** Channels after the layer; a pooling layer keeps those before it. */
  readonly channels?: number;
  /** Points that the layer reads, in the unit square of the picture: right and down, `[inputs, 2]`. */
  readonly inputs: Float32Array;
  /** Points that it returns, `[outputs, 2]`. */
  readonly outputs: Float32Array;
  /** Indices of inputs, `[outputs, neighbours]`. */
  readonly neighbours: Int32Array;
}

/** The points of every layer of the discriminator on the grid of the training data. */
export const discriminatorPoints: Handler<{ readonly ref: string }, readonly LayerPoints[]> = async (
  { ref },
) => {
  const { info: { display, config, coordinateDim } } = await modelOf(ref);
  const discriminator = discriminatorOf(config), resolution = Number(config?.["resolution"]);
  if (!discriminator || !(resolution >= 2) || display.kind === "curve" || display.kind === "cloud") {
    throw new UserError(
      "the file of this model does not describe a discriminator that reads points of a plane",
    );
  }
  const grid = displayCoordinates(atResolution(display, resolution));
  const { findNeighbourhoods, pointSet } = await import("@gasp/pointconv");
  const points = pointSet(grid, [grid.length / coordinateDim, coordinateDim]);
  const { layers, norm } = discriminator;
  const found = await findNeighbourhoods(points, layers, { norm, device: await computeDevice() });
  return found.map(({ inputs, outputs, neighbours }, i) => {
    const { kind, channels } = layers[i]!;
    return {
      kind,
      ...(channels !== undefined && { channels }),
      inputs: onPicture(inputs.coordinates, display.kind, coordinateDim),
      outputs: onPicture(outputs.coordinates, display.kind, coordinateDim),
      neighbours,
    };
  });
};

/** A PointConv discriminator, as configurations have it. */
interface Discriminator {
  readonly norm: number;
  readonly layers: readonly {
    readonly kind: string;
    readonly channels?: number;
    readonly points: number;
    readonly neighbours: number;
  }[];
}

function discriminatorOf(config: Readonly<Record<string, unknown>> | undefined): Discriminator | undefined {
  const { discriminator } = (config?.["model"] ?? {}) as {
    readonly discriminator?: Discriminator & { kind: string };
  };
  return discriminator?.kind === "pointconv" ? discriminator : undefined;
}

/** Places points on the picture of their kind: images have rows first, maps begin at 180° west, shapes are seen from the front. */
function onPicture(
  points: Float32Array,
  kind: "image" | "sphere" | "volume",
  dimension: number,
): Float32Array {
  const place = (at: readonly number[]): [number, number] => {
    const [a = 0, b = 0, c = 0] = at;
    if (kind === "image") return [(b + 1) / 2, (a + 1) / 2];
    if (kind === "volume") return [(a + 1) / 2, (1 - c) / 2];
    return [(Math.atan2(b, a) / Math.PI + 1) / 2, Math.acos(Math.max(-1, Math.min(1, c))) / Math.PI];
  };
  const placed = new Float32Array(2 * points.length / dimension);
  for (let i = 0; i < points.length / dimension; i++) {
    placed.set(place([...points.subarray(i * dimension, (i + 1) * dimension)]), 2 * i);
  }
  return placed;
}

/** Computes the layers of the function of a latent, on the device. */
async function layersOf(
  { sampler: { generator }, weights }: OpenModel,
  latent: Float32Array,
): Promise<FunctionLayers> {
  const functions = generator.functions(weights, tensor(latent, [1, latent.length]));
  const isLayers = Array.isArray(functions) &&
    functions.every((layer) => "weight" in layer && "bias" in layer);
  if (!isLayers) {
    throw new UserError(
      "this model was trained by another method than GASP: it has no hypernetwork to look into",
    );
  }
  return await evaluate(functions, await computeDevice()) as FunctionLayers;
}

/** Parts of the weights that may hold the frequencies: fixed ones, or trained ones. */
type FourierWeights = {
  readonly frequencies?: Tensor;
  readonly generator?: { readonly frequencies?: Tensor };
};

async function fourierOf(ref: string) {
  const model = await modelOf(ref), weights = model.opened.weights as FourierWeights;
  const frequencies = weights.frequencies ?? weights.generator?.frequencies;
  return { ...model, frequencies: frequencies && Float32Array.from(await frequencies.data()) };
}

function withFrequencies(weights: Tree, frequencies: Tensor): Tree {
  const { generator } = weights as FourierWeights;
  if (generator?.frequencies === undefined) return { ...weights as object, frequencies };
  return { ...weights as object, generator: { ...generator, frequencies } } as Tree;
}

function rowOf(values: Float32Array, row: number, width: number): Float32Array {
  return values.subarray(row * width, (row + 1) * width);
}

/** Indices of the frequencies, the lowest first. */
function orderOf(frequencies: Float32Array, width: number): number[] {
  const norm = (row: number) => Math.hypot(...rowOf(frequencies, row, width));
  return Array.from({ length: frequencies.length / width }, (_, i) => i).sort((a, b) => norm(a) - norm(b));
}
