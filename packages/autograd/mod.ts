/**
 * Automatic differentiation of any order as graph transformations, layers as functions, and optimisers.
 *
 * {@link grad}, {@link valueAndGrad}, {@link vjp}, {@link jvp} and {@link hvp} work as in JAX: they transform functions
 * of trees of tensors into functions of trees of tensors, so they can be nested and compiled.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { grad } from "@gasp/autograd";
 * import { evaluate, openDevice, square, sum, tensor, type Tensor } from "@gasp/tensor";
 *
 * await using device = await openDevice("wasm");
 * const slope = grad((x: Tensor) => sum(square(x)));
 * using gradient = await evaluate(slope(tensor([1, 2, 3])), device);
 * assertEquals(await gradient.data(), Float32Array.of(2, 4, 6));
 * ```
 *
 * @module
 */
export { gradients } from "./gradients.ts";
export * from "./transform.ts";
export { checkGradients, type CheckOptions, type CheckReport, testDirection } from "./check.ts";
export * from "./nn/mod.ts";
export * from "./optim/mod.ts";
export type {
  ConvOptions,
  ConvTransposeOptions,
  DType,
  HostArray,
  Padding,
  PerAxis,
  RandomKey,
  Shape,
  Tensor,
  Tree,
} from "@gasp/tensor";
