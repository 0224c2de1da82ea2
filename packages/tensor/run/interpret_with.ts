/**
 * The reference interpreter for graphs with inputs.
 * @module
 */
import { fromStorage, type Tensor } from "../graph/tensor.ts";
import { topologicalOrder } from "../graph/traverse.ts";
import { checkNumbersOf, rangeOf } from "../device/number_error.ts";
import { type Communicator, soloCommunicator } from "../device/communicator.ts";
import { type Exchange, interpretation, type OnResult } from "../reference/interpret.ts";

/** Returns a function that checks the results of operations, in order. */
function numberCheck(): OnResult {
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
 * @param communicator The ranks that interpret the same graph.
 * @returns Tensors of doubles on the host.
 */
export async function interpretWith(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  values: readonly Tensor[],
  checkNumbers: boolean = false,
  communicator: Communicator = soloCommunicator,
): Promise<Tensor[]> {
  const bindings = new Map<Tensor, Float64Array>();
  const bind = async (tensor: Tensor, value: Tensor) => {
    bindings.set(tensor, Float64Array.from(await value.data()));
  };
  for (const [i, input] of inputs.entries()) await bind(input, values[i]!);
  for (const tensor of topologicalOrder(outputs)) {
    if (tensor.isConcrete && tensor.storage.kind === "device") await bind(tensor, tensor);
  }
  const steps = interpretation(outputs, bindings, checkNumbers ? numberCheck() : undefined);
  let step = steps.next();
  while (!step.done) step = steps.next(await exchanged(step.value, communicator));
  return step.value.map((data, i) => {
    const { shape, dtype } = outputs[i]!;
    return fromStorage({ kind: "host", data }, shape, dtype);
  });
}

/** Exchanges doubles with the other ranks; sums have their order, so that all ranks get the same bits. */
async function exchanged({ node, values }: Exchange, communicator: Communicator): Promise<Float64Array> {
  if (node.params.ranks !== communicator.size) {
    throw new Error(`a program of ${node.params.ranks} ranks runs on ${communicator.size}: compile it again`);
  }
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const all = (await communicator.allGather(bytes)).map((part) => new Float64Array(part.slice().buffer));
  if (node.op === "allReduce") return values.map((_, i) => all.reduce((sum, part) => sum + part[i]!, 0));
  const joined = new Float64Array(values.length * all.length);
  all.forEach((part, rank) => joined.set(part, rank * values.length));
  return joined;
}
