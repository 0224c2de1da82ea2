/**
 * A tensor is an immutable handle on a node of a graph: shape, type, the primitive that makes it, its inputs.
 * Nothing is computed until a value is needed.
 * @module
 */
import type { DeviceBuffer, KernelDevice } from "../core/device.ts";
import { type DType, ELEMENT_BYTES, type HostArray, hostArray, hostView } from "../core/dtype.ts";
import type { SearchMethod } from "../ir/kernel.ts";
import type { ElementwiseName } from "./elementwise.ts";
import { currentScope } from "./scope.ts";
import { checkShape, type Shape, showShape, sizeOf } from "./shape.ts";

/** Where the elements of a concrete tensor are. The reference interpreter keeps doubles on the host. */
export type TensorStorage =
  | { readonly kind: "host"; readonly data: HostArray | Float64Array }
  | { readonly kind: "device"; readonly device: KernelDevice; readonly buffer: DeviceBuffer };

/** Parameters of a count of the points within a radius. */
export interface CountParams {
  /** Order of the norm, at least 1, or `Infinity`. */
  readonly norm: number;
  /** Largest distance; it counts as within. */
  readonly radius: number;
  /** How to search. */
  readonly method: SearchMethod;
}

/** Parameters of a search for nearest points. */
export interface KnnParams extends CountParams {
  /** Neighbours of each query. */
  readonly k: number;
  /** Whether distances come with the numbers. */
  readonly distances: boolean;
}

/** Parameters of farthest-point sampling. */
export interface FarthestParams {
  /** Points taken of each cloud. */
  readonly count: number;
  /** Order of the norm, at least 1, or `Infinity`. */
  readonly norm: number;
  /** Number, within its cloud, of the first point taken. */
  readonly start: number;
}

/** No parameters. */
export type NoParams = Readonly<Record<never, never>>;

/** Parameters of each primitive that is not element-wise. */
export interface StructuralParams {
  /** Elements that exist: on the host or on a device. */
  data: NoParams;
  /** An argument of a traced function. */
  input: NoParams;
  /** One number, shape `[]`. */
  constant: { readonly value: number };
  /** `out[i0, i1, ...] = i_axis`. */
  iota: { readonly axis: number };
  /** The same value under another name: what a gradient is taken with respect to; a detached one passes no gradient. */
  identity: { readonly detached: boolean };
  /** The same elements under another shape. */
  reshape: NoParams;
  /** Axes in another order. */
  permute: { readonly axes: readonly number[] };
  /** Repeats axes of size 1; the rank stays. */
  broadcast: NoParams;
  /** Elements `starts[i] + j · steps[i]`. */
  slice: { readonly starts: readonly number[]; readonly steps: readonly number[] };
  /** Zeros before and after each axis. */
  pad: { readonly low: readonly number[] };
  /** Reduced axes stay with size 1. */
  sum: { readonly axes: readonly number[] };
  /** Largest element over axes. */
  max: { readonly axes: readonly number[] };
  /** Product over axes. */
  prod: { readonly axes: readonly number[] };
  /** `[batch..., m, k] · [batch..., k, n]`, equal batch axes. */
  matmul: NoParams;
  /** `(source [rows, ...], index, starts, entries) → [...index, ...]`. */
  gather: NoParams;
  /** `(source [...index, ...], index, starts, entries) → [segments, ...]`, the adjoint of gather. */
  segmentSum: NoParams;
  /** `(F [points, batch, channels], W [outputs, k, mid], index, starts, entries) → H [outputs, batch, channels, mid]`. */
  neighbourSum: NoParams;
  /** `(F, H, index, starts, entries) → W`. */
  neighbourWeights: NoParams;
  /** `(W, H, index, starts, entries) → F`. */
  neighbourFeatures: NoParams;
  /**
   * `(points, starts, queries, query starts) → i32 [queries, k]`; a missing neighbour is -1. With distances `[queries, 2 k]`:
   * behind the numbers of a query the bits of its distances, f32, infinite for a missing neighbour.
   */
  knn: KnnParams;
  /** `(points, starts, queries, query starts) → i32 [queries]`: how many points are within the radius. */
  countWithinRadius: CountParams;
  /** `(points, starts) → i32 [clouds, count]`. */
  farthestPointSample: FarthestParams;
  /** `index → i32 [rows + 1 + index.size]`: starts and entries of the inverse table; negative numbers name no row. */
  invertIndex: { readonly rows: number };
}

/** Name of a primitive that is not element-wise. */
export type StructuralName = keyof StructuralParams;

/** Name of any primitive. */
export type PrimitiveName = StructuralName | ElementwiseName;

/** Parameters of any primitive. */
export type ParamsOf<P extends PrimitiveName> = P extends StructuralName ? StructuralParams[P] : NoParams;

/** What makes a tensor: a primitive, its parameters and its inputs. */
export type GraphNode = {
  [P in PrimitiveName]: { readonly op: P; readonly params: ParamsOf<P>; readonly inputs: readonly Tensor[] };
}[PrimitiveName];

let nextId = 0;

/** An immutable multi-dimensional array, known by how it is made. */
export class Tensor {
  /** Distinguishes tensors in this process; inputs have smaller ids than what is made of them. */
  readonly id: number;
  /** Sizes of the axes. */
  readonly shape: Shape;
  /** Type of the elements. */
  readonly dtype: DType;
  /**
   * The operation that computes it, for transformations of graphs: see `@gasp/tensor/compiler`.
   *
   * @internal
   */
  readonly node: GraphNode;
  /** The part of the model that it belongs to, for profiles; empty if it has no name. */
  readonly scope: string;
  #storage: TensorStorage | undefined;

