/**
 * The order of dispatches. A GPU waits between two dispatches where one writes what the other uses, which costs a small
 * one more than its work. So dispatches move up to earlier ones that they have nothing to do with and run beside them.
 *
 * @module
 */
import type { Dispatch, Lowered } from "../program/lower.ts";
import { planSlots, type SlotPlan } from "./slots.ts";

/** Dispatches that write at most so many bytes move; the first of these that costs no memory holds. */
const MOVING_BYTES = [2 ** 22, 2 ** 17];

/** Dispatches in the order in which they run, and the memory of their temporaries. */
export interface Schedule {
  readonly dispatches: readonly Dispatch[];
  readonly plan: SlotPlan;
}

/**
 * Puts dispatches into batches, within which none uses what another writes.
 *
 * @param lowered Dispatches in an order that gives the right result.
 * @param most Those that write more bytes keep their order.
 * @returns Batches in order; a dispatch that may move is in the first one that it can be in.
 */
export function inBatches({ dispatches, buffers }: Lowered, most: number): Dispatch[][] {
  const batches: Dispatch[][] = [];
  // The first batch after the last write, or the last read, of each buffer.
  const afterWrite = new Map<number, number>(), afterRead = new Map<number, number>();
  let afterLarge = 0;
  for (const dispatch of dispatches) {
    const uses = dispatch.pass.bindings.map(({ written }, i) => ({ written, id: dispatch.buffers[i]! }));
    const moves = uses.every(({ written, id }) => !written || buffers[id]!.bytes <= most);
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
 * Orders the dispatches of a program so that few wait, without taking more memory than they do as they are.
 *
 * @param lowered Program.
 */
export function schedule(lowered: Lowered): Schedule {
  const bytesOf = (plan: SlotPlan) => plan.bytes.reduce((sum, bytes) => sum + bytes, 0);
  const plain = planSlots(lowered.buffers, lowered.dispatches.map((dispatch) => [dispatch]));
  for (const most of MOVING_BYTES) {
    const batches = inBatches(lowered, most);
    const plan = planSlots(lowered.buffers, batches);
    if (bytesOf(plan) <= bytesOf(plain)) return { dispatches: batches.flat(), plan };
  }
  return { dispatches: lowered.dispatches, plan: plain };
}
