/**
 * Gradient descent through the generator as a program: one step of Adam for many latents at once, which keeps the best
 * latent that each of them has met.
 * @module
 */
import { type AdamStepSizes, adamStepSizes, adamUpdate, type Betas, valueAndGrad } from "@gasp/autograd";
import {
  add,
  broadcastTo,
  compile,
  type Device,
  disposeTree,
  evaluate,
  expandDims,
  less,
  mul,
  randomNormal,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  type Tree,
  where,
} from "@gasp/tensor";
import type { FunctionGenerator } from "../methods/core/function_generator.ts";
import type { Observations } from "./observations.ts";

/**
 * How latents are searched for.
 *
 * @category Exploration
 */
export interface FitOptions {
  /** Steps of gradient descent. Default: that of {@link FIT_DEFAULTS}, as of all numbers here. */
  readonly steps?: number;
  /** Starting points of each function. */
  readonly restarts?: number;
  /** Learning rate of the first step; it falls to nothing as half a cosine. */
  readonly learningRate?: number;
  /** How far features may be off, by errors of measurement and of the generator. */
  readonly noise?: number;
  /** Seed of the starting points. */
  readonly seed?: number;
  /** Called after each step with the share of all work that is done, from 0 to 1. */
  readonly onProgress?: (part: number) => void;
}

/**
 * What {@link FitOptions} are where they are left out.
 *
 * @category Exploration
 */
export const FIT_DEFAULTS: Readonly<Required<Omit<FitOptions, "onProgress">>> = {
  steps: 300,
  restarts: 8,
  learningRate: 0.1,
  noise: 0.2,
  seed: 0,
};

/**
 * A generator, and how latents of it are searched for.
 *
 * @category Exploration
 */
export interface SearchRequest extends FitOptions {
  /** The generator. */
  readonly generator: FunctionGenerator;
  /** Its weights; faster if placed on the device. */
  readonly weights: Tree;
  /** Where to compute. */
  readonly device: Device;
}

const BETAS: Betas = [0.9, 0.999];

type SearchState = {
  /** Latents, `[targets · restarts, latentDim]`, and Adam's moments. */
  readonly latents: Tensor;
  readonly m: Tensor;
  readonly v: Tensor;
  /** The latents of least loss so far, and that loss `[targets · restarts]`. */
  readonly best: Tensor;
  readonly least: Tensor;
};

type Known = {
  /** `[points, in]` or `[targets, points, in]`. */
  readonly encoding: Tensor;
  /** `[targets, points, featureDim]`. */
  readonly features: Tensor;
  /** Of each squared difference; over points and features of a function they add up to 1. `[targets, points]`. */
  readonly weights: Tensor;
};

/** A compiled search. */
export interface LatentSearch {
  /**
   * Searches from fresh starting points.
   *
   * @param observations What is known of some functions.
   * @param first Number of the first of them among all, which decides where it starts.
   * @param onStep Called after each step with its number, from 1.
   * @returns The best latents, `[targets, restarts, latentDim]`, and their losses.
   */
  run(
    observations: Observations,
    first: number,
    onStep: (step: number) => void,
  ): Promise<{ readonly latents: Float32Array; readonly losses: Float32Array }>;
  /** Frees the program. */
  release(): void;
}

/**
 * Makes the program of a search; it is the same for all chunks of functions of one size.
 *
 * @param request The generator and how to search.
 */
