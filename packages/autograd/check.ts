/**
 * Checks gradients against central differences, in double precision on the reference interpreter:
 * `∂f/∂x ≈ (f(x + ε) - f(x - ε)) / 2ε`, whose error is of order ε² and rounding / ε.
 * @module
 */
import {
  add,
  compile,
  type Compiled,
  mul,
  reference,
  type Shape,
  sum,
  type Tensor,
  tensor,
  type Tree,
  treeLeaves,
  treePaths,
  treeUnflatten,
} from "@gasp/tensor";
import { grad } from "./transform.ts";

/**
 * Options of {@link checkGradients}.
 *
 * @category Gradients
 */
export interface CheckOptions {
  /** 1 checks the gradient; 2 the gradient and the gradient of its product with a direction. Default: 1. */
  readonly order?: 1 | 2;
  /** Step of the differences. Default: 1e-5. */
  readonly eps?: number;
  /** Maximum error, relative to the larger of 1 and the derivative. Default: 1e-6. */
  readonly tolerance?: number;
}

/**
 * Result of a successful {@link checkGradients}.
 *
 * @category Gradients
 */
export interface CheckReport {
  /** Number of derivatives compared. */
  readonly compared: number;
  /** Maximum error, relative to the larger of 1 and the derivative. */
  readonly largestError: number;
}

type Scalar = (primals: readonly Tree[]) => Tensor;

/**
 * Compares gradients of a function with finite differences.
 *
 * The function's results are contracted with fixed directions to a scalar L. Order 1 compares every ∂L/∂x with
 * differences of L. Order 2 contracts the first gradient with a direction v, `s = v · ∂L/∂x`, and compares the gradient
 * of s, taken by differentiating twice, with differences of s.
 *
 * @param fn A function of f32 trees to a tree of f32 tensors; twice differentiable near `primals` for order 2.
 * @param primals Concrete arguments on the host.
 * @param options Order, step, tolerance.
 * @returns The number of derivatives compared and their maximum error.
 * @throws {Error} If the error of a derivative exceeds the tolerance; the message names it and both values.
 *
 * @example
 * ```ts
 * import { checkGradients } from "@gasp/autograd";
 * import { sin, tensor, type Tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const { compared } = await checkGradients((x: Tensor) => sin(x), [tensor([0.5, 1, 2])], { order: 2 });
 * assertEquals(compared, 6);
 * ```
 *
 * @category Gradients
 */
export async function checkGradients<A extends readonly Tree[]>(
  fn: (...args: A) => Tree,
  primals: A,
  options: CheckOptions = {},
): Promise<CheckReport> {
  const contracted: Scalar = (args) => dot(fn(...(args as A)), 0.25);
  const first = await compareWithDifferences("first", contracted, primals, options);
  if (options.order !== 2) return first;
  const slope: Scalar = (args) => dot(grad(contracted)(args), 0.75);
  const second = await compareWithDifferences("second", slope, primals, options);
  return {
    compared: first.compared + second.compared,
    largestError: Math.max(first.largestError, second.largestError),
  };
}

/**
 * Returns deterministic quasi-random values in (-1, 1), multiples of the golden ratio modulo 1, as a direction that
 * matches no symmetry of a function under test.
 *
 * @param shape Shape.
 * @param offset Selects the direction.
 * @returns A concrete f32 tensor in double precision.
 * @category Gradients
 *
 * @example The derivative of a function along a direction
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { jvp, testDirection } from "@gasp/autograd";
 * import { evaluate, square, sum, tensor, Tensor } from "@gasp/tensor";
 *
 * const x = tensor([1, 2, 3]), direction = testDirection([3], 0.25);
 * const [, tangent] = jvp((x: Tensor) => sum(square(x)), [x], [direction]);
 * const [first, second, third] = await direction.data();
 * assertAlmostEquals((await (await evaluate(tangent)).data())[0]!, 2 * first! + 4 * second! + 6 * third!, 1e-6);
 * ```
 */
export function testDirection(shape: Shape, offset: number): Tensor {
  const size = shape.reduce((product, axis) => product * axis, 1);
  const golden = (Math.sqrt(5) - 1) / 2;
  return tensor(
    Float64Array.from({ length: size }, (_, i) => 2 * ((offset + (i + 1) * golden) % 1) - 1),
    shape,
  );
}

/** `Σ tree · direction` over all leaves. */
function dot(tree: Tree, offset: number): Tensor {
  const terms = treeLeaves(tree).map((leaf, i) => sum(mul(leaf, testDirection(leaf.shape, offset + i / 8))));
  return terms.reduce((total, term) => add(total, term));
}

async function compareWithDifferences(
  name: string,
  fn: Scalar,
  primals: readonly Tree[],
  { eps = 1e-5, tolerance = 1e-6 }: CheckOptions,
): Promise<CheckReport> {
  const value = compile(fn, { device: reference });
  const derivatives = treeLeaves(await compile(grad(fn), { device: reference })(primals));
  const paths = [...treePaths(primals).keys()];
  let compared = 0, largestError = 0;
  for (const [leaf, x] of treeLeaves(primals).entries()) {
    const derivative = await derivatives[leaf]!.data();
    for (let i = 0; i < x.size; i++) {
      const [above, below] = [
        await valueAt(value, primals, leaf, i, eps),
        await valueAt(value, primals, leaf, i, -eps),
      ];
      const expected = (above - below) / (2 * eps), actual = derivative[i]!;
      const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
      // Not `error > tolerance`, since NaN must fail, too
      if (!(error <= tolerance)) {
        throw new Error(
          `${name} derivative with respect to element ${i} of '${
            paths[leaf]
          }' is ${actual}, but finite differences are ${expected}`,
        );
      }
      largestError = Math.max(largestError, error);
      compared++;
    }
  }
  return { compared, largestError };
}

/** Evaluates the function with one element of one leaf perturbed. */
async function valueAt(
  fn: Compiled<[readonly Tree[]], Tensor>,
  primals: readonly Tree[],
  leaf: number,
  element: number,
  step: number,
): Promise<number> {
  const leaves = treeLeaves(primals);
  const moved = Float64Array.from(await leaves[leaf]!.data());
  moved[element]! += step;
  leaves[leaf] = tensor(moved, leaves[leaf]!.shape);
  return (await (await fn(treeUnflatten(primals, leaves))).data())[0]!;
}
