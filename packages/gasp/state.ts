/**
 * All that training changes, as one tree of tensors.
 * @module
 */
import type { NamedTensors } from "@gasp/pointconv";
import { type Shape, sizeOf, type Tensor, tensor } from "@gasp/tensor";
import { randomNormal, randomUniform } from "@gasp/tensor";
import { discriminatorShapes } from "./discriminator_shapes.ts";
import { hypernetworkShapes } from "./hypernetwork.ts";
import type { ModelConfig, TrainOptions } from "./model_config.ts";

/** Moments of Adam, by the names of the parameters. */
export type Moments = {
  /** Decayed mean of the gradient. */
  readonly m: NamedTensors;
  /** Decayed mean of its square. */
  readonly v: NamedTensors;
};

/** State of a training run between two steps. */
export type TrainingState = {
  /** Parameters of the hypernetwork, of the shapes of {@link hypernetworkShapes}. */
  readonly generator: NamedTensors;
  /** Parameters of the discriminator, those that are not trained included. */
  readonly discriminator: NamedTensors;
  /** Running statistics of the discriminator. */
  readonly statistics: NamedTensors;
  /** Moments for the generator. */
  readonly generatorAdam: Moments;
  /** Moments for the trained parameters of the discriminator. */
  readonly discriminatorAdam: Moments;
  /** Moving average of the generator, if one is kept. */
  readonly average?: NamedTensors;
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
  const shapes = discriminatorShapes(model), hyper = hypernetworkShapes(model);
  const generator = initAffine(hyper, (name) => uniform(seed, `generator ${name}`));
  const norms = new Set([...shapes.statistics.keys()].map((name) => name.replace(/\.running_\w+$/, "")));
  const isNorm = (name: string) => norms.has(name.replace(/\.\w+$/, ""));
  const affine = new Map([...shapes.params].filter(([name]) => !isNorm(name)));
  const neutral = [...shapes.params, ...shapes.statistics].filter(([name]) => isNorm(name));
  const filled = Object.fromEntries(
    neutral.map(([name, shape]) => [name, constant(shape, neutralValue(name))]),
  );
  const pick = (names: Iterable<string>, from: NamedTensors) =>
    Object.fromEntries([...names].map((name) => [name, from[name]!]));
  const discriminator = pick(shapes.params.keys(), {
    ...filled,
    ...initAffine(affine, (name) => uniform(seed, `discriminator ${name}`)),
  });
  const trained = [...shapes.params].filter(([name]) => !shapes.untrained.has(name));
  return {
    generator,
    discriminator,
    statistics: pick(shapes.statistics.keys(), filled),
    generatorAdam: noMoments(hyper),
    discriminatorAdam: noMoments(trained),
    ...(options.averageDecay === null ? {} : { average: copyOf(generator) }),
    ...(model.fourier ? { frequencies: drawFrequencies(model, model.fourier, seed) } : {}),
  };
}

type Draw = (shape: Shape, bound: number) => Tensor;

function uniform(seed: number, stream: string): Draw {
  return (shape, bound) =>
    tensor(randomUniform({ seed, stream, step: 0 }, sizeOf(shape), -bound, bound), shape);
}

/** Weights and biases uniform in ±1/√in, where `in` is the size of a row of the weight. */
function initAffine(shapes: ReadonlyMap<string, Shape>, source: (name: string) => Draw): NamedTensors {
  const entries = [...shapes].map(([name, shape]) => {
    const weight = shapes.get(name.replace(/bias$/, "weight"))!;
    return [name, source(name)(shape, 1 / Math.sqrt(sizeOf(weight.slice(1))))] as const;
  });
  return Object.fromEntries(entries);
}

/** Scale and variance 1, shift and mean 0. */
function neutralValue(name: string): number {
  return name.endsWith(".weight") || name.endsWith(".running_var") ? 1 : 0;
}

function constant(shape: Shape, value: number): Tensor {
  return tensor(new Float32Array(sizeOf(shape)).fill(value), shape);
}

function noMoments(shapes: Iterable<readonly [string, Shape]>): Moments {
  const names = [...shapes];
  const zero = () => Object.fromEntries(names.map(([name, shape]) => [name, constant(shape, 0)]));
  return { m: zero(), v: zero() };
}

/** Tensors of their own, since a program that updates in place consumes each once. */
function copyOf(tensors: NamedTensors): NamedTensors {
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
