/**
 * Compiler internals: graph nodes, the table of element-wise operations, the kernel IR, and device programs. For
 * authors of graph transformations (gradients, say), devices or profilers; models only need `@gasp/tensor`.
 *
 * @example The operations of a graph
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { mul, sum, tensor } from "@gasp/tensor";
 * import { topologicalOrder } from "@gasp/tensor/compiler";
 *
 * const x = tensor([1, 2, 3]);
 * const operations = topologicalOrder([sum(mul(x, x))]).map(({ node }) => node.op);
 * assertEquals(operations, ["data", "mul", "sum", "reshape"]);
 * ```
 *
 * @module
 */
export type {
  CountParams,
  FarthestParams,
  KnnParams,
  NoParams,
  ParamsOf,
  PrimitiveName,
  RandomParams,
  StructuralName,
  StructuralParams,
  WindowParams,
} from "./graph/primitives.ts";
export { fromStorage, type GraphNode, makeNode, type TensorStorage } from "./graph/tensor.ts";
export { elementwise, type ElementwiseName, type ElementwiseOp, isElementwise } from "./graph/elementwise.ts";
export { topologicalOrder } from "./graph/traverse.ts";
export { currentScope, runInScope } from "./graph/scope.ts";
export { type Rank, runForRanks } from "./graph/ranks.ts";
export {
  checkFinite,
  checkWhole,
  requireTensor as checkTensor,
  requireType as checkType,
} from "./ops/shape/check.ts";
export type * from "./ir/kernel.ts";
export { kernelKey } from "./ir/rewrite.ts";
export type { Executable, ProgramProfile, StepSpan } from "./device/device.ts";
export { costOf, type StepCost } from "./compile/cost.ts";
export { measurePeak } from "./wasm/runtime/peak.ts";
