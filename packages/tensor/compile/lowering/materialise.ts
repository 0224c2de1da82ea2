/**
 * Decides which tensors of a graph are stored in memory; the others are computed inline where they are used.
 *
 * Stored tensors are: outputs, results of reductions, products and opaque operations, operands of opaque operations,
 * and element-wise results for which one store and several loads cost less than recomputing them in every kernel that
 * needs them. Expressions beyond the limits of a kernel are cut by storing a part of them.
 * @module
 */
import { elementwise, isElementwise } from "../../graph/elementwise.ts";
import { sizeOf } from "../../graph/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { isMovement } from "./affine.ts";
import { InlineBounds, type KernelLimits } from "./inline_size.ts";
import { baseOf, isAnchor, isSource, opaqueInputs, segmentSource } from "./node_kinds.ts";
import { isPatchSource, patchViewsOf, viewOf } from "./views.ts";

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
 * @param limits Limits of the expressions of a kernel.
 */
export function chooseStored(
  order: readonly Tensor[],
  outputs: readonly Tensor[],
  required: ReadonlySet<Tensor>,
  limits: KernelLimits,
): Set<Tensor> {
  const stored = new Set<Tensor>(outputs.map(baseOf));
  for (const tensor of required) stored.add(baseOf(tensor));
  for (const tensor of order) {
    if (isSource(tensor) || isAnchor(tensor)) stored.add(tensor);
    for (const operand of storedOperands(tensor)) stored.add(operand);
  }
  const uses = countUses(order, outputs);
  const costs = new Map<Tensor, InlineCost>();
  const bounds = new InlineBounds(stored, limits);
  for (const tensor of order) {
    bounds.visit(tensor);
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

/** The tensor that a matrix operand can be read from through strides; the operand itself if there is none. */
function viewedBase(operand: Tensor): Tensor {
  const view = viewOf(operand, (tensor) => !isMovement(tensor.node.op));
  const inline = view && (view.base.node.op === "constant" || view.base.node.op === "iota");
  return view && !inline ? view.base : baseOf(operand);
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
