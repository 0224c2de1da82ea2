/**
 * A flow from the standard normal distribution to that of latents, trained by flow matching (Lipman et al., 2023; Liu et
 * al., 2023): on the segment `x_t = (1 - t) ε + t z` from noise ε to a latent z, the velocity is regressed on `z - ε`. Latents
 * are standardised per dimension.
 * @module
 */
import { adam, emaUpdate, type OptimizerState, valueAndGrad, vjp } from "@gasp/autograd";
import {
  add,
  allMean,
  broadcastTo,
  cast,
  div,
  expandDims,
  eye,
  full,
  log,
  mean,
  minimum,
  mul,
  neg,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  treeMap,
  zeros,
} from "@gasp/tensor";
import { type FlowParams, velocity } from "./flow_network.ts";
import { integrate } from "./ode.ts";

/**
 * A trained flow.
 *
 * @category Training methods
 */
export type FlowWeights = {
  /** Parameters of the velocity. */
  readonly params: FlowParams;
  /** Mean of the latents, `[size]`. */
  readonly mean: Tensor;
  /** Standard deviation of each dimension of the latents, `[size]`. */
  readonly scale: Tensor;
};

/**
 * State of the training of a flow.
 *
 * @category Training methods
 */
export type FlowState = FlowWeights & {
  /** Exponential moving average of the parameters, which samples are drawn with. */
  readonly average: FlowParams;
  /** Adam's moments. */
  readonly optimizer: OptimizerState<FlowParams>;
};

/**
 * Inputs of a step.
 *
 * @category Training methods
 */
export type FlowInputs = {
  /** ε, standard normal, `[batch, size]`. */
  readonly noise: Tensor;
  /** t, uniform in [0, 1], `[batch, 1]`. */
  readonly times: Tensor;
};

/**
 * Computes the flow matching loss.
 *
 * @param params Parameters of the velocity.
 * @param latents Standardised latents z, `[batch, size]`.
 * @param inputs Noise and times.
 * @returns Mean squared error of the velocity, shape `[]`.
 */
export function flowLoss(params: FlowParams, latents: Tensor, { noise, times }: FlowInputs): Tensor {
  const points = add(mul(noise, sub(1, times)), mul(latents, times));
  return mean(square(sub(velocity(params, points, times), sub(latents, noise))));
}

/**
 * Builds a step of the training.
 *
 * @param state State.
 * @param latents Latents, `[batch, size]`.
 * @param inputs Noise and times.
 * @param settings Learning rate, and decay of the moving average; the average starts with a lower decay.
 */
export function flowStep(
  state: FlowState,
  latents: Tensor,
  inputs: FlowInputs,
  { rate, decay }: { readonly rate: number; readonly decay: number },
): { readonly state: FlowState; readonly loss: Tensor } {
  const standardised = div(sub(latents, state.mean), state.scale);
  const { value, gradient } = valueAndGrad((params: FlowParams) => flowLoss(params, standardised, inputs))(
    state.params,
  );
  const next = adam({ learningRate: rate }).update(state.params, treeMap(gradient, allMean), state.optimizer);
  const step = cast(state.optimizer.step, "f32");
  const average = emaUpdate(state.average, next.params, minimum(div(add(step, 1), add(step, 10)), decay));
  return { state: { ...state, params: next.params, optimizer: next.state, average }, loss: value };
}

/**
 * Maps noise to latents.
 *
 * @param flow Trained flow.
 * @param noise Standard normal, `[count, size]`.
 * @param steps Steps of the solver.
 * @returns z, `[count, size]`.
 */
export function flowLatents({ params, mean, scale }: FlowWeights, noise: Tensor, steps: number): Tensor {
  const times = (time: number) => full([noise.shape[0]!, 1], time);
  const { x } = integrate(
    ({ x }: { x: Tensor }, time) => ({ x: velocity(params, x, times(time)) }),
    { x: noise },
    steps,
  );
  return add(mean, mul(scale, x));
}

/**
 * Computes the log-density of the latents that noise is mapped to, by the change of variables of continuous flows:
 *
 *     log p(z) = log N(ε; 0, I) - ∫ div v(x_t, t) dt - Σ log scale
 *
 * The divergence is exact, from one gradient per dimension; the integral has the error of the solver.
 *
 * @param flow Trained flow.
 * @param noise ε, `[count, size]`.
 * @param steps Steps of the solver.
 * @returns log p(z) in nats, `[count]`.
 */
export function flowLogDensity({ params, scale }: FlowWeights, noise: Tensor, steps: number): Tensor {
  const [count, size] = noise.shape as [number, number];
  const start = { x: noise, divergence: zeros([count]) };
  const { divergence } = integrate(
    ({ x }: typeof start, time) => ({
      x: velocity(params, x, full([count, 1], time)),
      divergence: divergenceAt(params, x, time),
    }),
    start,
    steps,
  );
  const ofNoise = sub(
    mul(sum(square(noise), { axes: [1] }), -0.5),
    size / 2 * Math.log(2 * Math.PI),
  );
  return sub(add(ofNoise, neg(divergence)), sum(log(scale)));
}

/** The trace of the Jacobian of the velocity at `[count, size]` points, `[count]`. */
function divergenceAt(params: FlowParams, points: Tensor, time: number): Tensor {
  const [count, size] = points.shape as [number, number];
  const rows = [count * size, size];
  const repeat = (x: Tensor, axis: number) =>
    reshape(broadcastTo(expandDims(x, axis), [count, size, size]), rows);
  const units = repeat(eye(size), 0);
  const [, pullback] = vjp(
    (x: Tensor) => velocity(params, x, full([count * size, 1], time)),
    [repeat(points, 1)],
  );
  return sum(reshape(mul(pullback(units)[0], units), [count, size * size]), { axes: [1] });
}
