/**
 * Lowers a group of tensors to one kernel of the IR: emits the expression of every member over the axes of the group's
 * space, with affine addresses into stored tensors.
 * @module
 */
import { elementwiseScalar, isElementwise } from "../graph/elementwise.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { binary, compare, constant, select } from "../ir/build.ts";
import type {
  Accumulator,
  Address,
  Affine,
  GemmKernel,
  Guard,
  KernelBuffer,
  LoopKernel,
  MatrixView,
  Scalar,
  Store,
} from "../ir/kernel.ts";
import { constantAffine, isMovement, linearise, type Located, locateInput, SplitAxis } from "./affine.ts";
import type { Group } from "./fuse.ts";
import { type Lowered, lowerRoutine } from "./lower_routine.ts";
import { baseOf, isReduction, viewOf } from "./materialise.ts";

/** Thrown when a member cannot be computed in the kernel of its group. */
export class CannotJoin extends Error {
  /** @param members The members that must have kernels of their own. */
  constructor(readonly members: readonly Tensor[]) {
    super("a tensor does not fit the kernel of its group");
  }
}

/**
 * Lowers one group.
 *
 * @param group Tensors to compute.
 * @param stored All stored tensors of the program.
 * @throws {CannotJoin} If members must leave the group.
 * @throws {MustStore} If an intermediate tensor must be stored.
 */
export function lowerGroup(group: Group, stored: ReadonlySet<Tensor>): Lowered {
  const scopes = new Set(group.members.map(({ scope }) => scope));
  scopes.delete("");
  return { ...lowerKind(group, stored), scopes: [...scopes] };
}

function lowerKind(group: Group, stored: ReadonlySet<Tensor>): Lowered {
  switch (group.kind) {
    case "routine":
      return lowerRoutine(group.members[0]!);
    case "gemm":
      return lowerGemm(group, stored);
    case "map":
    case "reduce":
      return lowerLoop(group, stored);
  }
}

/** Loop axes: each dimension of a space is one or more of them, outermost first. */
class Space {
  readonly sizes: number[];

  constructor(sizes: readonly number[]) {
    this.sizes = [...sizes];
  }

  split(axis: number, inner: number): void {
    this.sizes.splice(axis, 1, this.sizes[axis]! / inner, inner);
  }
}

/** Buffers of a kernel, in the order in which they are met. */
class Slots {
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

/** Emits expressions over given axes. Equal sub-expressions become one object. */
class Emitter {
  readonly #made = new Map<string, Scalar>();
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

  /** Gives the value of a tensor at an index, for later uses. */
  define(tensor: Tensor, at: Located, value: Scalar): void {
    this.#made.set(this.#key(tensor, at), value);
    this.#names.add(tensor.node.op);
  }

