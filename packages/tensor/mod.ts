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
export { type DType, ELEMENT_BYTES, type HostArray } from "./ir/dtype.ts";
export type { DeviceBuffer, DeviceInfo, KernelDevice } from "./device/device.ts";
export { type Device, isKernelDevice, reference, type ReferenceDevice } from "./device/any_device.ts";
export { DeviceLostError } from "./device/device_lost_error.ts";
export { NumberError, type NumberRange } from "./device/number_error.ts";
export { DeviceMemoryError } from "./device/device_memory_error.ts";
export { BufferLimitError, type OversizedBuffer } from "./device/buffer_limit_error.ts";
export { type Communicator, soloCommunicator } from "./device/communicator.ts";
export { localCommunicators } from "./device/local_communicators.ts";
export { type DeviceName, openDevice, type OpenOptions } from "./open.ts";
export { type AdapterOptions, NoAdapterError, type WebGPUImplementation } from "./webgpu/runtime/adapter.ts";
export type { WebGPUOptions } from "./webgpu/runtime/device.ts";
export type { TuningStore } from "./webgpu/gemm/tuner.ts";
export { Tensor } from "./graph/tensor.ts";
export { type NestedNumbers, tensor } from "./graph/from_host.ts";
export { placeholder } from "./graph/placeholder.ts";
export { broadcastShapes, type Shape, showShape, sizeOf } from "./graph/shape.ts";
export { type Tree, treeLeaves, treeMap, treePaths, treeUnflatten } from "./graph/tree.ts";
export { DisposableTrees, disposeTree } from "./graph/dispose.ts";
export { scope } from "./graph/scope.ts";
export { compile, type Compiled, type CompileOptions } from "./run/compile.ts";
export { evaluate } from "./run/evaluate.ts";
export { show } from "./run/show.ts";
export { deserializeTree, serializeTree } from "./run/serialize_tree.ts";
export type {
  Argument,
  Arguments,
  ListItem,
  TensorArgument,
  TensorData,
  TreeArgument,
} from "./run/arguments.ts";
export type { PlanReport } from "./compile/device_program.ts";
export { take, takeAlongAxis } from "./ops/index/take.ts";
export * from "./ops/elementwise/activation.ts";
export { argmax, type ArgmaxOptions, argmin } from "./ops/reduction/argmax.ts";
export * from "./ops/elementwise/arithmetic.ts";
export * from "./ops/elementwise/functions.ts";
export * from "./ops/elementwise/rounding.ts";
export * from "./ops/elementwise/trigonometric.ts";
export * from "./ops/elementwise/logic.ts";
export * from "./ops/reduction/softmax.ts";
export * from "./ops/shape/constant.ts";
export * from "./ops/elementwise/creation.ts";
export * from "./ops/shape/movement.ts";
export * from "./ops/shape/concatenate.ts";
export * from "./ops/reduction/cumsum.ts";
export * from "./ops/linear/diagonal.ts";
export * from "./ops/shape/rearrange.ts";
export * from "./ops/index/scatter.ts";
export * from "./ops/index/sort.ts";
export * from "./ops/reduction/reduction.ts";
export * from "./ops/linear/einsum.ts";
export * from "./ops/linear/linear.ts";
export type { ConvGeometry } from "./graph/primitives.ts";
export {
  conv,
  convGeneral,
  type ConvOptions,
  convTranspose,
  type ConvTransposeOptions,
  type Padding,
  type PerAxis,
} from "./ops/spatial/convolution.ts";
export * from "./ops/spatial/pooling.ts";
export * from "./ops/index/neighbour.ts";
export * from "./ops/ranks/ranks.ts";
export { rowOffsets } from "./ops/index/offsets.ts";
export * from "./ops/index/search.ts";
export { invertIndex } from "./ops/index/invert.ts";
export type { IndexTable } from "./ops/index/index_table.ts";
export { gather, indexTable, segmentSum, tableRows } from "./ops/index/indexing.ts";
export type { SearchMethod } from "./ir/kernel.ts";
export {
  bernoulli,
  bits,
  categorical,
  dropout,
  foldIn,
  normal,
  randomKey,
  splitKey,
  uniform,
} from "./ops/random/random.ts";
export { type MappedAxes, vmap, type VmapOptions } from "./vmap/vmap.ts";
export * from "./io/mod.ts";
export * from "./io/torch/mod.ts";
export * from "./random/mod.ts";
