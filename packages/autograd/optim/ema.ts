/**
 * Exponential moving averages of parameters, which often generalise better than the last iterate.
 * @module
 */
import { add, mul, sub, type Tensor, type Tree, treeLeaves, treeUnflatten } from "@gasp/tensor";
import { leavesLike } from "./optimizer.ts";

/**
 * Computes the next average: `decay · average + (1 - decay) · params`. Initialise it with the initial parameters.
 *
 * @param average Current average.
 * @param params Parameters after a step: a tree like the average.
 * @param decay From 0 to 1, for example 0.999; a number, or f32 of shape `[]`.
 * @returns A tree like the average.
 * @throws {RangeError} If the trees differ, or the decay is a number out of range.
 *
 * @example
 * ```ts
 * import { emaUpdate } from "@gasp/autograd/optim";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const average = await evaluate(emaUpdate({ w: tensor([0]) }, { w: tensor([1]) }, 0.75));
 * assertEquals([...await average.w.data()], [0.25]);
 * ```
 *
 * @category Optimisers
 */
export function emaUpdate<T extends Tree>(average: T, params: T, decay: number | Tensor): T {
  if (typeof decay === "number" && !(decay >= 0 && decay <= 1)) {
    throw new RangeError(`the decay of an average must be from 0 to 1, got ${decay}`);
  }
  const rest = typeof decay === "number" ? 1 - decay : sub(1, decay);
  const leaves = leavesLike(average, params);
  return treeUnflatten(average, treeLeaves(average).map((a, i) => add(mul(a, decay), mul(leaves[i]!, rest))));
}
