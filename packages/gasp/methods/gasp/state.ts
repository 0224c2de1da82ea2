/**
 * All that training a GASP changes, as one tree of tensors.
 * @module
 */
import { randomSource, type StateDict } from "@gasp/autograd";
import { placeholder, randomNormal, type Shape, sizeOf, type Tensor, tensor, treeMap } from "@gasp/tensor";
import type { FourierConfig, FunctionModel } from "../../model/function_model.ts";
import { hypernetworkShapes } from "../../model/hypernetwork.ts";
import type { GaspModel, GaspTraining } from "./config.ts";
import { openDiscriminator } from "./discriminators/table.ts";

/** Moments of Adam, by the names of the parameters. */
export type Moments = {
  /** Decayed mean of the gradient. */
  readonly m: StateDict;
  /** Decayed mean of its square. */
  readonly v: StateDict;
};

/** State of a training run between two steps. */
export type GaspState = {
  /** Parameters of the hypernetwork, of the shapes of {@link hypernetworkShapes}. */
  readonly generator: StateDict;
  /** Parameters of the discriminator, those that are not trained included. */
  readonly discriminator: StateDict;
  /** Running statistics of the discriminator. */
  readonly statistics: StateDict;
  /** Moments for the generator. */
  readonly generatorAdam: Moments;
  /** Moments for the trained parameters of the discriminator. */
  readonly discriminatorAdam: Moments;
  /** Moving average of the generator, if one is kept. */
  readonly average?: StateDict;
  /** Fixed frequencies of the Fourier features, `[count, coordinateDim]`, if the model has them. */
  readonly frequencies?: Tensor;
};

/** What decides whether a moving average is part of the state. */
export type AverageOptions = Pick<GaspTraining, "emaDecay">;

type Shapes = ReadonlyMap<string, Shape>;

/**
 * The state before the first step, with the initial distributions of the reference: affine maps uniform in ±1/√in, batch
 * norms neutral, frequencies normal. A function of the seed; each tensor has its own stream of random numbers.
 *
 * @param model The networks.
 * @param options Whether a moving average is kept.
 * @param seed Seed of the run.
 *
 * @example
 * ```ts
 * import { asGasp, initialState, resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const { model } = asGasp(resolveRunConfig({ preset: "tiny" }));
 * assertEquals("average" in initialState(model, { emaDecay: null }, 0), false);
 * assertEquals("average" in initialState(model, { emaDecay: 0.99 }, 0), true);
 * ```
 */
export function initialState(model: GaspModel, options: AverageOptions, seed: number): GaspState {
  const hyper = hypernetworkShapes(model),
    { params, statistics, untrained } = openDiscriminator(model).shapes;
  const { generator, frequencies } = initialGenerator(model, seed);
  const isNorm = (name: string) => statistics.has(name.replace(/\.\w+$/, ".running_mean"));
  return {
    generator,
    discriminator: mapShapes(
      params,
      (name, shape) =>
        isNorm(name) ? neutral(name, shape) : drawAffine(params, name, `discriminator ${name}`, seed),
    ),
    statistics: mapShapes(statistics, neutral),
    generatorAdam: noMoments(hyper),
    discriminatorAdam: noMoments(new Map([...params].filter(([name]) => !untrained.has(name)))),
    ...(options.emaDecay === null ? {} : { average: copyOf(generator) }),
    ...(frequencies && { frequencies }),
  };
}

/**
 * The state of {@link initialState} without its elements.
 *
 * @param model The networks.
 * @param options Whether a moving average is kept.
 */
export function abstractState(model: GaspModel, options: AverageOptions): GaspState {
  const hyper = hypernetworkShapes(model),
    { params, statistics, untrained } = openDiscriminator(model).shapes;
  const all = (shapes: Shapes) => mapShapes(shapes, (_, shape) => placeholder(shape));
  const trained = new Map([...params].filter(([name]) => !untrained.has(name)));
  return {
    generator: all(hyper),
    discriminator: all(params),
    statistics: all(statistics),
    generatorAdam: { m: all(hyper), v: all(hyper) },
    discriminatorAdam: { m: all(trained), v: all(trained) },
    ...(options.emaDecay === null ? {} : { average: all(hyper) }),
    ...(model.fourier && { frequencies: placeholder([model.fourier.count, model.coordinateDim]) }),
  };
}

/** The tensors of a function generator. */
export type GeneratorWeights = {
  /** Parameters of the hypernetwork. */
  readonly generator: StateDict;
  /** Frequencies of the Fourier features, if the model has them. */
  readonly frequencies?: Tensor;
};

/**
 * The generator of {@link initialState}, without the rest.
 *
 * @param model The networks.
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
 */
export function initialGenerator(model: FunctionModel, seed: number): GeneratorWeights {
  const hyper = hypernetworkShapes(model);
  return {
    generator: mapShapes(hyper, (name) => drawAffine(hyper, name, `generator ${name}`, seed)),
    ...(model.fourier && { frequencies: drawFrequencies(model, model.fourier, seed) }),
  };
}

function mapShapes(shapes: Shapes, make: (name: string, shape: Shape) => Tensor): StateDict {
  return Object.fromEntries([...shapes].map(([name, shape]) => [name, make(name, shape)]));
}

/** A weight or bias uniform in ±1/√in, where `in` is the size of a row of the weight. */
function drawAffine(shapes: Shapes, name: string, stream: string, seed: number): Tensor {
  const weight = shapes.get(name.replace(/bias$/, "weight"))!;
  const bound = 1 / Math.sqrt(sizeOf(weight.slice(1)));
  return randomSource({ seed, stream }).uniform(shapes.get(name)!, -bound, bound);
}

/** Batch norm that changes nothing yet: scale and variance 1, shift and mean 0. */
function neutral(name: string, shape: Shape): Tensor {
  return constant(shape, name.endsWith(".weight") || name.endsWith(".running_var") ? 1 : 0);
}

function constant(shape: Shape, value: number): Tensor {
  // Zeros that nobody writes take no memory yet
  const zeros = new Float32Array(sizeOf(shape));
  return tensor(value === 0 ? zeros : zeros.fill(value), shape);
}

function noMoments(shapes: Shapes): Moments {
  const zeros = () => mapShapes(shapes, (_, shape) => constant(shape, 0));
  return { m: zeros(), v: zeros() };
}

/** Tensors of their own, since a program that updates in place consumes each once. */
function copyOf(tensors: StateDict): StateDict {
  return treeMap(tensors, ({ storage, shape }, name) => {
    if (storage.kind !== "host") throw new TypeError(`tensor '${name}' lies on a device`);
    return tensor(storage.data.slice(), shape);
  });
}

function drawFrequencies(model: FunctionModel, { count, sigma }: FourierConfig, seed: number): Tensor {
  const shape = [count, model.coordinateDim];
  const normal = randomNormal({ seed, stream: "frequencies", step: 0 }, sizeOf(shape));
  return tensor(normal.map((x) => x * sigma), shape);
}
