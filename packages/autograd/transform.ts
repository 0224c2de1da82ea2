/**
 * Derivatives of functions of trees of tensors. All are graph transformations: nothing is computed here, and they
 * compose.
 * @module
 */
import {
  add,
  identity,
  mul,
  showShape,
  sum,
  Tensor,
  type Tree,
  treeLeaves,
  treeMap,
  treeUnflatten,
  zeros,
} from "@gasp/tensor";
import { gradients } from "./gradients.ts";

/**
 * A function of trees of tensors.
 *
 * @category Gradients
 */
export type TreeFunction<A extends readonly Tree[], R> = (...args: A) => R;

/**
 * Index of the argument to differentiate with respect to, or several.
 *
 * @category Gradients
 */
export type ArgNums = number | readonly number[];

/**
 * The gradient: a tree like the argument, or a list of such trees.
 *
 * @category Gradients
 */
export type GradientOf<A extends readonly Tree[], N extends ArgNums> = N extends number ? A[N]
  : N extends readonly number[] ? { -readonly [I in keyof N]: N[I] extends number ? A[N[I]] : never }
  : never;

/**
 * Options of {@link valueAndGrad}.
 *
 * @category Gradients
 */
export interface GradOptions<N extends ArgNums = 0> {
  /** Index of the argument to differentiate with respect to, or several. Default: 0. */
  readonly argnums?: N;
}

/**
 * A scalar with its gradient.
 *
 * @category Gradients
 */
export type ValueAndGradient<G> = {
  /** The loss, shape `[]`. */
  readonly value: Tensor;
  /** Its gradient. */
  readonly gradient: G;
};

/** Replaces differentiated leaves by new nodes, so that closed-over tensors are constants. */
function rename<T extends Tree>(tree: T, what: string): T {
  return treeMap(tree, (leaf, path) => {
    if (leaf.dtype !== "f32") {
      throw new TypeError(
        `${what} needs f32, got ${leaf.dtype} of shape ${showShape(leaf.shape)}${path && ` at '${path}'`}: ` +
          "close over integers and booleans, or pass them as an argument that is not differentiated",
      );
    }
    return identity(leaf);
  });
}

/**
 * Computes the value of a function and its vector–Jacobian product: a map from cotangents of the result to cotangents
 * of the arguments.
 *
 * @param fn A function of trees of tensors.
 * @param primals Its arguments; every leaf f32.
 * @returns The value, and a function from a tree like the value to one like `primals`, which can be called several
 *   times.
 * @throws {TypeError} If a leaf is not f32.
 *
 * @example
 * ```ts
 * import { vjp } from "@gasp/autograd";
 * import { evaluate, square, tensor, type Tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const [value, pullback] = vjp((x: Tensor) => square(x), [tensor([1, 2, 3])]);
 * const [slopes] = pullback(tensor([1, 1, 10]));
 * assertEquals([...await (await evaluate(value)).data()], [1, 4, 9]);
 * assertEquals([...await (await evaluate(slopes)).data()], [2, 4, 60]);
 * ```
 *
 * @category Gradients
 */
export function vjp<A extends readonly Tree[], R extends Tree>(
  fn: TreeFunction<A, R>,
  primals: A,
): [value: R, pullback: (cotangents: R) => A] {
  const renamed = rename(primals as readonly Tree[], "vjp") as unknown as A;
  const value = fn(...renamed);
  const pullback = (cotangents: R): A => {
    const leaves = gradients(treeLeaves(value), treeLeaves(renamed), treeLeaves(cotangents));
    return treeUnflatten(renamed as readonly Tree[], leaves) as unknown as A;
  };
  return [value, pullback];
}

/**
 * Computes the value of a function and its Jacobian–vector product, by differentiating the pullback, which is linear.
 *
 * @param fn A function of trees of tensors.
 * @param primals Its arguments; every leaf f32.
 * @param tangents Direction: a tree like the arguments.
 * @returns The value and the derivative, two trees of the same structure.
 * @throws {TypeError} If a leaf is not f32.
 *
 * @example
 * ```ts
 * import { jvp } from "@gasp/autograd";
 * import { evaluate, square, tensor, type Tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const [, tangent] = jvp((x: Tensor) => square(x), [tensor([1, 2])], [tensor([1, 0.5])]);
 * assertEquals([...await (await evaluate(tangent)).data()], [2, 2]);
 * ```
 *
 * @category Gradients
 */
export function jvp<A extends readonly Tree[], R extends Tree>(
  fn: TreeFunction<A, R>,
  primals: A,
  tangents: A,
): [value: R, tangent: R] {
  const [value, pullback] = vjp(fn, primals);
  const origin = treeMap(value, (leaf) => zeros(leaf.shape));
  const [, pushforward] = vjp((cotangents: R) => pullback(cotangents), [origin]);
  return [value, pushforward(tangents)[0]];
}

/**
 * Computes the Hessian–vector product of a scalar function.
 *
 * @param fn A function of one tree to a scalar.
 * @param primal Its argument; every leaf f32.
 * @param tangent Direction: a tree like the argument.
 * @returns A tree like the argument.
 * @throws {TypeError} If a leaf is not f32 or the result is not a scalar.
 *
 * @example
 * ```ts
 * import { hvp } from "@gasp/autograd";
 * import { evaluate, mul, square, sum, tensor, type Tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const cube = (x: Tensor) => sum(mul(x, square(x))); // the Hessian is diag(6 x)
 * const product = hvp(cube, tensor([1, 2]), tensor([1, 1]));
 * assertEquals([...await (await evaluate(product)).data()], [6, 12]);
 * ```
 *
 * @category Gradients
 */
