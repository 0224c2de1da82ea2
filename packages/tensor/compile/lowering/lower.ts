/**
 * Lowers a group of tensors to one kernel of the IR: emits the expression of every member over the axes of the group's
 * space, with affine addresses into stored tensors.
 * @module
 */
import type { Tensor } from "../../graph/tensor.ts";
import type {
  Accumulator,
  Digit,
  GemmKernel,
  LoopKernel,
  MatrixView,
  PatchGemmKernel,
  PatchView,
  Store,
} from "../../ir/kernel.ts";
import { linearise, type Located, SplitAxis } from "./affine.ts";
import { Emitter, identityIndex, Slots, withSplits } from "./emit.ts";
import type { Group } from "./fuse.ts";
import { lowerConcatenate } from "./lower_concatenate.ts";
import { type Lowered, lowerOpaque } from "./lower_opaque.ts";
import { isReduction } from "./node_kinds.ts";
import { type DigitView, patchViewsOf, viewOf } from "./views.ts";

/** Thrown if a member cannot be computed in the kernel of its group. */
export class CannotJoin extends Error {
  /** @param members The members that need their own kernels. */
  constructor(readonly members: readonly Tensor[]) {
    super("a tensor cannot be computed in the kernel of its group");
  }
}

/**
 * Lowers one group.
 *
 * @param group Tensors to compute.
 * @param stored All stored tensors of the program.
 * @returns Its kernel; for a concatenation of many parts several, in any order.
 * @throws {CannotJoin} If members must leave the group.
 * @throws {MustStore} If an intermediate tensor must be stored.
 */
export function lowerGroup(group: Group, stored: ReadonlySet<Tensor>): Lowered[] {
  const scopes = new Set(group.members.map(({ scope }) => scope));
  scopes.delete("");
  return lowerKind(group, stored).map((lowered) => ({ ...lowered, scopes: [...scopes] }));
}

function lowerKind(group: Group, stored: ReadonlySet<Tensor>): Lowered[] {
  switch (group.kind) {
    case "opaque":
      return [lowerOpaque(group.members[0]!)];
    case "gemm":
      return [lowerGemm(group, stored)];
    case "concatenate":
      return lowerConcatenate(group.members[0]!, stored);
    case "map":
    case "reduce":
      return [lowerLoop(group, stored)];
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
  const patches = patchViewsOf(product, (base) => stored.has(base));
  const operands = patches
    ? patchOperands(patchView(patches[0], slots), patchView(patches[1], slots))
    : { kind: "gemm", a: matrixView(left, stored, slots), b: matrixView(right, stored, slots) } as const;
  const sizes = [...batch, m, n];
  const emitter = new Emitter(sizes, slots, stored, new Set(group.members));
  const long = sizes.flatMap((size, axis) => (size === 1 ? [] : [[axis]]));
  const at = (tensor: Tensor) => identityIndex(tensor, long, sizes);
  emitter.define(product, at(product), { op: "accumulator", dtype: "f32", index: 0 });
  try {
    const stores = emitStores(group, emitter, slots, at);
    const kernel: GemmKernel | PatchGemmKernel = {
      ...operands,
      name: emitter.name,
      buffers: slots.describe(),
      batch,
      m,
      n,
      k,
      stores,
    };
    return { kernel, slots: slots.tensors };
  } catch (error) {
    if (error instanceof SplitAxis) throw new CannotJoin(group.members.slice(1));
    throw error;
  }
}

/** Returns operands over windows; plain matrix views if all rows, and all columns, have one nonnegative stride. */
function patchOperands(a: PatchView, b: PatchView) {
  const plain = [a, b].map(({ row, column, ...view }): MatrixView | undefined => {
    const strides = { row: row[0]?.stride ?? 0, column: column[0]?.stride ?? 0 };
    const single = row.length <= 1 && column.length <= 1 && strides.row >= 0 && strides.column >= 0;
    return single ? { ...view, ...strides } : undefined;
  });
  return plain[0] && plain[1]
    ? { kind: "gemm", a: plain[0], b: plain[1] } as const
    : { kind: "patchGemm", a, b } as const;
}

function patchView({ base, offset, digits }: DigitView, slots: Slots): PatchView {
  const [row, column] = digits.slice(-2) as [readonly Digit[], readonly Digit[]];
  const batch = digits.slice(0, -2).map(([digit]) => digit?.stride ?? 0);
  return { buffer: slots.of(base), offset, batch, row, column };
}

function matrixView(operand: Tensor, stored: ReadonlySet<Tensor>, slots: Slots): MatrixView {
  const view = viewOf(operand, (base) => stored.has(base));
  if (!view) {
    throw new Error(`matrix operand ${operand.id} (${operand.node.op}) is not a view of a stored tensor`);
  }
  const [row, column] = view.strides.slice(-2) as [number, number];
  return { buffer: slots.of(view.base), offset: view.offset, batch: view.strides.slice(0, -2), row, column };
}
