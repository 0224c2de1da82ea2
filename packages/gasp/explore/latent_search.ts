/**
 * Gradient descent through the generator: Adam on many latents in one batch, tracking the best value of each.
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
 * Options of the search; the defaults are {@link FIT_DEFAULTS}.
 *
 * @category Exploration
 */
export interface FitOptions {
  /** Number of gradient descent steps. */
  readonly steps?: number;
  /** Number of starting points per target. */
  readonly restarts?: number;
  /** Initial learning rate; decays to zero on a cosine schedule. */
  readonly learningRate?: number;
  /** Standard deviation of the features' errors, from measurement and from the generator. */
  readonly noise?: number;
  /** Seed of the starting points. */
  readonly seed?: number;
  /** Called after each step with the fraction of the work done, from 0 to 1. */
  readonly onProgress?: (part: number) => void;
}

/**
 * Defaults of {@link FitOptions}.
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
 * A generator and options of the search.
 *
 * @category Exploration
 */
export interface SearchRequest extends FitOptions {
  /** Generator. */
  readonly generator: FunctionGenerator;
  /** Weights of the generator; faster if on the device. */
  readonly weights: Tree;
  /** Device to compute on. */
  readonly device: Device;
}

const BETAS: Betas = [0.9, 0.999];

type SearchState = {
  /** Latents, `[targets · restarts, latentDim]`, and Adam's moments. */
  readonly latents: Tensor;
  readonly m: Tensor;
  readonly v: Tensor;
  /** The best latents so far, and their losses `[targets · restarts]`. */
  readonly best: Tensor;
  readonly least: Tensor;
};

type Known = {
  /** `[points, in]` or `[targets, points, in]`. */
  readonly encoding: Tensor;
  /** `[targets, points, featureDim]`. */
  readonly features: Tensor;
  /** Weights of squared errors, `[targets, points]`; they sum to 1 over the points and features of a target. */
  readonly weights: Tensor;
};

/** A compiled search. */
export interface LatentSearch {
  /**
   * Runs a search.
   *
   * @param observations Observations of a chunk of targets.
   * @param first Index of the first target among all, which determines the starting points.
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
 * Compiles a search. One program serves all chunks of the same size.
 *
 * @param request Generator and options of the search.
 */
export function compileSearch(request: SearchRequest): LatentSearch {
  const { generator, weights, device, steps, restarts, learningRate, noise, seed } = {
    ...FIT_DEFAULTS,
    ...request,
  };
  const step = compile(
    (weights: Tree, state: SearchState, known: Known, scalars: AdamStepSizes): SearchState => {
      const losses = valueAndGrad((latents: Tensor) => {
        const each = fitLosses(generator, weights, latents, known, noise);
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
      const known = await evaluate(placeObservations(observations, generator, weights), device);
      let state = startingPoints(
        seed,
        first * restarts,
        observations.targets * restarts,
        generator.latentDim,
      );
      try {
        // One extra step, since each step evaluates the loss before its update
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

/** Loss of each latent (see `fit.ts`), `[targets · restarts]`. */
function fitLosses(
  generator: FunctionGenerator,
  generatorWeights: Tree,
  latents: Tensor,
  { encoding, features, weights }: Known,
  noise: number,
): Tensor {
  const [targets, points, featureDim] = features.shape as [number, number, number];
  const count = latents.shape[0]!, restarts = count / targets;
  // Shared points are used as they are; separate points are repeated for each starting point of their target
  const inputs = encoding.rank === 2 ? encoding : reshape(
    broadcastTo(expandDims(encoding, 1), [targets, restarts, points, encoding.shape[2]!]),
    [count, points, encoding.shape[2]!],
  );
  const functions = generator.functions(generatorWeights, latents);
  const evaluated = generator.evaluate(functions, inputs, generator.shared(generatorWeights));
  const values = reshape(evaluated, [targets, restarts, points, featureDim]);
  const squares = square(sub(values, expandDims(features, 1)));
  const weighted = mul(squares, expandDims(expandDims(weights, 1), 3));
  const errors = reshape(sum(weighted, { axes: [2, 3] }), [count]);
  return add(errors, mul(sum(square(latents), { axes: [1] }), noise ** 2 / (points * featureDim)));
}

function placeObservations(
  { targets, points, coordinates, features, weights }: Observations,
  generator: FunctionGenerator,
  generatorWeights: Tree,
): Known {
  const { coordinateDim, featureDim } = generator;
  const isShared = coordinates.length === points * coordinateDim;
  const positions = tensor(
    coordinates,
    isShared ? [points, coordinateDim] : [targets, points, coordinateDim],
  );
  return {
    encoding: generator.encode(generator.shared(generatorWeights), positions),
    features: tensor(features, [targets, points, featureDim]),
    weights: tensor(normaliseWeights(weights, targets, points, featureDim), [targets, points]),
  };
}

/** Scales weights so that a weighted sum over points and features is a mean. */
function normaliseWeights(
  weights: Float32Array | undefined,
  targets: number,
  points: number,
  featureDim: number,
): Float32Array {
  const all = new Float32Array(targets * points);
  for (let i = 0; i < targets; i++) {
    const row = weights?.subarray(i * points, (i + 1) * points);
    const total = featureDim * (row ? row.reduce((sum, weight) => sum + weight, 0) : points);
    for (let point = 0; point < points; point++) all[i * points + point] = (row?.[point] ?? 1) / total;
  }
  return all;
}

/** Draws standard normal latents; those of a target do not depend on its chunk. */
function startingPoints(seed: number, first: number, count: number, latentDim: number): SearchState {
  const drawn = randomNormal({ seed, stream: "fit", step: 0 }, (first + count) * latentDim);
  const latents = drawn.slice(first * latentDim), shape = [count, latentDim];
  const zeros = () => tensor(new Float32Array(count * latentDim), shape);
  return {
    latents: tensor(latents, shape),
    m: zeros(),
    v: zeros(),
    best: zeros(),
    // Larger than any loss but finite, so that comparisons agree on all devices
    least: tensor(new Float32Array(count).fill(1e30), [count]),
  };
}
