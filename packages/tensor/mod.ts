/**
 * Tensors as recipes, compiled to kernels for WebGPU and WebAssembly.
 *
 * @module
 */
export { type DType, ELEMENT_BYTES, type HostArray } from "./core/dtype.ts";
export type {
  DeviceBuffer,
  DeviceInfo,
  Executable,
  KernelDevice,
  ProgramProfile,
  StepSpan,
} from "./core/device.ts";
export type * from "./ir/kernel.ts";
export { gather, type IndexTable, indexTable, segmentSum, tableRows } from "./ops/indexing.ts";
export * from "./ops/arithmetic.ts";
export * from "./ops/creation.ts";
export * from "./ops/movement.ts";
export * from "./ops/concatenate.ts";
export * from "./ops/reduction.ts";
export * from "./ops/linear.ts";
export {
  conv,
  convGeneral,
  type ConvOptions,
  convTranspose,
  type ConvTransposeOptions,
  type Padding,
  type PerAxis,
} from "./ops/convolution.ts";
export * from "./ops/pooling.ts";
export * from "./ops/neighbour.ts";
export * from "./ops/search.ts";
export * from "./io/mod.ts";
export * from "./random/mod.ts";
export { currentScope, runInScope, scope } from "./graph/scope.ts";
export { broadcastShapes, type Shape, showShape, sizeOf } from "./graph/shape.ts";
export {
  type ConvGeometry,
  type CountParams,
  type FarthestParams,
  fromStorage,
  type GraphNode,
  type KnnParams,
  makeNode,
  type NestedNumbers,
  type NoParams,
  type ParamsOf,
  type PrimitiveName,
  type StructuralName,
  type StructuralParams,
  Tensor,
  tensor,
  type TensorStorage,
  type WindowParams,
} from "./graph/tensor.ts";
export { elementwise, type ElementwiseName, type ElementwiseOp, isElementwise } from "./graph/elementwise.ts";
export { topologicalOrder } from "./graph/traverse.ts";
export { compile, type Compiled, type CompileOptions, evaluate } from "./compile/compile.ts";
export { costOf, type StepCost } from "./compile/cost.ts";
export type { PlanReport } from "./compile/program.ts";
export { kernelKey } from "./ir/rewrite.ts";
export { measurePeak } from "./wasm/runtime/peak.ts";
export { openDevice, type OpenOptions, type TargetName } from "./open.ts";
export type { AdapterOptions } from "./webgpu/runtime/adapter.ts";
export type { WebGPUOptions } from "./webgpu/runtime/device.ts";
export type { TuningStore } from "./webgpu/gemm/tuner.ts";
export { type Device, isKernelDevice, reference, type ReferenceDevice } from "./core/target.ts";
export { type Tree, treeLeaves, treeMap, treePaths, treeUnflatten } from "./graph/tree.ts";