  /**
   * Use {@link tensor} and the operations instead, which check their arguments.
   *
   * @internal
   * @param node How it is made.
   * @param shape Sizes of the axes.
   * @param dtype Type of the elements.
   * @param storage Elements, for a concrete tensor.
   */
  constructor(node: GraphNode, shape: Shape, dtype: DType, storage?: TensorStorage) {
    this.id = nextId++;
    this.node = node;
    this.shape = shape;
    this.dtype = dtype;
    this.scope = currentScope();
    this.#storage = storage;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** True if the elements exist and need no computation. */
  get isConcrete(): boolean {
    return this.node.op === "data";
  }

  /**
   * Where the elements are.
   *
   * @internal
   * @throws {Error} If the tensor is not concrete, or was disposed of or donated.
   */
  get storage(): TensorStorage {
    if (this.#storage) return this.#storage;
    throw new Error(
      this.isConcrete
        ? `this tensor of shape ${showShape(this.shape)} was disposed of or donated: its elements are gone`
        : `this tensor of shape ${showShape(this.shape)} is a recipe without elements: call evaluate() first`,
    );
  }

  /** True if the elements were disposed of or donated to a program. */
  get isDisposed(): boolean {
    return this.isConcrete && this.#storage === undefined;
  }

  /**
   * The elements of a concrete tensor, row-major.
   *
   * @returns A host array; doubles if the reference interpreter made it. Do not change it.
   * @throws {Error} If the tensor is a recipe (evaluate it first) or was disposed of.
   */
  async data(): Promise<HostArray | Float64Array> {
    const storage = this.storage;
    if (storage.kind === "host") return storage.data;
    return hostView(this.dtype, await storage.device.read(storage.buffer, this.size * ELEMENT_BYTES));
  }

  /** Frees the memory of a concrete tensor on its device; later use is an error. Twice is harmless. */
  dispose(): void {
    const storage = this.#storage;
    this.#storage = undefined;
    if (storage?.kind === "device") storage.device.free(storage.buffer);
  }

  /**
   * Hands the storage over: the tensor is then as if disposed of, but nothing is freed.
   *
   * @internal
   */
  donate(): TensorStorage {
    const storage = this.storage;
    this.#storage = undefined;
    return storage;
  }

  /** `using x = …` frees at the end of the block. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * A node without checks: for operations and for passes over graphs.
 *
 * @param op Primitive.
 * @param params Its parameters.
 * @param inputs Its inputs.
 * @param shape Shape of the result.
 * @param dtype Type of the result.
 */
export function makeNode<P extends PrimitiveName>(
  op: P,
  params: ParamsOf<P>,
  inputs: readonly Tensor[],
  shape: Shape,
  dtype: DType,
): Tensor {
  return new Tensor({ op, params, inputs } as unknown as GraphNode, shape, dtype);
}

/**
 * A concrete tensor over existing storage.
 *
 * @param storage Elements.
 * @param shape Sizes of the axes.
 * @param dtype Type of the elements.
 */
export function fromStorage(storage: TensorStorage, shape: Shape, dtype: DType): Tensor {
  return new Tensor({ op: "data", params: {}, inputs: [] }, shape, dtype, storage);
}

/** Nested arrays of numbers. */
export type NestedNumbers = number | readonly NestedNumbers[];

/**
 * A concrete tensor from numbers on the host.
 *
 * @param values A typed array (kept, not copied, if its type fits; do not change it afterwards), or nested arrays.
 * @param shape Sizes of the axes; for nested arrays it is found from them.
 * @param dtype Element type; by default that of the typed array, else `f32`. A `Float64Array` keeps its doubles for
 *   the reference interpreter and is rounded to f32 elsewhere.
 * @throws {RangeError} If the number of values is not that of the shape, or nested arrays are ragged.
 */
export function tensor(
  values: HostArray | Float64Array | NestedNumbers,
  shape?: Shape,
  dtype?: DType,
): Tensor {
  if (!ArrayBuffer.isView(values)) {
    const nested = nestedShape(values);
    const flat = (Array.isArray(values) ? values.flat(Infinity) : [values]) as number[];
    const data = hostArray(dtype ?? "f32", flat.length);
    data.set(flat);
    return tensor(data, shape ?? nested, dtype ?? "f32");
  }
  const type = dtype ?? dtypeOf(values);
  const finalShape = shape ?? [values.length];
  checkShape(finalShape);
  if (sizeOf(finalShape) !== values.length) {
    throw new RangeError(
      `shape ${showShape(finalShape)} holds ${sizeOf(finalShape)} elements, got ${values.length} values`,
    );
  }
  return fromStorage({ kind: "host", data: fitting(values, type) }, [...finalShape], type);
}

function dtypeOf(values: HostArray | Float64Array): DType {
  if (values instanceof Int32Array) return "i32";
  return values instanceof Uint32Array ? "u32" : "f32";
}

function fitting(values: HostArray | Float64Array, dtype: DType): HostArray | Float64Array {
  if (
    dtype === "f32"
      ? values instanceof Float32Array || values instanceof Float64Array
      : dtypeOf(values) === dtype
  ) {
    return values;
  }
  const data = hostArray(dtype, values.length);
  if (dtype === "bool") { for (let i = 0; i < values.length; i++) data[i] = values[i] === 0 ? 0 : 1; }
  else data.set(values);
  return data;
}

function nestedShape(values: NestedNumbers): number[] {
  if (typeof values === "number") return [];
  const inner = values.map(nestedShape);
  const first = inner[0] ?? [];
  if (inner.some((shape) => showShape(shape) !== showShape(first))) {
    throw new RangeError("nested arrays are ragged: every row of one level needs the same shape");
  }
  return [values.length, ...first];
}
