/**
 * Graph traversal, without recursion: a training step's graph is thousands of nodes deep.
 * @module
 */
import type { Tensor } from "./tensor.ts";

/**
 * Returns every tensor that the outputs depend on, inputs before their users.
 *
 * @param outputs Tensors to start from.
 * @param stop Tensors whose inputs are not followed.
 * @category Compiler
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { add, square, tensor } from "@gasp/tensor";
 * import { topologicalOrder } from "@gasp/tensor/compiler";
 *
 * const x = tensor([1, 2]), y = square(x), z = add(y, x);
 * assertEquals(topologicalOrder([z]), [x, y, z]); // each once, inputs first
 * ```
 */
export function topologicalOrder(
  outputs: readonly Tensor[],
  stop: (tensor: Tensor) => boolean = () => false,
): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  const stack: { tensor: Tensor; next: number }[] = [];
  const enter = (tensor: Tensor) => {
    if (seen.has(tensor)) return;
    seen.add(tensor);
    stack.push({ tensor, next: 0 });
  };
  for (const output of outputs) {
    enter(output);
    while (stack.length > 0) {
      const frame = stack[stack.length - 1]!;
      const inputs = stop(frame.tensor) ? [] : frame.tensor.node.inputs;
      if (frame.next < inputs.length) {
        enter(inputs[frame.next++]!);
      } else {
        order.push(frame.tensor);
        stack.pop();
      }
    }
  }
  return order;
}