export function compileSearch(request: SearchRequest): LatentSearch {
  const { generator, weights, device, steps, restarts, learningRate, noise, seed } = {
    ...FIT_DEFAULTS,
    ...request,
  };
  const step = compile(
    (weights: Tree, state: SearchState, known: Known, scalars: AdamStepSizes): SearchState => {
      const losses = valueAndGrad((latents: Tensor) => {
        const each = lossOfEach(generator, weights, latents, known, noise);
        return [sum(each), each] as const;
      }, { hasAux: true });
      const { aux: each, gradient } = losses(state.latents);
      const isBetter = less(each, state.least);
      const next = adamUpdate(state.latents, gradient, state.m, state.v, scalars, { betas: BETAS });
      return {
        latents: next.param,
        m: next.m,
        v: next.v,
        best: where(expandDims(isBetter, 1), state.latents, state.best),
        least: where(isBetter, each, state.least),
      };
    },
    { device, donateArgnums: [1] },
  );
  return {
    async run(observations, first, onStep) {
      const known = await evaluate(knownOf(observations, generator, weights), device);
      let state = startingPoints(
        seed,
        first * restarts,
        observations.targets * restarts,
        generator.latentDim,
      );
      try {
        // One step more than asked for, since a step computes the loss before it
        for (let i = 0; i <= steps; i++) {
          const rate = learningRate * (1 + Math.cos(Math.PI * i / steps)) / 2;
          state = await step(weights, state, known, adamStepSizes(i + 1, rate, BETAS));
          onStep(Math.min(i + 1, steps));
        }
        return {
          latents: Float32Array.from(await state.best.data()),
          losses: Float32Array.from(await state.least.data()),
        };
      } finally {
        disposeTree({ state, known });
      }
    },
    release: () => step.release(),
  };
}

/** Loss of each latent, `[targets · restarts]`. */
function lossOfEach(
  generator: FunctionGenerator,
  generatorWeights: Tree,
  latents: Tensor,
  { encoding, features, weights }: Known,
  noise: number,
): Tensor {
  const [targets, points, featureDim] = features.shape as [number, number, number];
  const count = latents.shape[0]!, restarts = count / targets;
  // Points that all functions share are read once; a function's own ones by each of its starts
  const places = encoding.rank === 2 ? encoding : reshape(
    broadcastTo(expandDims(encoding, 1), [targets, restarts, points, encoding.shape[2]!]),
    [count, points, encoding.shape[2]!],
  );
  const functions = generator.functions(generatorWeights, latents);
  const evaluated = generator.evaluate(functions, places, generator.shared(generatorWeights));
  const values = reshape(evaluated, [targets, restarts, points, featureDim]);
  const squares = square(sub(values, expandDims(features, 1)));
  const weighted = mul(squares, expandDims(expandDims(weights, 1), 3));
  const errors = reshape(sum(weighted, { axes: [2, 3] }), [count]);
  return add(errors, mul(sum(square(latents), { axes: [1] }), noise ** 2 / (points * featureDim)));
}

function knownOf(
  { targets, points, coordinates, features, weights }: Observations,
  generator: FunctionGenerator,
  generatorWeights: Tree,
): Known {
  const { coordinateDim, featureDim } = generator;
  const isShared = coordinates.length === points * coordinateDim;
  const places = tensor(
    coordinates,
    isShared ? [points, coordinateDim] : [targets, points, coordinateDim],
  );
  return {
    encoding: generator.encode(generator.shared(generatorWeights), places),
    features: tensor(features, [targets, points, featureDim]),
    weights: tensor(normalised(weights, targets, points, featureDim), [targets, points]),
  };
}

/** Weights that make a sum over points and features a mean. */
function normalised(
  weights: Float32Array | undefined,
  targets: number,
  points: number,
  featureDim: number,
): Float32Array {
  const all = new Float32Array(targets * points);
  for (let i = 0; i < targets; i++) {
    const some = weights?.subarray(i * points, (i + 1) * points);
    const total = featureDim * (some ? some.reduce((sum, weight) => sum + weight, 0) : points);
    for (let point = 0; point < points; point++) all[i * points + point] = (some?.[point] ?? 1) / total;
  }
  return all;
}

/** Standard normal latents; those of a function are the same in whatever chunk it is. */
function startingPoints(seed: number, first: number, count: number, latentDim: number): SearchState {
  const drawn = randomNormal({ seed, stream: "fit", step: 0 }, (first + count) * latentDim);
  const latents = drawn.slice(first * latentDim), shape = [count, latentDim];
  const zeros = () => tensor(new Float32Array(count * latentDim), shape);
  return {
    latents: tensor(latents, shape),
    m: zeros(),
    v: zeros(),
    best: zeros(),
    // Larger than any loss, and finite, so that every device compares alike
    least: tensor(new Float32Array(count).fill(1e30), [count]),
  };
}
