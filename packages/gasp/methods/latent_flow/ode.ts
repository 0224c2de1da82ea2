/**
 * Solving `dx/dt = v(x, t)` from t = 0 to 1 by the classical Runge–Kutta method of order four, as a tensor expression.
 * @module
 */
import { add, mul, type Tensor, treeLeaves, treeUnflatten } from "@gasp/tensor";

/** A state of one or several tensors. */
export type OdeState = { readonly [name: string]: Tensor };

/**
 * Integrates from 0 to 1 with steps of equal length. The error is of order `steps⁻⁴`.
 *
 * @param derivative Time derivative of the state at a time.
 * @param start State at time 0.
 * @param steps Number of steps; each evaluates the derivative four times.
 * @returns State at time 1.
 */
export function integrate<State extends OdeState>(
  derivative: (state: State, time: number) => State,
  start: State,
  steps: number,
): State {
  const h = 1 / steps;
  const moved = (state: State, slope: State, length: number): State =>
    combine(state, slope, (x, k) => add(x, mul(k, length)));
  let state = start;
  for (let i = 0; i < steps; i++) {
    const time = i * h;
    const k1 = derivative(state, time);
    const k2 = derivative(moved(state, k1, h / 2), time + h / 2);
    const k3 = derivative(moved(state, k2, h / 2), time + h / 2);
    const k4 = derivative(moved(state, k3, h), time + h);
    const inner = combine(k2, k3, add), outer = combine(k1, k4, add);
    state = moved(state, combine(outer, inner, (a, b) => add(a, mul(b, 2))), h / 6);
  }
  return state;
}

function combine<State extends OdeState>(a: State, b: State, of: (x: Tensor, y: Tensor) => Tensor): State {
  const right = treeLeaves(b);
  return treeUnflatten(a, treeLeaves(a).map((x, i) => of(x, right[i]!)));
}
