/**
 * Checks of arguments before a call computes or consumes anything.
 * @module
 */
import { type Device, isKernelDevice } from "../device/any_device.ts";
import { showShape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { topologicalOrder } from "../graph/traverse.ts";
import { type ArgumentLeaf, showPlace } from "./arguments.ts";

/** How a program treats its arguments. */
export interface ArgumentUse {
  /** Device of the program. */
  readonly device: Device;
  /** Indices of donated arguments. */
  readonly donated: ReadonlySet<number>;
  /** Tensors that the function closes over. */
  readonly captured: ReadonlySet<Tensor>;
}

/**
 * Checks the arguments of a call.
 *
 * @param leaves Leaves of the arguments.
 * @param use How the program uses them.
 * @throws {Error} If a tensor has no elements, is on another device, or is donated and also used elsewhere.
 */
export function checkArguments(
  leaves: readonly ArgumentLeaf[],
  { device, donated, captured }: ArgumentUse,
): void {
  for (const leaf of leaves) {
    const problem = leaf.tensor.isConcrete
      ? concreteProblem(leaf.tensor, device)
      : graphProblem(leaf.tensor, device);
    if (problem) throw new Error(`${showPlace(leaf)}, of shape ${showShape(leaf.tensor.shape)}, ${problem}`);
  }
  if (donated.size === 0) return;
  const first = new Map<Tensor, ArgumentLeaf>();
  for (const leaf of leaves) {
    const other = first.get(leaf.tensor);
    if (!other) first.set(leaf.tensor, leaf);
    const isDonated = donated.has(leaf.argument);
    if (other && (isDonated || donated.has(other.argument))) {
      throw new Error(
        `${showPlace(leaf)} is the same tensor as ${showPlace(other)}, and argument ` +
          `${
            (isDonated ? leaf : other).argument
          } is donated: its memory would be overwritten while the other is read; ` +
          "pass a copy (evaluate() returns one) or do not donate it",
      );
    }
    if (isDonated && captured.has(leaf.tensor)) {
      throw new Error(
        `${
          showPlace(leaf)
        } is donated, and the compiled function closes over the same tensor, which later calls ` +
          "need: pass a copy (evaluate() returns one) or do not donate it",
      );
    }
  }
}

function concreteProblem(tensor: Tensor, device: Device): string | undefined {
  if (tensor.isDisposed) return "has been disposed or donated";
  const { storage } = tensor;
  // The interpreter reads from any device
  if (storage.kind === "host" || storage.device === device || !isKernelDevice(device)) return undefined;
  return `is on another device (${storage.device.info.name}), not on ${device.info.name}: pass its values, ` +
    "read with data()";
}

/** Returns the problem with the graph of an unevaluated tensor, if any. */
function graphProblem(tensor: Tensor, device: Device): string | undefined {
  for (const source of topologicalOrder([tensor])) {
    if (source.node.op === "input") {
      return "has no elements, because it is a placeholder or an argument of a function that is being traced: inside " +
        "compile(), grad() and the like call functions that are not compiled";
    }
    const problem = source.isConcrete ? concreteProblem(source, device) : undefined;
    if (problem) return `is computed from a tensor of shape ${showShape(source.shape)} that ${problem}`;
  }
  return undefined;
}
