/**
 * The table of gradient rules: one for every primitive of the tensor package.
 * @module
 */
import type { PrimitiveName } from "@gasp/tensor/compiler";
import { convolutionRules } from "./convolution.ts";
import { elementwiseRules } from "./elementwise.ts";
import { movementRules } from "./movement.ts";
import { productRules } from "./product.ts";
import { rankRules } from "./ranks.ts";
import { reductionRules } from "./reduction.ts";
import type { Adjoint, RulesFor } from "./rule.ts";

/**
 * One rule per primitive; a missing rule is a type error.
 *
 * @category Gradients
 */
export type VjpRules = RulesFor<PrimitiveName>;

/**
 * The rules by primitive.
 *
 * @category Gradients
 */
export const vjpRules: VjpRules = {
  // Leaves have no inputs
  data: [],
  input: [],
  constant: [],
  iota: [],
  // Point and row indices
  knn: [null, null, null, null],
  countWithinRadius: [null, null, null, null],
  farthestPointSample: [null, null],
  invertIndex: [null],
  // Random numbers of a key
  random: [null],
  argsort: [null],
  ...elementwiseRules,
  ...movementRules,
  ...reductionRules,
  ...productRules,
  ...convolutionRules,
  ...rankRules,
};

/**
 * Returns the adjoint of a primitive with respect to one of its inputs.
 *
 * @param op Primitive.
 * @param position Index of the input.
 * @returns `null` if no gradient flows to it.
 * @category Gradients
 *
 * @example No gradient flows to an index
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { adjointOf } from "@gasp/autograd/rules";
 *
 * assertEquals(typeof adjointOf("gather", 0), "function");
 * assertEquals(adjointOf("gather", 1), null);
 * ```
 */
export function adjointOf<P extends PrimitiveName>(op: P, position: number): Adjoint<P> | null {
  const rule = vjpRules[op];
  return typeof rule === "function" ? rule(position) : rule[position] ?? null;
}
