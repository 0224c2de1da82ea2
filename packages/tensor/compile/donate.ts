/**
 * Assigns the memory of donated inputs to results.
 * @module
 */
import { sameShape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Kernel, Load, Store } from "../ir/kernel.ts";
import { topological } from "../ir/rewrite.ts";
import { sameAffine } from "./lowering/affine.ts";
import type { Lowered } from "./lowering/lower_opaque.ts";

/**
 * Pairs results with donated inputs of the same shape and type. A result may reuse an input's memory if no later kernel
 * reads the input, and its own kernel reads it, if at all, only at the element that it writes.
 *
 * A result reuses the memory of its predecessor if possible, so that a state passed from call to call stays in place:
 * the program then runs on the same buffers in every call, and devices can reuse their bindings. The other results use
 * the first donated input left.
 *
 * @param kernels All kernels in execution order.
 * @param results Results that need memory.
 * @param inputs Placeholders.
 * @param donated For each input, whether it is donated.
 * @param predecessors For results that are the next value of an input, the index of that input (by output index).
 * @param passed Inputs that are returned unchanged (by output index).
 * @returns For each result that reuses memory, the input.
 */
export function assignDonated(
  kernels: readonly Lowered[],
  results: ReadonlyMap<Tensor, number>,
  inputs: readonly Tensor[],
  donated: readonly boolean[],
  predecessors: ReadonlyMap<number, number>,
  passed: ReadonlyMap<number, number>,
): Map<Tensor, Tensor> {
  const busy = new Set([...passed.values()].map((position) => inputs[position]!));
  const free = new Set(inputs.filter((input, i) => donated[i] && !busy.has(input)));
  const lastRead = new Map<Tensor, number>();
  const written = new Map<Tensor, number[]>();
  kernels.forEach(({ kernel, slots }, step) => {
    slots.forEach((slot, i) => {
      if (kernel.buffers[i]!.access === "read") lastRead.set(slot, step);
      else append(written, slot, step);
    });
  });
  const assigned = new Map<Tensor, Tensor>();
  const suits = (input: Tensor, result: Tensor) =>
    free.has(input) && input.dtype === result.dtype && sameShape(input.shape, result.shape) &&
    written.get(result)!.every((step) =>
      (lastRead.get(input) ?? -1) <= step && readsInPlace(kernels[step]!, input, result)
    );
  const assign = (result: Tensor, candidates: readonly (Tensor | undefined)[]) => {
    if (!written.has(result) || assigned.has(result)) return;
    const input = candidates.find((input) => input && suits(input, result));
    if (!input) return;
    free.delete(input);
    assigned.set(result, input);
  };
  const inOrder = [...results].sort(([, a], [, b]) => a - b);
  for (const [result, position] of inOrder) assign(result, [inputs[predecessors.get(position) ?? -1]]);
  const byKind = new Map<string, Tensor[]>();
  for (const input of free) append(byKind, kindOf(input), input);
  for (const [result] of inOrder) assign(result, byKind.get(kindOf(result)) ?? []);
  return assigned;
}

/** Type and shape: what a result must share with the input whose memory it reuses. */
function kindOf({ dtype, shape }: Tensor): string {
  return `${dtype} ${shape.join()}`;
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** Returns whether the kernel that writes `result` may write it over `input`. */
function readsInPlace({ kernel, slots }: Lowered, input: Tensor, result: Tensor): boolean {
  const slot = slots.indexOf(input);
  if (slot < 0) return true;
  if (kernel.kind !== "loop" && kernel.kind !== "gemm" && kernel.kind !== "patchGemm") return false;
  if (kernel.kind !== "loop" && (kernel.a.buffer === slot || kernel.b.buffer === slot)) return false;
  const store = kernel.stores.find(({ buffer }) => buffer === slots.indexOf(result))!;
  return loadsOf(kernel).every((load) => load.buffer !== slot || isAt(load, store));
}

function isAt(load: Load, store: Store): boolean {
  return load.address.indirect.length === 0 && load.guards.length === 0 &&
    sameAffine(load.address, store.address);
}

function loadsOf(kernel: Kernel): Load[] {
  const accumulators = kernel.kind === "loop" ? kernel.accumulators : [];
  const stores = "stores" in kernel ? kernel.stores : [];
  return topological([...accumulators, ...stores].map(({ value }) => value)).filter((node): node is Load =>
    node.op === "load"
  );
}
