/**
 * The structure of a graph: everything but the elements of its concrete tensors.
 * @module
 */
import { showShape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { topologicalOrder } from "../graph/traverse.ts";

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
