/**
 * Draws from the posterior of a latent while observations arrive, by randomised maximum likelihood: draw i has a latent ζᵢ of
 * the prior and noise εᵢ of its own, and minimises over z
 *
 *     Σ over observed points |f_z(x) - y - noise · εᵢ(x)|² / (2 noise²)  +  |z - ζᵢ|² / 2.
 *
 * The minimisers are exact draws where f is linear in z, and approximate ones elsewhere (Oliver, He and Reynolds, 1996;
 * Bardsley et al., Randomize-then-optimize, SIAM J. Sci. Comput. 2014). With no observations they are the ζᵢ: samples of the
 * prior. Each call continues where the last one ended, so a painted stroke changes draws within a few steps.
 * @module
 */
import { type AdamStepSizes, adamStepSizes, adamUpdate, type Betas, valueAndGrad } from "@gasp/autograd";
import {
  add,
  compile,
  type Compiled,
  type Device,
  disposeTree,
  evaluate,
  expandDims,
  mul,
  randomNormal,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  type Tree,
} from "@gasp/tensor";
import type { FunctionGenerator } from "../methods/core/function_generator.ts";
import type { PointValues } from "./observations.ts";

/**
 * Arguments of {@link PosteriorSampler}.
 *
 * @category Exploration
 */
export interface PosteriorRequest {
  /** Generator. */
  readonly generator: FunctionGenerator;
  /** Weights of the generator; faster if on the device. They must remain valid. */
  readonly weights: Tree;
  /** Device to compute on. */
  readonly device: Device;
  /** Number of draws. Default: 16. */
  readonly draws?: number;
  /** Seed of the draws. Default: 0. */
  readonly seed?: number;
  /** Step size of Adam right after a change; it falls to a tenth while nothing changes. Default: 0.1. */
  readonly learningRate?: number;
}

/**
 * Observed values of one function.
 *
 * @category Exploration
 */
export interface ObservedPoints extends PointValues {
  /** Identity of each point, so that it has the same noise in every call, whatever is observed beside it: integers. */
  readonly ids: readonly number[];
}

/**
 * Draws of a posterior.
 *
 * @category Exploration
 */
export interface PosteriorDraws {
  /** Latents, `[draws, latentDim]`. */
  readonly latents: Float32Array;
  /** Negative log-density of each before the last step, up to a constant, `[draws]`. */
  readonly losses: Float32Array;
}

type DrawState = { readonly latents: Tensor; readonly m: Tensor; readonly v: Tensor };

type Observed = {
  /** `[capacity, size]`. */
  readonly encoding: Tensor;
  /** Values with the noise of each draw, `[draws, capacity, featureDim]`. */
  readonly targets: Tensor;
  /** 1 / noise² at observed points and 0 beyond, `[capacity]`. */
  readonly precision: Tensor;
};

type Stepped = { readonly state: DrawState; readonly losses: Tensor };

const BETAS: Betas = [0.9, 0.99], SMALLEST_CAPACITY = 64, COOLING = 30;

/**
 * Draws from the posterior of a latent, to be continued as observations change.
 *
 * @example With no observations the draws are samples of the prior
 * ```ts
 * import { asGasp, generatorOf, initialGenerator, resolveRunConfig } from "@gasp/gasp";
 * import { PosteriorSampler } from "@gasp/gasp/explore";
 * import { reference } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" })), generator = generatorOf(config);
 * const weights = initialGenerator(config.model, 0);
 * using posterior = new PosteriorSampler({ generator, weights, device: reference, draws: 2 });
 * await posterior.observe({ coordinates: Float32Array.of(0, 0), features: Float32Array.of(0.5), ids: [0] }, 0.1);
 * const { latents } = await posterior.run(1);
 * assertEquals(latents.length, 2 * generator.latentDim);
 * ```
 *
 * @category Exploration
 */
export class PosteriorSampler implements Disposable {
  readonly #request: Required<PosteriorRequest>;
  readonly #step: Compiled<[Tree, DrawState, Observed, Tensor, AdamStepSizes], Stepped>;
  readonly #prior: Float32Array;
  readonly #noise = new Map<number, Float32Array>();
  #observed: Observed | undefined;
  #state: DrawState;
  #steps = 0;
  #changedAt = 0;

