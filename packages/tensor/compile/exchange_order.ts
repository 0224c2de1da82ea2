/**
 * Kernels that exchange values with other ranks: all ranks run them in one order, and sums are reduced in place.
 * @module
 */
import { fromStorage, type Tensor } from "../graph/tensor.ts";
import type { ExchangeKernel, Kernel } from "../ir/kernel.ts";
import type { Lowered } from "./lowering/lower_opaque.ts";
import { isSource } from "./lowering/node_kinds.ts";

/** Returns whether a kernel exchanges values with other ranks. @param kernel Any kernel. */
export function isExchangeKernel(kernel: Kernel): kernel is ExchangeKernel {
  return kernel.kind === "allReduce" || kernel.kind === "allGather";
}

/**
 * Moves exchanges to an order that all ranks share, with what they need before them; other kernels keep their order.
 *
 * @param kernels Kernels in a valid order.
 * @param exchanges Results of the exchanges, in that order.
 */
export function orderExchanges(
  kernels: readonly Lowered[],
  exchanges: readonly Tensor[],
): readonly Lowered[] {
  if (exchanges.length === 0) return kernels;
  const writers = new Map<Tensor, Lowered[]>();
  for (const lowered of kernels) {
    for (const written of slotsOf(lowered, "write")) {
      writers.set(written, [...writers.get(written) ?? [], lowered]);
    }
  }
  const previous = new Map(exchanges.map((exchange, i) => [exchange, exchanges[i - 1]]));
  const needs = (lowered: Lowered) => {
    const before = isExchangeKernel(lowered.kernel) ? previous.get(lowered.slots.at(-1)!) : undefined;
    return [...slotsOf(lowered, "read"), ...before ? [before] : []].flatMap((slot) =>
      writers.get(slot) ?? []
    );
  };
  const order = new Set<Lowered>();
  for (const start of kernels) {
    const stack = [start];
    while (stack.length > 0) {
      const next = stack.at(-1)!;
      const missing = order.has(next) ? [] : needs(next).filter((needed) => !order.has(needed));
      if (missing.length > 0) stack.push(...missing.reverse());
      else order.add(stack.pop()!);
    }
  }
  return [...order];
}

function slotsOf({ kernel, slots }: Lowered, access: "read" | "write"): Tensor[] {
  return slots.filter((_, i) => kernel.buffers[i]!.access === access);
}

/**
 * Reduces in place what nothing else reads, so that no copy is made, and adds the token that keeps exchanges in order.
 *
 * @param kernels Kernels in execution order.
 * @param outputs Tensors that must be in memory at the end.
 * @returns The same kernels; those that computed the terms of a sum write into its memory.
 */
export function placeExchanges(
  kernels: readonly Lowered[],
  outputs: ReadonlySet<Tensor>,
): readonly Lowered[] {
  if (!kernels.some(({ kernel }) => isExchangeKernel(kernel))) return kernels;
  const readers = new Map<Tensor, number>();
  for (const lowered of kernels) {
    for (const read of slotsOf(lowered, "read")) readers.set(read, (readers.get(read) ?? 0) + 1);
  }
  const renamed = new Map<Tensor, Tensor>();
  for (const { kernel, slots: [term, sum] } of kernels) {
    if (kernel.kind !== "allReduce" || isSource(term!) || outputs.has(term!)) continue;
    if (readers.get(term!) === 1) renamed.set(term!, sum!);
  }
  const token = fromStorage({ kind: "host", data: new Int32Array(1) }, [1], "i32");
  return kernels.map((lowered) => {
    const { kernel, slots } = lowered;
    const place = (slot: Tensor) => renamed.get(slot) ?? slot;
    if (!isExchangeKernel(kernel)) return { ...lowered, slots: slots.map(place) };
    const isInPlace = renamed.has(slots[0]!), [source, out] = kernel.buffers;
    const buffers = isInPlace ? [{ ...out!, access: "readwrite" as const }] : [source!, out!];
    return {
      ...lowered,
      kernel: { ...kernel, buffers: [...buffers, { dtype: "i32", access: "readwrite" }] },
      slots: [...isInPlace ? [slots[1]!] : slots, token],
    };
  });
}
