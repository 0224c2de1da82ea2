/**
 * Clipping of gradients by their norm (Pascanu, Mikolov & Bengio, 2013).
 * @module
 */
import {
  add,
  div,
  lessEqual,
  mul,
  sqrt,
  square,
  sum,
  type Tensor,
  type Tree,
  treeLeaves,
  treeMap,
  where,
  zeros,
} from "@gasp/tensor";

/**
 * Computes the Euclidean norm of all elements of a tree.
 *
 * @param tree f32 tensors.
 * @returns f32, shape `[]`; 0 for an empty tree.
 * @category Optimisers
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { globalNorm } from "@gasp/autograd/optim";
 * import { evaluate, tensor } from "@gasp/tensor";
 *
 * const norm = await evaluate(globalNorm({ weight: tensor([[3, 0]]), bias: tensor([4]) }));
 * assertEquals([...await norm.data()], [5]);
 * ```
 */
export function globalNorm(tree: Tree): Tensor {
  const squares = treeLeaves(tree).map((leaf) => sum(square(leaf)));
  return sqrt(squares.length === 0 ? zeros([]) : squares.reduce(add));
}

/**
 * Scales gradients so that their global norm is at most a limit; gradients within the limit are unchanged.
 *
 * @param gradients A tree of f32 tensors.
 * @param maxNorm Limit, above 0; a number, or f32 of shape `[]`.
 * @returns The gradients, and their norm before clipping, shape `[]`.
 * @throws {RangeError} If the limit is a number that is not above 0.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { clipByGlobalNorm } from "@gasp/autograd/optim";
 * import { evaluate, tensor } from "@gasp/tensor";
 *
 * const { gradients, norm } = await evaluate(clipByGlobalNorm({ w: tensor([3]), b: tensor([4]) }, 1));
 * assertEquals([...await norm.data()], [5]);
 * assertEquals([...await gradients.b.data()], [0.8]);
 * ```
 *
 * @category Optimisers
 */
export function clipByGlobalNorm<T extends Tree>(
  gradients: T,
  maxNorm: number | Tensor,
): { gradients: T; norm: Tensor } {
  if (typeof maxNorm === "number" && !(maxNorm > 0)) {
    throw new RangeError(`maxNorm must be above 0, got ${maxNorm}`);
  }
  const norm = globalNorm(gradients);
  const scale = where(lessEqual(norm, maxNorm), 1, div(maxNorm, norm));
  return { gradients: treeMap(gradients, (leaf) => mul(leaf, scale)), norm };
}
