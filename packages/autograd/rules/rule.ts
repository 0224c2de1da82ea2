/**
 * Gradient rules: for each input of a primitive, how its cotangent follows from that of the result.
 *
 * With `y = f(x…)` and a scalar loss L, the cotangent of a tensor t has the shape of t and is `t̄ = ∂L/∂t`. A rule maps
 * `ȳ` to `x̄ = ȳ · ∂f/∂x`. It may use `y` itself, to avoid recomputation, and uses only public operations, so
 * that its result can be differentiated again.
 * @module
 */
import type { Tensor } from "@gasp/tensor";
import type { ParamsOf, PrimitiveName } from "@gasp/tensor/compiler";

/**
 * The result and the parameters of a primitive.
 *
 * @category Gradients
 */
export interface VjpContext<P extends PrimitiveName> {
  /** The result `y`. */
  readonly y: Tensor;
  /** Parameters of the primitive. */
  readonly params: ParamsOf<P>;
}

/**
 * Computes the cotangent of one input from the cotangent `g` of the result; the inputs follow in order.
 *
 * @category Gradients
 */
export type Adjoint<P extends PrimitiveName> = (
  g: Tensor,
  context: VjpContext<P>,
  ...inputs: Tensor[]
) => Tensor;

/**
 * One entry per input: its adjoint, or `null` if no gradient flows to it. A primitive with any number of inputs has a
 * function from the index of an input to its adjoint.
 *
 * @category Gradients
 */
export type Rule<P extends PrimitiveName> =
  | readonly (Adjoint<P> | null)[]
  | ((position: number) => Adjoint<P>);

/**
 * One rule per primitive; a missing rule is a type error.
 *
 * @category Gradients
 */
export type RulesFor<P extends PrimitiveName> = { readonly [Name in P]: Rule<Name> };
