/**
 * Emits the expressions of tensors over the axes of a loop, with affine addresses into stored tensors.
 * @module
 */
import { elementwiseScalar, isElementwise } from "../../graph/elementwise.ts";
import { sizeOf } from "../../graph/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { binary, compare, constant, select } from "../../ir/build.ts";
import type { Address, Affine, Guard, KernelBuffer, Scalar } from "../../ir/kernel.ts";
import { constantAffine, isMovement, linearise, type Located, locateInput, SplitAxis } from "./affine.ts";
import { baseOf } from "./node_kinds.ts";

/** Loop axes: each dimension of a space is represented by one or more of them, outermost first. */
export class Space {
  readonly sizes: number[];

  constructor(sizes: readonly number[]) {
    this.sizes = [...sizes];
  }

  split(axis: number, inner: number): void {
    this.sizes.splice(axis, 1, this.sizes[axis]! / inner, inner);
  }
}

/** Buffers of a kernel, in order of first use. */
export class Slots {
  readonly tensors: Tensor[] = [];
  readonly #slots = new Map<Tensor, number>();
  readonly #written = new Set<Tensor>();

  of(tensor: Tensor): number {
    let slot = this.#slots.get(tensor);
    if (slot === undefined) this.#slots.set(tensor, slot = this.tensors.push(tensor) - 1);
    return slot;
  }

  write(tensor: Tensor): number {
    this.#written.add(tensor);
    return this.of(tensor);
  }

  describe(): KernelBuffer[] {
    return this.tensors.map((tensor) => ({
      dtype: tensor.dtype,
      access: this.#written.has(tensor) ? "write" : "read",
    }));
  }
}

/** An element of a tensor. */
interface Element {
  readonly tensor: Tensor;
  readonly at: Located;
}

/** An element whose expression is being emitted. */
interface Frame extends Element {
  readonly key: string;
  /** Elements that the expression is built from. */
  readonly operands: readonly Element[];
  /** Expressions of the first operands. */
  readonly values: Scalar[];
}

/** Emits expressions over given axes, with common subexpression elimination. */
export class Emitter {
  readonly #scalars = new Map<string, Scalar>();
  readonly #names = new Set<string>();

  constructor(
    readonly sizes: readonly number[],
    readonly slots: Slots,
    /** Stored tensors; group members are computed instead of loaded. */
    readonly stored: ReadonlySet<Tensor>,
    readonly members: ReadonlySet<Tensor>,
  ) {}

  get name(): string {
    return [...this.#names].join("+");
  }

  /** Defines the value of a tensor at an index. */
  define(tensor: Tensor, at: Located, value: Scalar): void {
    this.#scalars.set(this.#key(tensor, at), value);
    this.#names.add(tensor.node.op);
  }

  /** Emits the expression of an element, without recursion. */
  emit(tensor: Tensor, at: Located): Scalar {
    const known = this.#find(tensor, at);
    if (typeof known !== "string") return known;
    const stack = [this.#open({ tensor, at }, known)];
    while (true) {
      const frame = stack.at(-1)!;
      const operand = frame.operands[frame.values.length];
      if (operand) {
        const found = this.#find(operand.tensor, operand.at);
        if (typeof found === "string") stack.push(this.#open(operand, found));
        else frame.values.push(found);
        continue;
      }
      const value = this.#build(frame);
      this.#scalars.set(frame.key, value);
      stack.pop();
      if (stack.length === 0) return value;
      stack.at(-1)!.values.push(value);
    }
  }

  /** Returns the expression of an element that is stored or was emitted before, or else the key for it. */
  #find(tensor: Tensor, at: Located): Scalar | string {
    const base = baseOf(tensor);
    if (this.stored.has(base) && !this.members.has(base)) {
      const position = linearise(at.index, tensor.shape, this.sizes.length);
      return this.#load(base, { ...position, indirect: [] }, at.guards);
    }
    const key = this.#key(tensor, at);
    return this.#scalars.get(key) ?? key;
  }

  #open(element: Element, key: string): Frame {
    return { ...element, key, operands: this.#operandsOf(element), values: [] };
  }

  #key(tensor: Tensor, { index, guards }: Located): string {
    return `${tensor.id}|${index.map(affineKey).join(";")}|${
      guards.map((g) => affineKey(g) + "<" + g.size).join(";")
    }`;
  }

  #load(tensor: Tensor, address: Address, guards: readonly Guard[]): Scalar {
    const buffer = this.slots.of(tensor);
    const indirect = address.indirect.map(({ stride, index }) => `${stride}*${this.#identity(index)}`).join();
    const key = `load${buffer}|${affineKey(address)}|${indirect}|${
      guards.map((g) => affineKey(g) + "<" + g.size)
    }`;
    let load = this.#scalars.get(key);
    if (!load) {
      load = { op: "load", dtype: tensor.dtype, buffer, address, guards };
      this.#scalars.set(key, load);
    }
    return load;
  }

