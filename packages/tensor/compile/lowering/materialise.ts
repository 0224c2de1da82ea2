/**
 * Decides which tensors of a graph are stored in memory; the others are computed inline where they are used.
 *
 * Stored tensors are: outputs, results of reductions, products and opaque operations, operands of opaque operations,
 * and element-wise results for which one store and several loads cost less than recomputing them in every kernel that
 * needs them.
 * @module
 */
import { elementwise, isElementwise } from "../../graph/elementwise.ts";
import { contiguousStrides, sizeOf } from "../../graph/shape.ts";
import type { GraphNode, Tensor } from "../../graph/tensor.ts";
import type { Digit, ReductionKind } from "../../ir/kernel.ts";
import { isMovement, linearise, type Located, locateInput, MustStore, SplitAxis } from "./affine.ts";

/**
 * Returns the tensor whose contiguous memory this one aliases: reshapes are free.
 *
 * @param tensor Any tensor.
 */
export function baseOf(tensor: Tensor): Tensor {
  let base = tensor;
  while (base.node.op === "reshape") base = base.node.inputs[0]!;
  return base;
}

/** Returns whether the tensor exists before the program runs. @param tensor Any tensor. */
export function isSource(tensor: Tensor): boolean {
  return tensor.node.op === "data" || tensor.node.op === "input";
}

const ANCHORS = new Set([
  "sum",
  "max",
  "prod",
  "concatenate",
  "cumsum",
  "argsort",
  "matmul",
  "segmentSum",
  "neighbourSum",
  "neighbourWeights",
  "neighbourFeatures",
  "knn",
  "countWithinRadius",
  "farthestPointSample",
  "invertIndex",
  "random",
]);

/** Returns whether a node is a reduction over axes. @param node Any node. */
export function isReduction(node: GraphNode): node is Extract<GraphNode, { readonly op: ReductionKind }> {
  return node.op === "sum" || node.op === "max" || node.op === "prod";
}

/** Returns whether a tensor anchors a kernel: reductions, products, opaque operations. @param tensor Any tensor. */
export function isAnchor(tensor: Tensor): boolean {
  return ANCHORS.has(tensor.node.op);
}

/** Cost of a load from memory, in the unit of {@link ElementwiseOp.cost}. */
const LOAD_COST = 8;
/** Up to this much work is recomputed rather than stored. */
const TINY_WORK = 20_000;

/** The cost of computing an element inline. */
interface InlineCost {
  /** Stored tensors that are read, of about the size of the result or larger. */
  readonly loads: ReadonlySet<Tensor>;
  readonly operations: number;
}

/** Uses of a tensor through movements: their number, and the maximum factor by which a broadcast repeats it. */
interface Uses {
  count: number;
  expansion: number;
}

/**
 * Chooses the stored tensors of a graph (none of them a reshape), including sources.
 *
 * @param order The graph in topological order.
 * @param outputs Tensors to compute.
 * @param required Additional tensors that must be stored.
 */
export function chooseStored(
  order: readonly Tensor[],
  outputs: readonly Tensor[],
  required: ReadonlySet<Tensor>,
): Set<Tensor> {
  const stored = new Set<Tensor>(outputs.map(baseOf));
  for (const tensor of required) stored.add(baseOf(tensor));
  for (const tensor of order) {
    if (isSource(tensor) || isAnchor(tensor)) stored.add(tensor);
    for (const operand of storedOperands(tensor)) stored.add(operand);
  }
  const uses = countUses(order, outputs);
  const costs = new Map<Tensor, InlineCost>();
  for (const tensor of order) {
    if (tensor.node.op === "reshape" || stored.has(tensor)) continue;
    const cost = inlineCost(tensor, stored, costs);
    costs.set(tensor, cost);
    if (isElementwise(tensor.node.op) && shouldStore(tensor, cost, uses.get(tensor)!)) stored.add(tensor);
  }
  return stored;
}

/** Inputs that an anchor reads as arrays in memory. */
function storedOperands(tensor: Tensor): Tensor[] {
  const { op, inputs } = tensor.node;
  if (op === "matmul") {
    const patches = patchViewsOf(tensor, isPatchSource);
    return patches ? patches.map(({ base }) => base) : inputs.map(viewedBase);
  }
  if (op === "gather") return [baseOf(inputs[0]!), baseOf(inputs[1]!)];
  const read = opaqueInputs(op);
  return read.map((i) => baseOf(i === 0 && op === "segmentSum" ? segmentSource(tensor).source : inputs[i]!));
}

