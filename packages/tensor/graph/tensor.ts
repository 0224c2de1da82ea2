/**
 * A tensor is an immutable handle on a node of a lazy graph: shape, type, the primitive that computes it, its inputs.
 * Nothing is computed until a value is needed.
 * @module
 */
import type { DeviceBuffer, KernelDevice } from "../device/device.ts";
import { type DType, ELEMENT_BYTES, type HostArray, hostView } from "../ir/dtype.ts";
import { describe, type Description } from "./describe.ts";
import type { ExchangeName, ParamsOf, PrimitiveName } from "./primitives.ts";
import { cancelFreeOnCollection, freeOnCollection } from "../device/finalization.ts";
import { currentScope } from "./scope.ts";
import { type Shape, showShape, sizeOf } from "./shape.ts";

/**
 * Storage of a concrete tensor. The reference interpreter stores doubles on the host.
 *
 * @category Compiler
 */
export type TensorStorage =
  | { readonly kind: "host"; readonly data: HostArray | Float64Array }
  | { readonly kind: "device"; readonly device: KernelDevice; readonly buffer: DeviceBuffer };

/**
 * A graph node: a primitive, its parameters and its inputs.
 *
 * @category Compiler
 */
export type GraphNode = {
  [P in PrimitiveName]: { readonly op: P; readonly params: ParamsOf<P>; readonly inputs: readonly Tensor[] };
}[PrimitiveName];

/** Returns whether a node exchanges values with other ranks. @param node Any node. */
export function isExchange(node: GraphNode): node is Extract<GraphNode, { readonly op: ExchangeName }> {
  return node.op === "allReduce" || node.op === "allGather";
}

let nextId = 0;

/**
 * An immutable multi-dimensional array: a node of a graph, whose elements may not have been computed yet.
 *
 * Memory on a device is freed by {@link Tensor.dispose}, at the end of a block by `using`, or when the garbage
 * collector finds the tensor unreachable, which may take long.
 *
 * @example
 * ```ts
 * import { evaluate, openDevice, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * await using device = await openDevice("wasm");
 * using x = await evaluate(tensor([[1, 2], [3, 4]]), device);
 * assertEquals([x.shape, x.dtype, x.size, x.isConcrete], [[2, 2], "f32", 4, true]);
 * assertEquals(await x.data(), Float32Array.of(1, 2, 3, 4));
 * ```
 *
 * @category Tensors
 */
export class Tensor {
  /** Unique in this process; inputs have smaller ids than their users. */
  readonly id: number;
  /** Shape. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;
  /**
   * The operation that computes it, for graph transformations: see `@gasp/tensor/compiler`.
   *
   * @internal
   */
  readonly node: GraphNode;
  /** The scope it was created in, for profiles; empty if none. */
  readonly scope: string;
  #storage: TensorStorage | undefined;

