/**
 * The order of dispatches. A GPU waits between two dispatches where one writes what the other uses, which costs more
 * than the work of a small one. So dispatches move to batches of independent ones, which run concurrently.
 *
 * @module
 */
import type { Dispatch, Lowered } from "../program/lower.ts";
import { Batches } from "./batches.ts";
import { graphOf } from "./dispatch_graph.ts";
import { planSlots, type SlotPlan } from "./slots.ts";

/**
 * Dispatches that write at most this many bytes may move: the more of them do, the fewer waits there are, and the more
 * temporaries are live at a time.
 */
const MOVING_BYTES = [Infinity, ...Array.from({ length: 15 }, (_, i) => 2 ** (24 - i / 2))];
/** How many more bytes temporaries may take than in the given order, relative and, in small programs, absolute. */
const MORE = 1.25, MORE_BYTES = 2 ** 20;

/** Attempts to bring batches within the budget that exceed it by at most a factor; each takes milliseconds. */
const ATTEMPTS = 128, NEAR = 1.05;
/** Programs of more dispatches are not searched: they compile in time linear in their size. */
const SEARCHED = 4096;

/** Dispatches in execution order, and the memory plan of their temporaries. */
export interface Schedule {
  readonly dispatches: readonly Dispatch[];
  readonly plan: SlotPlan;
}

/**
 * Orders the dispatches of a program for concurrency. Temporaries may take a quarter more memory than in the given order
 * if they stay within the budget, and no more otherwise.
 *
 * @param lowered Program.
 * @param temporaryBytes Memory budget of the temporaries.
 */
export function schedule(lowered: Lowered, temporaryBytes = Infinity): Schedule {
  const plain = planSlots(lowered.buffers, lowered.dispatches.map((dispatch) => [dispatch]));
  const least = bytesOf(plain);
  const most = Math.max(
    least,
    Math.min(MORE * least, temporaryBytes),
    Math.min(least + MORE_BYTES, temporaryBytes),
  );
  const graph = graphOf(lowered);
  let best: Schedule = { dispatches: lowered.dispatches, plan: plain }, waits = countWaits(best);
  let known = 0;
  for (const limit of MOVING_BYTES) {
    const batches = new Batches(graph, limit);
    // A limit that makes no difference
    if (batches.count === known) continue;
    known = batches.count;
    // The lower the limit, the more batches there are
    if (batches.count > waits) break;
    const candidate = within(most, batches, lowered);
    if (candidate === undefined) continue;
    const fewer = countWaits(candidate);
    if (fewer < waits) [best, waits] = [candidate, fewer];
  }
  return best;
}

/**
 * Moves dispatches between batches until their temporaries stay within a budget: to the best place of each, then chains at
 * random, as long as it helps. The same program is always ordered the same.
 */
function within(budget: number, batches: Batches, { buffers, dispatches }: Lowered): Schedule | undefined {
  const planned = () => planSlots(buffers, batches.lists(), "most recent");
  batches.shorten();
  let best = planned();
  if (bytesOf(best) > budget && dispatches.length <= SEARCHED) {
    batches.relieve();
    best = planned();
    const attempts = bytesOf(best) <= NEAR * budget ? ATTEMPTS : 0, random = randomNumbers();
    for (let attempt = 0; attempt < attempts && bytesOf(best) > budget; attempt++) {
      const saved = batches.save();
      batches.shake(random);
      const plan = planned();
      // Other places for the same memory may lead further
      if (bytesOf(plan) <= bytesOf(best)) best = plan;
      else batches.restore(saved);
    }
  }
  return bytesOf(best) <= budget ? { dispatches: batches.lists().flat(), plan: best } : undefined;
}

/** Numbers from 0 to 1, always the same: the minimal standard generator (Park and Miller, 1988). */
function randomNumbers(): () => number {
  let state = 1;
  return () => (state = state * 48_271 % 2_147_483_647) / 2_147_483_647;
}

function bytesOf({ bytes }: SlotPlan): number {
  return bytes.reduce((sum, size) => sum + size, 0);
}

/**
 * Counts the waits of a program: a dispatch waits for those before it if it uses what one of them has written since the
 * last wait, or writes what one of them has used.
 *
 * @param schedule Dispatches in order, and the buffers of their temporaries.
 */
export function countWaits({ dispatches, plan }: Schedule): number {
  const used = new Set<string>(), written = new Set<string>();
  let waits = 0;
  for (const { pass, buffers } of dispatches) {
    const uses = pass.bindings.map((binding, i) => {
      const id = buffers[i]!, slot = plan.slotOf.get(id);
      return { written: binding.written, place: slot === undefined ? `buffer ${id}` : `slot ${slot}` };
    });
    if (uses.some((use) => written.has(use.place) || use.written && used.has(use.place))) {
      waits++;
      used.clear();
      written.clear();
    }
    for (const use of uses) {
      used.add(use.place);
      if (use.written) written.add(use.place);
    }
  }
  return waits;
}
