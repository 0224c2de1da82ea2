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
import { baseOf } from "./materialise.ts";

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
  readonly #written = new Set<Tensor>();

  of(tensor: Tensor): number {
    const known = this.tensors.indexOf(tensor);
    return known >= 0 ? known : this.tensors.push(tensor) - 1;
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

  emit(tensor: Tensor, at: Located): Scalar {
    const base = baseOf(tensor);
    if (this.stored.has(base) && !this.members.has(base)) {
      const position = linearise(at.index, tensor.shape, this.sizes.length);
      return this.#load(base, { ...position, indirect: [] }, at.guards);
    }
    const key = this.#key(tensor, at);
    let value = this.#scalars.get(key);
    if (!value) {
      value = this.#compute(tensor, at);
      this.#scalars.set(key, value);
    }
    return value;
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

  #compute(tensor: Tensor, at: Located): Scalar {
    const { node } = tensor;
    if (isElementwise(node.op)) {
      const inputs = node.inputs.map((input) => this.emit(input, at));
      this.#names.add(node.op);
      return elementwiseScalar(node.op, tensor.dtype, inputs);
    }
    switch (node.op) {
      case "constant":
        return constant(tensor.dtype, node.params.value);
      case "iota":
        return { op: "affine", dtype: "i32", affine: at.index[node.params.axis]! };
      case "gather":
        return this.#gather(tensor, at);
      case "pad": {
        const inner = locateInput(tensor, at, this.sizes);
        const value = this.emit(node.inputs[0]!, inner);
        return value.op === "load" ? value : this.#guarded(value, inner.guards.slice(at.guards.length));
      }
    }
    if (isMovement(node.op)) return this.emit(node.inputs[0]!, locateInput(tensor, at, this.sizes));
    throw new Error(`${node.op} has no scalar expression: it must be stored`);
  }

  /** Gathers rows: the row index comes from the table, the rest of the index from the result. */
  #gather(tensor: Tensor, at: Located): Scalar {
    this.#names.add("gather");
    const [source, table] = tensor.node.inputs as [Tensor, Tensor];
    const row = this.emit(table, { index: at.index.slice(0, table.rank), guards: at.guards });
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
