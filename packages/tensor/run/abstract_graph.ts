/**
 * Graphs without their elements and varying numbers, from which the program of a structure is compiled.
 * @module
 */
import { runInScope } from "../graph/scope.ts";
import type { Shape } from "../graph/shape.ts";
import { makeNode, type Tensor } from "../graph/tensor.ts";
import { broadcastTo, reshape, slice } from "../ops/shape/movement.ts";
import type { GraphStructure } from "./graph_structure.ts";
import type { Hoisted } from "./hoist_numbers.ts";

/**
 * Replaces the concrete tensors of a graph by placeholders, so that one program serves all graphs of the structure.
 *
 * @param structure The graph.
 * @param hoisted Numbers that arguments replace too.
 * @returns The placeholders, in the order of the sources, then one for the numbers of each type; and the new outputs.
 */
export function abstractGraph(
  { order, outputs }: GraphStructure,
  { tensors }: Hoisted,
): { inputs: Tensor[]; outputs: Tensor[] } {
  const copies = new Map<Tensor, Tensor>();
  const inputs: Tensor[] = [], numbers: Tensor[] = [];
  for (const [dtype, list] of tensors) {
    const argument = makeNode("input", {}, [], [list.length], dtype);
    numbers.push(argument);
    list.forEach((tensor, i) => {
      copies.set(tensor, runInScope(tensor.scope, () => numberAt(argument, i, tensor.shape)));
    });
  }
  for (const tensor of order) {
    if (copies.has(tensor)) continue;
    const { node, shape, dtype } = tensor;
    copies.set(
      tensor,
      runInScope(tensor.scope, () => {
        if (tensor.isConcrete) return makeNode("input", {}, [], shape, dtype);
        return makeNode(node.op, node.params, node.inputs.map((input) => copies.get(input)!), shape, dtype);
      }),
    );
    if (tensor.isConcrete) inputs.push(copies.get(tensor)!);
  }
  return { inputs: [...inputs, ...numbers], outputs: outputs.map((output) => copies.get(output)!) };
}

/** One number of an argument, as a tensor of a shape. */
function numberAt(argument: Tensor, at: number, shape: Shape): Tensor {
  return broadcastTo(reshape(slice(argument, [at], [at + 1]), []), shape);
}