  emit(tensor: Tensor, at: Located): Scalar {
    const base = baseOf(tensor);
    if (this.stored.has(base) && !this.members.has(base)) {
      const position = linearise(at.index, tensor.shape, this.sizes.length);
      return this.#load(base, { ...position, indirect: [] }, at.guards);
    }
    const key = this.#key(tensor, at);
    let value = this.#made.get(key);
    if (!value) {
      value = this.#compute(tensor, at);
      this.#made.set(key, value);
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
    let load = this.#made.get(key);
    if (!load) {
      load = { op: "load", dtype: tensor.dtype, buffer, address, guards };
      this.#made.set(key, load);
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
    throw new Error(`${node.op} has no expression: it must be stored before it is used`);
  }

  /** Rows by number: the row comes from the table, the rest of the index is that of the result. */
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

/** Index of a tensor's element at a point of the loops, where `axes[d]` lists the loop axes of its d-th long axis. */
function identityIndex(
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

/** Runs `emit`, splitting loop axes as it asks for, until it succeeds. `dims[i]` is the dimension of loop axis i. */
function withSplits<T>(sizes: readonly number[], emit: (space: Space, dims: readonly number[]) => T): T {
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

function lowerLoop(group: Group, stored: ReadonlySet<Tensor>): Lowered {
  const first = group.members[0]!;
  const source = group.kind === "reduce" ? first.node.inputs[0]! : first;
  const reduced = isReduction(first.node) ? first.node.params.axes : [];
  const long = source.shape.map((size, axis) => ({ size, axis })).filter(({ size }) => size !== 1);
  const isReduced = ({ axis }: { axis: number }) => reduced.includes(axis);
  const order = [...long.filter((d) => !isReduced(d)), ...long.filter(isReduced)];
  const mapDims = order.length - order.filter(isReduced).length;
  return withSplits(order.map(({ size }) => size), (space, dims) => {
    const axesOf = order.map((_, d) => dims.flatMap((dim, axis) => (dim === d ? [axis] : [])));
    const mapRank = dims.filter((dim) => dim < mapDims).length;
    const slots = new Slots();
    const emitter = new Emitter(space.sizes, slots, stored, new Set(group.members));
    // Members may reduce arrays that differ in axes of size 1, so each has its own index
    const insideAxes = long.map((d) => axesOf[order.indexOf(d)]!);
    const at = (tensor: Tensor) => identityIndex(tensor, axesOf.slice(0, mapDims), space.sizes);
    const accumulators: Accumulator[] = [];
    for (const member of group.members) {
      if (!isReduction(member.node)) continue;
      const input = member.node.inputs[0]!;
      const value = emitter.emit(input, identityIndex(input, insideAxes, space.sizes));
      accumulators.push({ kind: member.node.op, dtype: member.dtype, value });
      const index = accumulators.length - 1;
      emitter.define(member, at(member), { op: "accumulator", dtype: member.dtype, index });
    }
    const stores = emitStores(group, emitter, slots, at);
    const kernel: LoopKernel = {
      kind: "loop",
      name: emitter.name || "copy",
      buffers: slots.describe(),
      map: space.sizes.slice(0, mapRank),
      reduce: space.sizes.slice(mapRank),
      accumulators,
      stores,
    };
    return { kernel, slots: slots.tensors };
  });
}

function emitStores(
  group: Group,
  emitter: Emitter,
  slots: Slots,
  at: (tensor: Tensor) => Located,
): Store[] {
  const values = group.stores.map((tensor) => ({ tensor, value: emitter.emit(tensor, at(tensor)) }));
  return values.map(({ tensor, value }) => ({
    buffer: slots.write(tensor),
    address: linearise(at(tensor).index, tensor.shape, emitter.sizes.length),
    value,
  }));
}

function lowerGemm(group: Group, stored: ReadonlySet<Tensor>): Lowered {
  const product = group.members[0]!;
  const [left, right] = product.node.inputs as [Tensor, Tensor];
  const batch = product.shape.slice(0, -2);
  const [m, n] = product.shape.slice(-2) as [number, number];
  const k = left.shape.at(-1)!;
  const slots = new Slots();
  const a = matrixView(left, stored, slots);
  const b = matrixView(right, stored, slots);
  const sizes = [...batch, m, n];
  const emitter = new Emitter(sizes, slots, stored, new Set(group.members));
  const long = sizes.flatMap((size, axis) => (size === 1 ? [] : [[axis]]));
  const at = (tensor: Tensor) => identityIndex(tensor, long, sizes);
  emitter.define(product, at(product), { op: "accumulator", dtype: "f32", index: 0 });
  try {
    const stores = emitStores(group, emitter, slots, at);
    const kernel: GemmKernel = {
      kind: "gemm",
      name: emitter.name,
      buffers: slots.describe(),
      batch,
      m,
      n,
      k,
      a,
      b,
      stores,
    };
    return { kernel, slots: slots.tensors };
  } catch (error) {
    if (error instanceof SplitAxis) throw new CannotJoin(group.members.slice(1));
    throw error;
  }
}

function matrixView(operand: Tensor, stored: ReadonlySet<Tensor>, slots: Slots): MatrixView {
  const view = viewOf(operand, (base) => stored.has(base));
  if (!view) {
    throw new Error(`matrix operand ${operand.id} (${operand.node.op}) is no view of a stored tensor`);
  }
  const [row, column] = view.strides.slice(-2) as [number, number];
  return { buffer: slots.of(view.base), offset: view.offset, batch: view.strides.slice(0, -2), row, column };
}
