/**
 * The reference interpreter for graphs with inputs.
 * @module
 */
import { fromStorage, type Tensor } from "../graph/tensor.ts";
import { topologicalOrder } from "../graph/traverse.ts";
import { interpret } from "../reference/interpret.ts";

/**
 * Interprets a graph with given inputs.
 *
 * @param outputs Outputs of the graph.
 * @param inputs Placeholders of the graph.
 * @param values Concrete tensors for them, on the host or on any device.
 * @returns Tensors of doubles on the host.
 */
export async function interpretWith(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  values: readonly Tensor[],
): Promise<Tensor[]> {
  const bindings = new Map<Tensor, Float64Array>();
  const bind = async (tensor: Tensor, value: Tensor) => {
    bindings.set(tensor, Float64Array.from(await value.data()));
  };
  for (const [i, input] of inputs.entries()) await bind(input, values[i]!);
  for (const tensor of topologicalOrder(outputs)) {
    if (tensor.isConcrete && tensor.storage.kind === "device") await bind(tensor, tensor);
  }
  return interpret(outputs, bindings).map((data, i) => {
    const { shape, dtype } = outputs[i]!;
    return fromStorage({ kind: "host", data }, shape, dtype);
  });
}
