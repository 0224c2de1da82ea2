/**
 * What a gradient rule is: for each input of a primitive, how its cotangent follows from that of the result.
 *
 * With `y = f(x…)` and a scalar loss L, the cotangent of a tensor t has the shape of t and is `t̄ = ∂L/∂t`. A rule maps
 * `ȳ` to `x̄ = ȳ · ∂f/∂x`. It may use `y` itself, so that nothing is computed twice, and only public operations, so
 * that its result can be differentiated again.
 * @module
 */
import type { Tensor } from "@gasp/tensor";
import type { ParamsOf, PrimitiveName } from "@gasp/tensor/compiler";

/** The result of a primitive, and the parameters that it was made with. */
export interface VjpContext<P extends PrimitiveName> {
  /** The result `y`. */
  readonly y: Tensor;
  /** Parameters of the primitive. */
  readonly params: ParamsOf<P>;
}

/** Cotangent of one input from the cotangent `g` of the result; the inputs follow in their order. */
export type Adjoint<P extends PrimitiveName> = (
  g: Tensor,
  made: VjpContext<P>,
  ...inputs: Tensor[]
) => Tensor;

/**
 * One entry per input: its adjoint, or `null` if no gradient flows to it. A primitive of any number of inputs has a function
 * from the position of an input to its adjoint.
 */
export type Rule<P extends PrimitiveName> =
  | readonly (Adjoint<P> | null)[]
  | ((position: number) => Adjoint<P>);

/** A rule for each of some primitives; it does not compile while one is missing. */
export type RulesFor<P extends PrimitiveName> = { readonly [Name in P]: Rule<Name> };