export function hvp<T extends Tree>(fn: (primal: T) => Tensor, primal: T, tangent: T): T {
  const slope = (x: T): Tensor => {
    const leaves = treeLeaves(grad(fn)(x)), direction = treeLeaves(tangent);
    return leaves.map((leaf, i) => sum(mul(leaf, direction[i]!))).reduce(add);
  };
  return grad(slope)(primal);
}

/**
 * Differentiates a scalar function.
 *
 * @param fn A function of trees of tensors to a scalar.
 * @param argnums Index of the argument to differentiate with respect to, or several. Default: 0.
 * @returns A function of the same arguments to a tree like the argument, or to a list of such trees.
 *
 * @example
 * ```ts
 * import { grad } from "@gasp/autograd";
 * import { evaluate, square, sum, tensor, type Tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const loss = ({ a, b }: { a: Tensor; b: Tensor }) => sum(square(a.size > b.size ? a : b));
 * const slope = grad(loss)({ a: tensor([1]), b: tensor([2, 3]) });
 * assertEquals([...await (await evaluate(slope.b)).data()], [4, 6]);
 * const second = grad((x: Tensor) => sum(grad((y: Tensor) => sum(square(square(y))))(x)));
 * assertEquals([...await (await evaluate(second(tensor([2])))).data()], [48]); // 12 x²
 * ```
 *
 * @category Gradients
 */
export function grad<A extends readonly Tree[], const N extends ArgNums = 0>(
  fn: TreeFunction<A, Tensor>,
  argnums?: N,
): TreeFunction<A, GradientOf<A, N>> {
  const both = valueAndGrad(fn, { argnums: argnums ?? 0 as N });
  return (...args) => both(...args).gradient;
}

/**
 * Computes the value of a scalar function together with its gradient.
 *
 * @param fn A function of trees of tensors to a scalar.
 * @param options Arguments to differentiate with respect to.
 * @returns A function of the same arguments.
 *
 * @example
 * ```ts
 * import { valueAndGrad } from "@gasp/autograd";
 * import { evaluate, square, sub, sum, tensor, type Tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const loss = (x: Tensor, target: Tensor) => sum(square(sub(x, target)));
 * const { value, gradient } = valueAndGrad(loss)(tensor([1, 2]), tensor([0, 4]));
 * assertEquals([...await (await evaluate(value)).data()], [5]);
 * assertEquals([...await (await evaluate(gradient)).data()], [2, -4]);
 * ```
 *
 * @category Gradients
 */
export function valueAndGrad<A extends readonly Tree[], const N extends ArgNums = 0>(
  fn: TreeFunction<A, Tensor>,
  options?: GradOptions<N> & { readonly hasAux?: false },
): TreeFunction<A, ValueAndGradient<GradientOf<A, N>>>;
/**
 * Overload for a function that returns auxiliary results.
 *
 * @param fn A function to a pair of a scalar and a tree of auxiliary results.
 * @param options Arguments to differentiate with respect to; `hasAux: true`.
 * @returns A function of the same arguments; `aux` is the tree of auxiliary results.
 * @category Gradients
 *
 * @example The predictions beside the loss
 * ```ts
 * import { valueAndGrad } from "@gasp/autograd";
 * import { evaluate, mul, square, sum, tensor, type Tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const loss = (x: Tensor) => {
 *   const predictions = mul(x, 3);
 *   return [sum(square(predictions)), predictions] as const;
 * };
 * const { gradient, aux } = await evaluate(valueAndGrad(loss, { hasAux: true })(tensor([1, 2])));
 * assertEquals([...await gradient.data()], [18, 36]);
 * assertEquals([...await aux.data()], [3, 6]);
 * ```
 */
export function valueAndGrad<A extends readonly Tree[], X extends Tree, const N extends ArgNums = 0>(
  fn: TreeFunction<A, readonly [Tensor, X]>,
  options: GradOptions<N> & { readonly hasAux: true },
): TreeFunction<A, ValueAndGradient<GradientOf<A, N>> & { readonly aux: X }>;
export function valueAndGrad(
  fn: TreeFunction<Tree[], Tensor | readonly [Tensor, Tree]>,
  options: { readonly argnums?: ArgNums; readonly hasAux?: boolean } = {},
): TreeFunction<Tree[], ValueAndGradient<Tree>> {
  const argnums = options.argnums ?? 0;
  const positions = typeof argnums === "number" ? [argnums] : argnums;
  return (...args) => {
    const renamed = [...args];
    for (const position of positions) renamed[position] = renameArgument(args, position);
    const result = fn(...renamed);
    const [value, aux] = result instanceof Tensor ? [result] : result;
    if (value.dtype !== "f32" || value.rank !== 0) {
      throw new TypeError(
        `a gradient needs a function to an f32 scalar of shape [], got ${value.dtype} of shape ` +
          `${showShape(value.shape)}: reduce it with sum() or mean(), or use vjp()`,
      );
    }
    const wrt = positions.map((position) => renamed[position]!);
    const trees = treeUnflatten(wrt, gradients([value], treeLeaves(wrt)));
    const gradient = typeof argnums === "number" ? trees[0]! : trees;
    return aux === undefined ? { value, gradient } : { value, gradient, aux };
  };
}

function renameArgument(args: readonly Tree[], position: number): Tree {
  const argument = args[position];
  if (argument === undefined) {
    throw new RangeError(
      `argument ${position} is to be differentiated, but ${args.length} arguments were passed`,
    );
  }
  return rename(argument, `the gradient with respect to argument ${position}`);
}
