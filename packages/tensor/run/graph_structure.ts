/**
 * The structure of a graph: everything but the elements of its concrete tensors.
 * @module
 */
import { runInScope } from "../graph/scope.ts";
import { showShape } from "../graph/shape.ts";
import { makeNode, type Tensor } from "../graph/tensor.ts";
import { topologicalOrder } from "../graph/traverse.ts";

/** A graph and the key of its structure. */
export interface GraphStructure {
  /** All tensors in topological order. */
  readonly order: readonly Tensor[];
  /** Outputs. */
  readonly outputs: readonly Tensor[];
  /** The concrete tensors, in the order of {@link order}. */
  readonly sources: readonly Tensor[];
  /** Equal for graphs of equal structure. */
  readonly key: string;
}

/**
 * Computes the structure of a graph.
 *
 * @param outputs Outputs of the graph.
 */
export function graphStructure(outputs: readonly Tensor[]): GraphStructure {
  const order = topologicalOrder(outputs);
  const indices = new Map(order.map((tensor, i) => [tensor, i]));
  const parts = order.map(({ node: { op, params, inputs }, shape, dtype, scope }) =>
    `${op}${exact(params)}(${inputs.map((input) => indices.get(input))})${dtype}${showShape(shape)}${scope}`
  );
  const key = `${parts.join(";")}→${outputs.map((output) => indices.get(output))}`;
  return { order, outputs, sources: order.filter(({ isConcrete }) => isConcrete), key };
}

/** Serialises parameters; unlike plain JSON, infinities, NaN and -0 stay distinct. */
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
 * Replaces the concrete tensors of a graph by placeholders, so that one program serves all graphs of the structure.
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
