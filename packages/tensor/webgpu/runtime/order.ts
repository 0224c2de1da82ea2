/**
 * The order of dispatches. A GPU waits between two dispatches where one writes what the other uses, which costs more
 * than the work of a small one. So dispatches move up to earlier independent ones and run concurrently.
 *
 * @module
 */
import type { Dispatch, Lowered } from "../program/lower.ts";
import { planSlots, type SlotPlan } from "./slots.ts";

/** Dispatches that write at most this many bytes may move; the first limit that costs no memory is used. */
const MOVING_BYTES = [2 ** 22, 2 ** 17];

/** Dispatches in execution order, and the memory plan of their temporaries. */
export interface Schedule {
  readonly dispatches: readonly Dispatch[];
  readonly plan: SlotPlan;
}

/**
 * Groups dispatches into batches of independent dispatches.
 *
 * @param lowered Dispatches in a valid order.
 * @param limit Dispatches that write more bytes than this stay in order.
 * @returns Batches in order; each movable dispatch is in the earliest possible one.
 */
export function inBatches({ dispatches, buffers }: Lowered, limit: number): Dispatch[][] {
  const batches: Dispatch[][] = [];
  // The first batch after the last write and after the last read of each buffer.
  const afterWrite = new Map<number, number>(), afterRead = new Map<number, number>();
  let afterLarge = 0;
  for (const dispatch of dispatches) {
    const uses = dispatch.pass.bindings.map(({ written }, i) => ({ written, id: dispatch.buffers[i]! }));
    const moves = uses.every(({ written, id }) => !written || buffers[id]!.bytes <= limit);
    const at = uses.reduce(
      (at, { written, id }) => Math.max(at, afterWrite.get(id) ?? 0, written ? afterRead.get(id) ?? 0 : 0),
      moves ? 0 : afterLarge,
    );
    (batches[at] ??= []).push(dispatch);
    if (!moves) afterLarge = at + 1;
    for (const { written, id } of uses) {
      const after = written ? afterWrite : afterRead;
      after.set(id, Math.max(after.get(id) ?? 0, at + 1));
    }
  }
  return batches;
}

/**
 * Orders the dispatches of a program for concurrency, without taking more memory than in the given order.
 *
 * @param lowered Program.
 */
export function schedule(lowered: Lowered): Schedule {
  const bytesOf = (plan: SlotPlan) => plan.bytes.reduce((sum, bytes) => sum + bytes, 0);
  const plain = planSlots(lowered.buffers, lowered.dispatches.map((dispatch) => [dispatch]));
  for (const limit of MOVING_BYTES) {
    const batches = inBatches(lowered, limit);
    const plan = planSlots(lowered.buffers, batches);
    if (bytesOf(plan) <= bytesOf(plain)) return { dispatches: batches.flat(), plan };
  }
  return { dispatches: lowered.dispatches, plan: plain };
}