/** Inputs that an opaque operation's kernel reads, in buffer order; the others are only inputs for the gradient. */
export function opaqueInputs(op: string): readonly number[] {
  switch (op) {
    case "segmentSum":
      return [0, 2, 3];
    case "neighbourFeatures":
      return [0, 1, 3, 4];
    case "neighbourSum":
    case "neighbourWeights":
      return [0, 1, 2];
    case "knn":
    case "countWithinRadius":
      return [0, 1, 2, 3];
    case "farthestPointSample":
      return [0, 1];
    case "invertIndex":
    case "random":
    case "cumsum":
    case "argsort":
      return [0];
    default:
      return [];
  }
}

/**
 * Returns the rows that a segment sum reads. Rows repeated by a broadcast along the last axis of its table, as in the
 * adjoint of a mean over neighbours, are read from before the broadcast.
 *
 * @param tensor The sum.
 * @returns The rows, and their number of repeats.
 */
export function segmentSource(tensor: Tensor): { source: Tensor; repeat: number } {
  const [source, index] = tensor.node.inputs as [Tensor, Tensor];
  if (source.node.op !== "broadcast" || index.rank === 0) return { source, repeat: 1 };
  const rows = source.node.inputs[0]!, axis = index.rank - 1;
  const repeats = source.shape.every((
    size,
    i,
  ) => (i === axis ? rows.shape[i] === 1 : rows.shape[i] === size));
  return repeats ? { source: rows, repeat: source.shape[axis]! } : { source, repeat: 1 };
}

/** The tensor that a matrix operand can be read from through strides; the operand itself if there is none. */
function viewedBase(operand: Tensor): Tensor {
  const view = viewOf(operand, (tensor) => !isMovement(tensor.node.op));
  const inline = view && (view.base.node.op === "constant" || view.base.node.op === "iota");
  return view && !inline ? view.base : baseOf(operand);
}

/** A strided view of a stored tensor: its axes are the loop axes. */
export interface View {
  readonly base: Tensor;
  readonly offset: number;
  readonly strides: readonly number[];
}

/**
 * Expresses a tensor as a strided view of another, if there are only affine movements between them.
 *
 * @param tensor Tensor to view; its axes become the axes of the view.
 * @param stop Whether a tensor can be the base of the view.
 * @returns The view, or undefined.
 */
export function viewOf(tensor: Tensor, stop: (base: Tensor) => boolean): View | undefined {
  try {
    const view = findView(tensor, tensor.shape.map((size) => [size]), stop);
    // Products read forwards
    return view?.strides.every((stride) => stride >= 0) ? view : undefined;
  } catch (error) {
    if (error instanceof SplitAxis || error instanceof MustStore) return undefined;
    throw error;
  }
}

/**
 * Returns the view of a tensor each of whose axes is represented by one or more loop axes, outermost first.
 *
 * @throws {SplitAxis | MustStore} If an index is not affine without further splits.
 */
function findView(
  tensor: Tensor,
  parts: readonly (readonly number[])[],
  stop: (base: Tensor) => boolean,
): View | undefined {
  const sizes = parts.flat();
  let next = 0;
  const index = parts.map((inner) => {
    const strides = sizes.map(() => 0), own = contiguousStrides(inner);
    inner.forEach((size, i) => strides[next++] = size > 1 ? own[i]! : 0);
    return { offset: 0, strides };
  });
  let at: Located = { index, guards: [] };
  let current = tensor;
  while (true) {
    const base = baseOf(current);
    if (stop(base)) {
      const { offset, strides } = linearise(at.index, current.shape, sizes.length);
      return at.guards.length === 0 ? { base, offset, strides } : undefined;
    }
    if (!isMovement(current.node.op)) return undefined;
    at = locateInput(current, at, sizes);
    current = current.node.inputs[0]!;
  }
}

/** A view of a stored tensor each of whose axes traverses several axes of that tensor. */
export interface DigitView {
  readonly base: Tensor;
  readonly offset: number;
  /** Digits of each axis. */
  readonly digits: readonly (readonly Digit[])[];
}

/**
 * Returns the operands of a product over windows, as views that read the windows in place.
 *
 * @param product A matrix product.
 * @param stop Whether a tensor can be the base of an operand.
 * @returns The views of both operands; undefined if neither holds windows, or an operand is not such a view.
 */
