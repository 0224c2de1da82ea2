/**
 * The training state of a GASP as one tree of tensors.
 * @module
 */
import { randomSource, type StateDict } from "@gasp/autograd";
import { placeholder, randomNormal, type Shape, sizeOf, type Tensor, tensor, treeMap } from "@gasp/tensor";
import { type FourierConfig, type FunctionModel, LEARNED_FREQUENCIES } from "../../model/function_model.ts";
import { hypernetworkShapes } from "../../model/hypernetwork.ts";
import type { GaspModel, GaspTraining } from "./config.ts";
import { openDiscriminator } from "./discriminators/table.ts";

/**
 * Adam's moments, by parameter name.
 *
 * @category Training methods
 */
export type Moments = {
  /** First moment: moving average of the gradient. */
  readonly m: StateDict;
  /** Second moment: moving average of the squared gradient. */
  readonly v: StateDict;
};

/**
 * State of a training run between two steps.
 *
 * @category Training methods
 */
export type GaspState = {
  /** Parameters of the hypernetwork, with the shapes of {@link hypernetworkShapes}, and `frequencies` B if it is trained. */
  readonly generator: StateDict;
  /** Parameters of the discriminator, including untrained ones. */
  readonly discriminator: StateDict;
  /** Running batch norm statistics of the discriminator. */
  readonly statistics: StateDict;
  /** Adam's moments of the generator. */
  readonly generatorAdam: Moments;
  /** Adam's moments of the discriminator's trained parameters. */
  readonly discriminatorAdam: Moments;
  /** Exponential moving average of the generator, if enabled. */
  readonly ema?: StateDict;
  /** Fixed frequencies B of the Fourier features, `[m, coordinateDim]`, if the model has them. */
  readonly frequencies?: Tensor;
};

/**
 * Determines whether a moving average is part of the state.
 *
 * @category Training methods
 */
export type EmaOptions = Pick<GaspTraining, "emaDecay">;

type Shapes = ReadonlyMap<string, Shape>;

/**
 * Initialises the state with the distributions of the reference code: affine layers uniform in ±1/√fan_in (PyTorch's
 * default), batch norms neutral, frequencies normal. A pure function of the seed; each tensor has its own random stream.
 *
 * @param model Sizes of the networks.
 * @param options Whether to maintain a moving average.
 * @param seed Seed of the run.
 *
 * @example
 * ```ts
 * import { asGasp, initialState, resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const { model } = asGasp(resolveRunConfig({ preset: "tiny" }));
 * assertEquals("ema" in initialState(model, { emaDecay: null }, 0), false);
 * assertEquals("ema" in initialState(model, { emaDecay: 0.99 }, 0), true);
 * ```
 *
 * @category Training methods
 */
export function initialState(model: GaspModel, options: EmaOptions, seed: number): GaspState {
  const hyper = generatorShapes(model),
    { params, statistics, untrained, initial } = openDiscriminator(model).shapes;
  const { generator, frequencies } = initialGenerator(model, seed);
  const isNorm = (name: string) => statistics.has(name.replace(/\.\w+$/, ".running_mean"));
  return {
    generator,
    discriminator: mapShapes(params, (name, shape) => {
      const stream = `discriminator ${name}`, given = initial?.get(name);
      if (given?.kind === "constant") return constant(shape, given.value);
      if (given) return randomSource({ seed, stream }).normal(shape, 0, given.deviation);
      return isNorm(name) ? neutral(name, shape) : drawAffine(params, name, stream, seed);
    }),
    statistics: mapShapes(statistics, neutral),
    generatorAdam: zeroMoments(hyper),
    discriminatorAdam: zeroMoments(new Map([...params].filter(([name]) => !untrained.has(name)))),
    ...(options.emaDecay === null ? {} : { ema: copyOf(generator) }),
    ...(frequencies && { frequencies }),
  };
}

/**
 * Returns the state of {@link initialState} without elements.
 *
 * @param model Sizes of the networks.
 * @param options Whether to maintain a moving average.
 */
