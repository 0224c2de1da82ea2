/**
 * Tensors as recipes, compiled to kernels for WebGPU and WebAssembly.
 *
 * @module
 */
export { type DType, ELEMENT_BYTES, type HostArray } from "./dtype.ts";
export {
  availableMemory,
  DEFAULT_BUDGET,
  describeShortage,
  isAllocationFailure,
  largestFitting,
  limitMemory,
  MemoryError,
  type MemoryNeed,
  type MemoryParameter,
  type MemoryShortage,
  requireMemory,
} from "./memory_budget.ts";
export { showBytes } from "./show_bytes.ts";
export type { Device, DeviceBuffer, DeviceInfo, Executable, ProgramProfile, StepSpan } from "./device.ts";
export type * from "./ir/kernel.ts";
export { gather, type IndexTable, indexTable, segmentSum, tableRows } from "./ops/indexing.ts";
export * from "./ops/arithmetic.ts";
export * from "./ops/creation.ts";
export * from "./ops/movement.ts";
export * from "./ops/concatenate.ts";
export * from "./ops/reduction.ts";
export * from "./ops/linear.ts";
export * from "./ops/neighbour.ts";
export * from "./ops/search.ts";
export * from "./io/mod.ts";
export * from "./random/mod.ts";
export { currentScope, scope, withinScope } from "./graph/scope.ts";
export { broadcastShapes, type Shape, showShape, sizeOf } from "./graph/shape.ts";
export {
  type CountParams,
  type FarthestParams,
  fromStorage,
  makeNode,
  type NearestParams,
  type NestedNumbers,
  type Node,
  type NoParams,
  type ParamsOf,
  type PrimitiveName,
  type Storage,
  type StructuralName,
  type StructuralParams,
  Tensor,
  tensor,
} from "./graph/tensor.ts";
export { elementwise, type ElementwiseName, type ElementwiseOp, isElementwise } from "./graph/elementwise.ts";
export { topologicalOrder } from "./graph/traverse.ts";
export { compile, type Compiled, type CompileOptions, evaluate } from "./compile/compile.ts";
export { costOf, type StepCost } from "./compile/cost.ts";
export type { PlanReport } from "./compile/program.ts";
export { kernelKey } from "./ir/rewrite.ts";
export { measurePeak } from "./wasm/peak.ts";
export { openDevice, type OpenOptions, type TargetName } from "./open.ts";
export type { AdapterOptions } from "./webgpu/adapter.ts";
export type { WebGPUOptions } from "./webgpu/device.ts";
export type { TuningStore } from "./webgpu/tuner.ts";
export { isDevice, reference, type ReferenceDevice, type Target } from "./target.ts";
export { mapTree, type Tree, treeFromLeaves, treeLeaves, treePaths } from "./tree.ts";
