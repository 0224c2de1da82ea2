/**
 * Multi-dimensional arrays whose operations are compiled to kernels for WebGPU and WebAssembly.
 *
 * A {@link Tensor} is an immutable node of a graph. Operations such as {@link add} and {@link matmul} extend the graph;
 * {@link evaluate} computes the values of a graph once, {@link compile} turns a function of tensors into a program that
 * runs many times. Operations are functions, as in `jax.numpy`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, matmul, openDevice, tensor } from "@gasp/tensor";
 *
 * await using device = await openDevice("wasm");
 * using y = await evaluate(matmul(tensor([[1, 2], [3, 4]]), tensor([[1], [1]])), device);
 * assertEquals(await y.data(), Float32Array.of(3, 7));
 * ```
 *
 * @module
 */
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
} from "./memory/memory_budget.ts";
export { showBytes } from "./memory/show_bytes.ts";
export { type DType, ELEMENT_BYTES, type HostArray } from "./core/dtype.ts";
export type { DeviceBuffer, DeviceInfo, KernelDevice } from "./core/device.ts";
export { type Device, isKernelDevice, reference, type ReferenceDevice } from "./core/target.ts";
export { openDevice, type OpenOptions, type TargetName } from "./open.ts";
export { type AdapterOptions, NoAdapterError } from "./webgpu/runtime/adapter.ts";
export type { WebGPUOptions } from "./webgpu/runtime/device.ts";
export type { TuningStore } from "./webgpu/gemm/tuner.ts";
export { type NestedNumbers, Tensor, tensor } from "./graph/tensor.ts";
export { placeholder } from "./graph/placeholder.ts";
export { broadcastShapes, type Shape, showShape, sizeOf } from "./graph/shape.ts";
export { type Tree, treeLeaves, treeMap, treePaths, treeUnflatten } from "./graph/tree.ts";
export { scope } from "./graph/scope.ts";
export { compile, type Compiled, type CompileOptions, evaluate } from "./compile/compile.ts";
export type { PlanReport } from "./compile/program.ts";
export { take, takeAlongAxis } from "./ops/take.ts";
export * from "./ops/activation.ts";
export { argmax, type ArgmaxOptions, argmin } from "./ops/argmax.ts";
export * from "./ops/arithmetic.ts";
export * from "./ops/functions.ts";
export * from "./ops/logic.ts";
export * from "./ops/softmax.ts";
export * from "./ops/constant.ts";
export * from "./ops/creation.ts";
export * from "./ops/movement.ts";
export * from "./ops/concatenate.ts";
export * from "./ops/reduction.ts";
export * from "./ops/linear.ts";
export * from "./ops/neighbour.ts";
export * from "./ops/search.ts";
export { gather, type IndexTable, indexTable, segmentSum, tableRows } from "./ops/indexing.ts";
export type { SearchMethod } from "./ir/kernel.ts";
export * from "./io/mod.ts";
export * from "./random/mod.ts";
