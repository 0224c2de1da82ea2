/**
 * The gradient rules: for each primitive of `@gasp/tensor`, how the cotangents of its inputs follow from that of its
 * result. For implementing primitives or transformations; models only need `@gasp/autograd`.
 *
 * @example Which inputs a gradient reaches
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { vjpRules } from "@gasp/autograd/rules";
 *
 * // Indices have no derivative
 * assertEquals(vjpRules.knn, [null, null, null, null]);
 * ```
 *
 * @module
 */
export type { Adjoint, Rule, RulesFor, VjpContext } from "./rule.ts";
export { adjointOf, type VjpRules, vjpRules } from "./table.ts";
export type {
  CountParams,
  ElementwiseName,
  FarthestParams,
  KnnParams,
  NoParams,
  ParamsOf,
  PrimitiveName,
  RandomParams,
  StructuralName,
  StructuralParams,
  WindowParams,
} from "@gasp/tensor/compiler";
export type { ConvGeometry, SearchMethod } from "@gasp/tensor";