export function patchViewsOf(
  product: Tensor,
  stop: (base: Tensor) => boolean,
): readonly [DigitView, DigitView] | undefined {
  const [left, right] = product.node.inputs as [Tensor, Tensor];
  if (!holdsWindows(left) && !holdsWindows(right)) return undefined;
  const views = [digitViewOf(left, stop), digitViewOf(right, stop)] as const;
  return views[0] && views[1] ? [views[0], views[1]] : undefined;
}

/** Whether a tensor can be the base of an operand with windows: padding is materialised. */
function isPatchSource({ node }: Tensor): boolean {
  return !isMovement(node.op) || node.op === "pad";
}

function holdsWindows(operand: Tensor): boolean {
  for (let current = operand; !isPatchSource(current); current = current.node.inputs[0]!) {
    if (current.node.op === "window") return true;
  }
  return false;
}

function digitViewOf(operand: Tensor, stop: (base: Tensor) => boolean): DigitView | undefined {
  const parts: number[][] = operand.shape.map((size) => [size]);
  while (true) {
    try {
      const view = findView(operand, parts, stop);
      if (!view || view.base.node.op === "constant" || view.base.node.op === "iota") return undefined;
      let next = 0;
      const digits = parts.map((sizes) =>
        joinDigits(sizes.map((size) => ({ size, stride: view.strides[next++]! })))
      );
      const batches = digits.slice(0, -2);
      return batches.some(({ length }) => length > 1) ? undefined : { ...view, digits };
    } catch (error) {
      if (error instanceof MustStore) return undefined;
      if (!(error instanceof SplitAxis)) throw error;
      splitPart(parts, error);
    }
  }
}

/** Splits one of the loop axes that represent the axes of a tensor. */
function splitPart(parts: number[][], { axis, inner }: SplitAxis): void {
  let rest = axis;
  const part = parts.find((sizes) => rest < sizes.length || (rest -= sizes.length, false))!;
  part.splice(rest, 1, part[rest]! / inner, inner);
}

/** Drops digits of size 1 and merges consecutive digits with a common stride. */
function joinDigits(digits: readonly Digit[]): Digit[] {
  const joined: Digit[] = [];
  for (const digit of digits) {
    const outer = joined.at(-1);
    if (digit.size === 1) continue;
    if (outer && outer.stride === digit.size * digit.stride) {
      joined.splice(-1, 1, { size: outer.size * digit.size, stride: digit.stride });
    } else joined.push(digit);
  }
  return joined;
}

function countUses(order: readonly Tensor[], outputs: readonly Tensor[]): Map<Tensor, Uses> {
  const uses = new Map<Tensor, Uses>(order.map((tensor) => [tensor, { count: 0, expansion: 1 }]));
  for (const output of outputs) uses.get(baseOf(output))!.count++;
  for (const tensor of order.toReversed()) {
    const own = uses.get(tensor)!;
    const moves = isMovement(tensor.node.op);
    for (const input of new Set(tensor.node.inputs)) {
      const target = uses.get(input)!;
      target.count += moves ? own.count : 1;
      const repeat = tensor.node.op === "broadcast" ? tensor.size / Math.max(input.size, 1) : 1;
      if (moves) target.expansion = Math.max(target.expansion, own.expansion * repeat);
    }
  }
  return uses;
}

function inlineCost(
  tensor: Tensor,
  stored: ReadonlySet<Tensor>,
  costs: ReadonlyMap<Tensor, InlineCost>,
): InlineCost {
  const loads = new Set<Tensor>();
  let operations = isElementwise(tensor.node.op) ? elementwise[tensor.node.op].cost : 0;
  for (const input of tensor.node.inputs) {
    const base = baseOf(input);
    if (stored.has(base)) {
      if (2 * base.size >= tensor.size) loads.add(base);
    } else {
      const inner = costs.get(base);
      operations += inner?.operations ?? 0;
      for (const load of inner?.loads ?? []) if (2 * load.size >= tensor.size) loads.add(load);
    }
  }
  return { loads, operations };
}

function shouldStore(tensor: Tensor, cost: InlineCost, uses: Uses): boolean {
  const size = sizeOf(tensor.shape);
  const once = cost.operations + LOAD_COST * cost.loads.size;
  if (uses.expansion > 1 && cost.operations * size * uses.expansion > TINY_WORK) return true;
  if (uses.count < 2) return false;
  const again = (uses.count - 1) * once;
  const store = LOAD_COST * (1 + uses.count);
  return again > store && again * size > TINY_WORK;
}
