/**
 * Iterative traversal of expression graphs, since their depth is unbounded.
 * @module
 */
import type { Affine, LoopKernel, Scalar } from "../../ir/kernel.ts";

/** The operands of a node: arguments, or the indices of an indirect load. */
export function operands(scalar: Scalar): readonly Scalar[] {
  if (scalar.op === "load") return scalar.address.indirect.map(({ index }) => index);
  return "args" in scalar ? scalar.args : [];
}

/**
 * Returns every node reachable from the roots once, operands before their users.
 *
 * @param roots Expressions.
 * @param skip Nodes to skip, with everything reachable only through them.
 */
export function postorder(roots: readonly Scalar[], skip?: (scalar: Scalar) => boolean): Scalar[] {
  const order: Scalar[] = [];
  const opened = new Set<Scalar>(), closed = new Set<Scalar>();
  const stack: Scalar[] = [...roots].reverse();
  while (stack.length > 0) {
    const node = stack[stack.length - 1]!;
    if (closed.has(node) || skip?.(node)) {
      stack.pop();
    } else if (opened.has(node)) {
      stack.pop();
      closed.add(node);
      order.push(node);
    } else {
      opened.add(node);
      for (const operand of [...operands(node)].reverse()) stack.push(operand);
    }
  }
  return order;
}

/** The affine functions that a node evaluates itself: address and guards of a load, or an axis value. */
export function affinesOf(scalar: Scalar): readonly Affine[] {
  if (scalar.op === "load") return [scalar.address, ...scalar.guards];
  return scalar.op === "affine" ? [scalar.affine] : [];
}

/** Returns all expressions of a loop kernel: values of accumulators, then of stores. */
export function rootsOf(kernel: LoopKernel): Scalar[] {
  return [...kernel.accumulators, ...kernel.stores].map(({ value }) => value);
}