  /**
   * Use {@link tensor} and the operations instead, which check their arguments.
   *
   * @internal
   * @param node Graph node.
   * @param shape Shape.
   * @param dtype Element type.
   * @param storage Elements, for a concrete tensor.
   */
  constructor(node: GraphNode, shape: Shape, dtype: DType, storage?: TensorStorage) {
    this.id = nextId++;
    this.node = node;
    this.shape = shape;
    this.dtype = dtype;
    this.scope = currentScope();
    this.#storage = storage;
    if (storage?.kind === "device") freeOnCollection(this, storage);
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Whether the elements exist and need no computation. */
  get isConcrete(): boolean {
    return this.node.op === "data";
  }

  /**
   * The storage of the elements.
   *
   * @internal
   * @throws {Error} If the tensor is not concrete, or has been disposed or donated.
   */
  get storage(): TensorStorage {
    if (this.#storage) return this.#storage;
    throw new Error(
      this.isConcrete
        ? `this tensor of shape ${showShape(this.shape)} has been disposed or donated`
        : `this tensor of shape ${showShape(this.shape)} has not been evaluated: call evaluate() first`,
    );
  }

  /** Whether the elements have been disposed or donated to a program. */
  get isDisposed(): boolean {
    return this.isConcrete && this.#storage === undefined;
  }

  /**
   * Reads the elements of a concrete tensor, row-major.
   *
   * @returns A host array; doubles if the reference interpreter computed it. Do not modify it.
   * @throws {Error} If the tensor has not been evaluated, or has been disposed.
   */
  async data(): Promise<HostArray | Float64Array> {
    const storage = this.storage;
    if (storage.kind === "host") return storage.data;
    const bytes = await storage.device.read(storage.buffer, this.size * ELEMENT_BYTES);
    // `this` is used after the await, so that it is not collected, and its memory freed, before the bytes are copied
    return hostView(this.dtype, bytes);
  }

  /**
   * Returns the only element of a concrete tensor, such as a loss.
   *
   * @returns A number; 0 or 1 for `bool`.
   * @throws {RangeError} If it has not exactly one element.
   * @throws {Error} If the tensor has not been evaluated, or has been disposed.
   */
  async item(): Promise<number> {
    if (this.size === 1) return (await this.data())[0]!;
    throw new RangeError(
      `item() needs a tensor of one element, got shape ${showShape(this.shape)}: use data()`,
    );
  }

  /** Frees the memory of a concrete tensor on its device; using it afterwards throws. Idempotent. */
  dispose(): void {
    const storage = this.#release();
    if (storage?.kind === "device") storage.device.free(storage.buffer);
  }

  /**
   * Transfers ownership of the storage: the tensor is then disposed, but nothing is freed.
   *
   * @internal
   */
  donate(): TensorStorage {
    const storage = this.storage;
    this.#release();
    return storage;
  }

  #release(): TensorStorage | undefined {
    const storage = this.#storage;
    this.#storage = undefined;
    if (storage?.kind === "device") cancelFreeOnCollection(this);
    return storage;
  }

  /** Disposes the tensor: `using x = …` frees it at the end of the block. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Tag used by `Object.prototype.toString`. */
  get [Symbol.toStringTag](): string {
    return "Tensor";
  }

  /** Formats shape, type, location of the elements, and an excerpt of them if they are on the host. */
  toString(): string {
    return describe(this.#description());
  }

  /**
   * Value for `JSON.stringify`: shape, type, and the elements if they are on the host, else their location.
   *
   * @returns Plain data.
   */
  toJSON(): { shape: Shape; dtype: DType; data: number[] } | { shape: Shape; dtype: DType; state: string } {
    const { shape, dtype, data, state } = this.#description();
    return data ? { shape, dtype, data: Array.from(data) } : { shape, dtype, state };
  }

  /** Representation for `console.log` in Deno. */
  [Symbol.for("Deno.customInspect")](_inspect: unknown, options: { indentationLvl?: number } = {}): string {
    return this.toString().replaceAll("\n", `\n${" ".repeat(options.indentationLvl ?? 0)}`);
  }

  /** Representation for `console.log` in Node and Bun. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  #description(): Description & { readonly state: string } {
    const { shape, dtype } = this, storage = this.#storage;
    if (storage?.kind === "host") return { shape, dtype, state: "host", data: storage.data };
    if (storage) {
      return { shape, dtype, state: `on ${storage.device.info.kind}: ${storage.device.info.name}` };
    }
    if (this.isConcrete) return { shape, dtype, state: "disposed or donated" };
    if (this.node.op === "input") return { shape, dtype, state: "argument of a traced function" };
    return { shape, dtype, state: `not evaluated: ${this.node.op}` };
  }
}

/**
 * Creates a node without checks: for operations and graph transformations.
 *
 * @param op Primitive.
 * @param params Parameters.
 * @param inputs Inputs.
 * @param shape Shape of the result.
 * @param dtype Type of the result.
 * @category Compiler
 *
 * @example What `neg` does after it has checked its argument
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, reference, tensor } from "@gasp/tensor";
 * import { makeNode } from "@gasp/tensor/compiler";
 *
 * const x = tensor([1, 2]);
 * const y = makeNode("neg", {}, [x], x.shape, x.dtype);
 * assertEquals([...await (await evaluate(y, reference)).data()], [-1, -2]);
 * ```
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
 * Creates a concrete tensor over existing storage.
 *
 * @param storage Elements.
 * @param shape Shape.
 * @param dtype Element type.
 * @category Compiler
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { fromStorage } from "@gasp/tensor/compiler";
 *
 * const x = fromStorage({ kind: "host", data: Float32Array.of(1, 2) }, [2], "f32");
 * assertEquals([...await x.data()], [1, 2]);
 * ```
 */
export function fromStorage(storage: TensorStorage, shape: Shape, dtype: DType): Tensor {
  return new Tensor({ op: "data", params: {}, inputs: [] }, shape, dtype, storage);
}