  /**
   * Constructs a sampler whose draws are samples of the prior. The program is compiled on first use.
   *
   * @param request Generator and options.
   */
  constructor(request: PosteriorRequest) {
    const { generator, device, draws, seed } = this.#request = {
      draws: 16,
      seed: 0,
      learningRate: 0.1,
      ...request,
    };
    this.#prior = randomNormal({ seed, stream: "posterior prior", step: 0 }, draws * generator.latentDim);
    this.#state = this.#initialState();
    this.#step = compile(
      (
        weights: Tree,
        state: DrawState,
        observed: Observed,
        prior: Tensor,
        scalars: AdamStepSizes,
      ): Stepped => {
        const { aux: losses, gradient } = valueAndGrad((latents: Tensor) => {
          const each = posteriorLosses(generator, weights, latents, observed, prior);
          return [sum(each), each] as const;
        }, { hasAux: true })(state.latents);
        const next = adamUpdate(state.latents, gradient, state.m, state.v, scalars, { betas: BETAS });
        return { state: { latents: next.param, m: next.m, v: next.v }, losses };
      },
      { device, donateArgnums: [1] },
    );
  }

  /** Samples of the prior that the draws begin with, `[draws, latentDim]`. */
  get prior(): Float32Array {
    return this.#prior;
  }

  /**
   * Replaces the observations. Programs are compiled for 64, 128, 256, … points, so few changes compile one.
   *
   * @param points All observed values; none restores the prior.
   * @param noise Standard deviation of the features' errors, above 0.
   * @throws {RangeError} If the noise is not positive, or sizes do not match the model.
   */
  async observe({ coordinates, features, ids }: ObservedPoints, noise: number): Promise<void> {
    const { generator, weights, device, draws } = this.#request, { coordinateDim, featureDim } = generator;
    if (!(noise > 0 && noise < Infinity)) throw new RangeError(`the noise must be above 0, got ${noise}`);
    const count = ids.length;
    if (coordinates.length !== count * coordinateDim || features.length !== count * featureDim) {
      throw new RangeError(
        `${count} points need ${count * coordinateDim} coordinates and ${count * featureDim} features, ` +
          `got ${coordinates.length} and ${features.length}`,
      );
    }
    this.#changedAt = this.#steps;
    this.#release();
    if (count === 0) return this.#restart();
    const capacity = capacityFor(count), targets = new Float32Array(draws * capacity * featureDim);
    ids.forEach((id, point) => {
      const errors = this.#errorsOf(id);
      for (let draw = 0; draw < draws; draw++) {
        for (let k = 0; k < featureDim; k++) {
          targets[(draw * capacity + point) * featureDim + k] = features[point * featureDim + k]! +
            noise * errors[draw * featureDim + k]!;
        }
      }
    });
    const padded = new Float32Array(capacity * coordinateDim);
    padded.set(coordinates);
    const positions = tensor(padded, [capacity, coordinateDim]);
    this.#observed = await evaluate({
      encoding: generator.encode(generator.shared(weights), positions),
      targets: tensor(targets, [draws, capacity, featureDim]),
      precision: tensor(new Float32Array(capacity).fill(noise ** -2, 0, count), [capacity]),
    }, device);
  }

  /**
   * Continues the optimisation.
   *
   * @param steps Number of steps, at least 1.
   * @returns The draws; those of the prior while nothing is observed.
   */
  async run(steps: number): Promise<PosteriorDraws> {
    const { weights, draws, generator, learningRate } = this.#request, observed = this.#observed;
    if (!observed) return { latents: this.#prior.slice(), losses: new Float32Array(draws) };
    const prior = tensor(this.#prior, [draws, generator.latentDim]);
    let losses: Tensor | undefined;
    for (let i = 0; i < steps; i++) {
      losses?.dispose();
      const rate = learningRate * Math.max(0.1, COOLING / (COOLING + this.#steps - this.#changedAt));
      const scalars = adamStepSizes(++this.#steps, rate, BETAS);
      ({ state: this.#state, losses } = await this.#step(weights, this.#state, observed, prior, scalars));
    }
    const result = {
      latents: Float32Array.from(await this.#state.latents.data()),
      losses: Float32Array.from(await losses?.data() ?? []),
    };
    losses?.dispose();
    return result;
  }

  /** Frees the program and the memory on the device. */
  [Symbol.dispose](): void {
    this.#release();
    disposeTree(this.#state);
    this.#step.release();
  }

  /** Standard normal errors of a point, `[draws, featureDim]`. */
  #errorsOf(id: number): Float32Array {
    const { seed, draws, generator } = this.#request;
    let errors = this.#noise.get(id);
    if (!errors) {
      errors = randomNormal({ seed, stream: "posterior noise", step: id }, draws * generator.featureDim);
      this.#noise.set(id, errors);
    }
    return errors;
  }

  #initialState(): DrawState {
    const { draws, generator } = this.#request, shape = [draws, generator.latentDim];
    const zeros = () => tensor(new Float32Array(this.#prior.length), shape);
    return { latents: tensor(this.#prior.slice(), shape), m: zeros(), v: zeros() };
  }

  #restart(): void {
    disposeTree(this.#state);
    this.#state = this.#initialState();
    this.#steps = this.#changedAt = 0;
  }

  #release(): void {
    if (this.#observed) disposeTree(this.#observed);
    this.#observed = undefined;
  }
}

/** The next power of two, so that a painted stroke rarely changes a shape. */
function capacityFor(points: number): number {
  return Math.max(SMALLEST_CAPACITY, 2 ** Math.ceil(Math.log2(points)));
}

/** Negative log-densities of draws, `[draws]`. */
function posteriorLosses(
  generator: FunctionGenerator,
  weights: Tree,
  latents: Tensor,
  { encoding, targets, precision }: Observed,
  prior: Tensor,
): Tensor {
  const functions = generator.functions(weights, latents);
  const values = generator.evaluate(functions, encoding, generator.shared(weights));
  const squares = mul(square(sub(values, targets)), expandDims(expandDims(precision, 0), 2));
  const misfit = sum(squares, { axes: [1, 2] }), distance = sum(square(sub(latents, prior)), { axes: [1] });
  return mul(add(misfit, distance), 0.5);
}
