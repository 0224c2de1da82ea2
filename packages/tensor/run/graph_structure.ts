/**
 * The structure of a graph: everything but the elements of its concrete tensors.
 * @module
 */
import type { DType } from "../ir/dtype.ts";
import { runInScope } from "../graph/scope.ts";
import { type Shape, showShape } from "../graph/shape.ts";
import { makeNode, type Tensor } from "../graph/tensor.ts";
import { topologicalOrder } from "../graph/traverse.ts";
import { broadcastTo, reshape, slice } from "../ops/shape/movement.ts";

/** A graph and the key of its structure. */
export interface GraphStructure {
  /** All tensors in topological order. */
  readonly order: readonly Tensor[];
  /** Outputs. */
  readonly outputs: readonly Tensor[];
  /** The concrete tensors, in the order of {@link order}. */
  readonly sources: readonly Tensor[];
  /** The constants, by their index in {@link numbers}. */
  readonly constants: ReadonlyMap<Tensor, number>;
  /** Their values, which are not part of the key. */
  readonly numbers: readonly number[];
  /** Equal for graphs of equal structure. */
  readonly key: string;
}

/** Tensors of a graph that hold one number each, which arguments replace. */
export interface Hoisted {
  /** By type; in the order of the graph. */
  readonly tensors: ReadonlyMap<DType, readonly Tensor[]>;
  /** Their numbers. */
  readonly values: ReadonlyMap<DType, readonly number[]>;
}

/**
 * Computes the structure of a graph.
 *
 * @param outputs Outputs of the graph.
 */
export function graphStructure(outputs: readonly Tensor[]): GraphStructure {
  const order = topologicalOrder(outputs);
  const indices = new Map(order.map((tensor, i) => [tensor, i]));
  const constants = new Map<Tensor, number>(), numbers: number[] = [];
  const parts = order.map((tensor) => {
    const { node: { op, params, inputs }, shape, dtype, scope } = tensor;
    const isNumber = op === "constant" && dtype !== "bool";
    if (isNumber) constants.set(tensor, numbers.push(params.value) - 1);
    const text = isNumber ? "" : exact(params);
    return `${op}${text}(${inputs.map((input) => indices.get(input))})${dtype}${showShape(shape)}${scope}`;
  });
  const key = `${parts.join(";")}→${outputs.map((output) => indices.get(output))}`;
  const sources = order.filter(({ isConcrete }) => isConcrete);
  return { order, outputs, sources, constants, numbers, key };
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
