/**
 * The structure of a graph: what two graphs have in common that differ in the elements of their concrete tensors only.
 * @module
 */
import { runInScope } from "../graph/scope.ts";
import { showShape } from "../graph/shape.ts";
import { makeNode, type Tensor } from "../graph/tensor.ts";
import { topologicalOrder } from "../graph/traverse.ts";

/** A graph, and a key of its structure. */
export interface GraphStructure {
  /** All tensors, inputs before what uses them. */
  readonly order: readonly Tensor[];
  /** What is wanted. */
  readonly outputs: readonly Tensor[];
  /** The concrete tensors, in the order in which they occur. */
  readonly sources: readonly Tensor[];
  /** Equal for graphs of equal structure. */
  readonly key: string;
}

/**
 * Finds the structure of a graph.
 *
 * @param outputs What is wanted.
 */
export function graphStructure(outputs: readonly Tensor[]): GraphStructure {
  const order = topologicalOrder(outputs);
  const numbers = new Map(order.map((tensor, i) => [tensor, i]));
  const parts = order.map(({ node: { op, params, inputs }, shape, dtype, scope }) =>
    `${op}${exact(params)}(${inputs.map((input) => numbers.get(input))})${dtype}${showShape(shape)}${scope}`
  );
  const key = `${parts.join(";")}→${outputs.map((output) => numbers.get(output))}`;
  return { order, outputs, sources: order.filter(({ isConcrete }) => isConcrete), key };
}

/** Parameters as text; unlike JSON it tells infinities, NaN and -0 apart. */
function exact(params: object): string {
  return JSON.stringify(
    params,
    (_, value) =>
      typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
        ? showSpecial(value)
        : value,
  );
}

function showSpecial(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/**
 * The graph with placeholders for its concrete tensors, so that a program made from it serves all graphs of its structure.
 *
 * @param structure The graph.
 * @returns The placeholders, in the order of the sources, and the new outputs.
 */
export function abstractGraph({ order, outputs }: GraphStructure): { inputs: Tensor[]; outputs: Tensor[] } {
  const copies = new Map<Tensor, Tensor>();
  const inputs: Tensor[] = [];
  for (const tensor of order) {
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
  return { inputs, outputs: outputs.map((output) => copies.get(output)!) };
}