  readonly #identities = new Map<Scalar, number>();
  #identity(scalar: Scalar): number {
    let id = this.#identities.get(scalar);
    if (id === undefined) this.#identities.set(scalar, id = this.#identities.size);
    return id;
  }

  #operandsOf({ tensor, at }: Element): Element[] {
    const { node } = tensor;
    if (isElementwise(node.op)) return node.inputs.map((input) => ({ tensor: input, at }));
    if (node.op === "gather") {
      this.#names.add("gather");
      const table = node.inputs[1]!;
      return [{ tensor: table, at: { index: at.index.slice(0, table.rank), guards: at.guards } }];
    }
    if (!isMovement(node.op)) return [];
    return [{ tensor: node.inputs[0]!, at: locateInput(tensor, at, this.sizes) }];
  }

  #build({ tensor, at, operands, values }: Frame): Scalar {
    const { node } = tensor, [first] = values;
    if (isElementwise(node.op)) {
      this.#names.add(node.op);
      return elementwiseScalar(node.op, tensor.dtype, values);
    }
    switch (node.op) {
      case "constant":
        return constant(tensor.dtype, node.params.value);
      case "iota":
        return { op: "affine", dtype: "i32", affine: at.index[node.params.axis]! };
      case "gather":
        return this.#gather(tensor, at, first!);
      case "pad":
        if (first!.op === "load") return first!;
        return this.#guarded(first!, operands[0]!.at.guards.slice(at.guards.length));
    }
    if (isMovement(node.op)) return first!;
    throw new Error(`${node.op} has no scalar expression: it must be stored`);
  }

  /** Gathers rows: the row index comes from the table, the rest of the index from the result. */
  #gather(tensor: Tensor, at: Located, row: Scalar): Scalar {
    const [source, table] = tensor.node.inputs as [Tensor, Tensor];
    const rest = source.shape.slice(1);
    const position = linearise(at.index.slice(table.rank), rest, this.sizes.length);
    return this.#load(
      baseOf(source),
      { ...position, indirect: [{ stride: sizeOf(rest), index: row }] },
      at.guards,
    );
  }

  #guarded(value: Scalar, guards: readonly Guard[]): Scalar {
    const inside = guards.flatMap(({ size, ...affine }) => {
      const index: Scalar = { op: "affine", dtype: "i32", affine };
      return [compare("le", constant("i32", 0), index), compare("lt", index, constant("i32", size))];
    });
    return select(inside.reduce((a, b) => binary("and", a, b)), value, constant(value.dtype, 0));
  }
}

function affineKey({ offset, strides }: Affine): string {
  return `${offset}:${strides.join()}`;
}

/** Returns the index of an element at a point of the loops; `axes[d]` lists the loop axes of the d-th long axis. */
export function identityIndex(
  tensor: Tensor,
  axes: readonly (readonly number[])[],
  sizes: readonly number[],
): Located {
  let next = 0;
  const index = tensor.shape.map((size) => {
    if (size === 1) return constantAffine(0, sizes.length);
    const strides = new Array<number>(sizes.length).fill(0);
    let stride = 1;
    for (const axis of axes[next++]!.toReversed()) {
      strides[axis] = stride;
      stride *= sizes[axis]!;
    }
    return { offset: 0, strides };
  });
  return { index, guards: [] };
}

/** Retries `emit`, splitting loop axes as required, until it succeeds. `dims[i]` is the dimension of loop axis i. */
export function withSplits<T>(
  sizes: readonly number[],
  emit: (space: Space, dims: readonly number[]) => T,
): T {
  const space = new Space(sizes);
  const dims = sizes.map((_, i) => i);
  while (true) {
    try {
      return emit(space, dims);
    } catch (error) {
      if (!(error instanceof SplitAxis)) throw error;
      space.split(error.axis, error.inner);
      dims.splice(error.axis, 0, dims[error.axis]!);
    }
  }
}
