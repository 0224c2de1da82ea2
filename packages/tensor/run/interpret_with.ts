/**
 * The reference interpreter for graphs with inputs.
 * @module
 */
import { fromStorage, type Tensor } from "../graph/tensor.ts";
import { topologicalOrder } from "../graph/traverse.ts";
import { checkNumbersOf, rangeOf } from "../device/number_error.ts";
import { interpret } from "../reference/interpret.ts";

/** Returns a function that checks the results of operations, in order. */
function numberCheck(): Parameters<typeof interpret>[2] {
  let index = 0;
  return ({ node: { op, inputs }, dtype, scope }, result, read) => {
    const kernel = index++;
    if (dtype !== "f32") return;
    const isSource = op === "data" || op === "input" || op === "constant";
    const ranges = read.filter((_, i) => inputs[i]!.dtype === "f32").map(rangeOf);
    const operation = isSource ? "an argument" : op;
    checkNumbersOf({ operation, scope, kernel, inputs: ranges }, result, isSource);
  };
}

/**
 * Interprets a graph with given inputs.
 *
 * @param outputs Outputs of the graph.
 * @param inputs Placeholders of the graph.
 * @param values Concrete tensors for them, on the host or on any device.
 * @param checkNumbers Whether to check the result of every operation.
 * @returns Tensors of doubles on the host.
 */
export async function interpretWith(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  values: readonly Tensor[],
  checkNumbers: boolean = false,
): Promise<Tensor[]> {
  const bindings = new Map<Tensor, Float64Array>();
  const bind = async (tensor: Tensor, value: Tensor) => {
    bindings.set(tensor, Float64Array.from(await value.data()));
  };
  for (const [i, input] of inputs.entries()) await bind(input, values[i]!);
  for (const tensor of topologicalOrder(outputs)) {
    if (tensor.isConcrete && tensor.storage.kind === "device") await bind(tensor, tensor);
  }
  return interpret(outputs, bindings, checkNumbers ? numberCheck() : undefined).map((data, i) => {
    const { shape, dtype } = outputs[i]!;
    return fromStorage({ kind: "host", data }, shape, dtype);
  });
}
