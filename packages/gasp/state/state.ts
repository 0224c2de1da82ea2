/**
 * All that training changes, as one tree of tensors.
 * @module
 */
import type { StateDict } from "@gasp/autograd";
import { type Shape, sizeOf, type Tensor, tensor } from "@gasp/tensor";
import { randomNormal, randomUniform } from "@gasp/tensor";
import { discriminatorShapes } from "../model/discriminator_shapes.ts";
import { hypernetworkShapes } from "../model/hypernetwork.ts";
import type { ModelConfig, TrainOptions } from "../config/model_config.ts";

/** Moments of Adam, by the names of the parameters. */
export type Moments = {
  /** Decayed mean of the gradient. */
  readonly m: StateDict;
  /** Decayed mean of its square. */
  readonly v: StateDict;
};

/** State of a training run between two steps. */
export type TrainingState = {
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

/**
 * The state before the first step, with the initial distributions of the reference: affine maps uniform in ±1/√in, batch
 * norms neutral, frequencies normal. A function of the seed; each tensor has its own stream of random numbers.
 *
 * @param model The networks.
 * @param options Whether a moving average is kept.
 * @param seed Seed of the run.
 */
export function initialState(
  model: ModelConfig,
  options: Pick<TrainOptions, "averageDecay">,
  seed: number,
): TrainingState {
  const hyper = hypernetworkShapes(model), { params, statistics, untrained } = discriminatorShapes(model);
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
    ...(options.averageDecay === null ? {} : { average: copyOf(generator) }),
    ...(frequencies && { frequencies }),
  };
}

/**
 * The generator of {@link initialState}, without the rest.
 *
 * @param model The networks.
 * @param seed Seed of the run.
 *
 * @example
 * ```ts
 * import { initialGenerator, resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const { model } = resolveRunConfig({ preset: "tiny" });
 * const { generator } = initialGenerator(model, 0);
 * assertEquals(generator["0.weight"]?.shape[1], model.latentDim);
 * ```
 */
export function initialGenerator(
  model: ModelConfig,
  seed: number,
): { readonly generator: StateDict; readonly frequencies: Tensor | undefined } {
  const hyper = hypernetworkShapes(model);
  return {
    generator: mapShapes(hyper, (name) => drawAffine(hyper, name, `generator ${name}`, seed)),
    frequencies: model.fourier ? drawFrequencies(model, model.fourier, seed) : undefined,
  };
}

type Shapes = ReadonlyMap<string, Shape>;

function mapShapes(shapes: Shapes, make: (name: string, shape: Shape) => Tensor): StateDict {
  return Object.fromEntries([...shapes].map(([name, shape]) => [name, make(name, shape)]));
}

/** A weight or bias uniform in ±1/√in, where `in` is the size of a row of the weight. */
function drawAffine(shapes: Shapes, name: string, stream: string, seed: number): Tensor {
  const shape = shapes.get(name)!, weight = shapes.get(name.replace(/bias$/, "weight"))!;
  const bound = 1 / Math.sqrt(sizeOf(weight.slice(1)));
  return tensor(randomUniform({ seed, stream, step: 0 }, sizeOf(shape), -bound, bound), shape);
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
  const entries = Object.entries(tensors).map(([name, value]) => {
    const { storage } = value;
    if (storage.kind !== "host") throw new TypeError(`tensor '${name}' lies on a device`);
    return [name, tensor(storage.data.slice(), value.shape)] as const;
  });
  return Object.fromEntries(entries);
}

function drawFrequencies(
  model: ModelConfig,
  { count, sigma }: NonNullable<ModelConfig["fourier"]>,
  seed: number,
): Tensor {
  const shape = [count, model.coordinateDim];
  const normal = randomNormal({ seed, stream: "frequencies", step: 0 }, sizeOf(shape));
  return tensor(normal.map((x) => x * sigma), shape);
}