export function abstractState(model: GaspModel, options: EmaOptions): GaspState {
  const hyper = generatorShapes(model),
    { params, statistics, untrained } = openDiscriminator(model).shapes;
  const all = (shapes: Shapes) => mapShapes(shapes, (_, shape) => placeholder(shape));
  const trained = new Map([...params].filter(([name]) => !untrained.has(name)));
  return {
    generator: all(hyper),
    discriminator: all(params),
    statistics: all(statistics),
    generatorAdam: { m: all(hyper), v: all(hyper) },
    discriminatorAdam: { m: all(trained), v: all(trained) },
    ...(options.emaDecay === null ? {} : { ema: all(hyper) }),
    ...(model.fourier && !model.fourier.learned &&
      { frequencies: placeholder([model.fourier.count, model.coordinateDim]) }),
  };
}

/**
 * Weights of the function generator.
 *
 * @category Training methods
 */
export type GeneratorWeights = {
  /** Parameters of the hypernetwork, and `frequencies` B if it is trained. */
  readonly generator: StateDict;
  /** Frequencies B of the Fourier features, if the model has them. */
  readonly frequencies?: Tensor;
};

/**
 * Initialises only the generator, with the same weights as {@link initialState}.
 *
 * @param model Sizes of the networks.
 * @param seed Seed of the run.
 *
 * @example
 * ```ts
 * import { asGasp, initialGenerator, resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const { model } = asGasp(resolveRunConfig({ preset: "tiny" }));
 * const { generator } = initialGenerator(model, 0);
 * assertEquals(generator["0.weight"]?.shape[1], model.latentDim);
 * ```
 *
 * @category Training methods
 */
export function initialGenerator(model: FunctionModel, seed: number): GeneratorWeights {
  const hyper = hypernetworkShapes(model);
  const generator = mapShapes(hyper, (name) => drawAffine(hyper, name, `generator ${name}`, seed));
  const frequencies = model.fourier && drawFrequencies(model, model.fourier, seed);
  if (!frequencies) return { generator };
  return model.fourier?.learned
    ? { generator: { ...generator, [LEARNED_FREQUENCIES]: frequencies } }
    : { generator, frequencies };
}

/** Shapes of the trained parameters of the generator: the hypernetwork's, and B if it is trained. */
function generatorShapes(model: FunctionModel): Shapes {
  const { fourier, coordinateDim } = model, shapes = new Map<string, Shape>(hypernetworkShapes(model));
  return fourier?.learned ? shapes.set(LEARNED_FREQUENCIES, [fourier.count, coordinateDim]) : shapes;
}

function mapShapes(shapes: Shapes, build: (name: string, shape: Shape) => Tensor): StateDict {
  return Object.fromEntries([...shapes].map(([name, shape]) => [name, build(name, shape)]));
}

/** A weight or bias uniform in ±1/√fan_in, where fan_in is the row length of the weight. */
function drawAffine(shapes: Shapes, name: string, stream: string, seed: number): Tensor {
  const weight = shapes.get(name.replace(/bias$/, "weight"))!;
  const bound = 1 / Math.sqrt(sizeOf(weight.slice(1)));
  return randomSource({ seed, stream }).uniform(shapes.get(name)!, -bound, bound);
}

/** Neutral batch norm: scale and variance 1, shift and mean 0. */
function neutral(name: string, shape: Shape): Tensor {
  return constant(shape, name.endsWith(".weight") || name.endsWith(".running_var") ? 1 : 0);
}

function constant(shape: Shape, value: number): Tensor {
  // Zero pages are not committed until they are written
  const zeros = new Float32Array(sizeOf(shape));
  return tensor(value === 0 ? zeros : zeros.fill(value), shape);
}

function zeroMoments(shapes: Shapes): Moments {
  const zeros = () => mapShapes(shapes, (_, shape) => constant(shape, 0));
  return { m: zeros(), v: zeros() };
}

/** Copies tensors, since a program that updates in place consumes each of its arguments. */
function copyOf(tensors: StateDict): StateDict {
  return treeMap(tensors, ({ storage, shape }, name) => {
    if (storage.kind !== "host") {
      throw new TypeError(`tensor '${name}' is on a device, expected a host tensor`);
    }
    return tensor(storage.data.slice(), shape);
  });
}

function drawFrequencies(model: FunctionModel, { count, sigma }: FourierConfig, seed: number): Tensor {
  const shape = [count, model.coordinateDim];
  const normal = randomNormal({ seed, stream: "frequencies", step: 0 }, sizeOf(shape));
  return tensor(normal.map((x) => x * sigma), shape);
}
