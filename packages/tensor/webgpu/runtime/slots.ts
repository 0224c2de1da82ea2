/**
 * The memory plan of a program: which temporaries share a buffer.
 *
 * WebGPU binds whole buffers, so the plan assigns whole buffers, each to temporaries that are never live at the same
 * time. Temporaries are assigned in order of decreasing size, so a buffer has the size of its first one.
 *
 * @module
 */
import type { ProgramBuffer } from "../../ir/kernel.ts";
import type { Dispatch } from "../program/lower.ts";
import { paddedBytes } from "./memory.ts";

/** Buffers for the temporaries of a program. */
export interface SlotPlan {
  /** Size of each slot. */
  readonly bytes: readonly number[];
  /** Slot of each used temporary of the program. */
  readonly slotOf: ReadonlyMap<number, number>;
}

interface Life {
  readonly id: number;
  readonly first: number;
  last: number;
}

/** A buffer, and the temporaries that it holds in turn. */
class Slot {
  readonly bytes: number;
  readonly #taken: Life[] = [];

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  /** The number of batches that the buffer is unused for before a life; undefined if it is used during it. */
  idleBefore({ first, last }: Life): number | undefined {
    const at = this.#after(last), before = at === 0 ? -1 : this.#taken[at - 1]!.last;
    return before < first ? first - before - 1 : undefined;
  }

  take(life: Life): void {
    this.#taken.splice(this.#after(life.last), 0, life);
  }

  /** The number of temporaries that begin up to a batch. */
  #after(batch: number): number {
    let low = 0, high = this.#taken.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#taken[middle]!.first <= batch) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Computes the first and last batch of every used temporary. */
function lives(buffers: readonly ProgramBuffer[], batches: readonly (readonly Dispatch[])[]): Life[] {
  const found = new Map<number, Life>();
  batches.forEach((batch, at) => {
    for (const id of batch.flatMap((dispatch) => dispatch.buffers)) {
      if (buffers[id]?.role !== "temporary") continue;
      const life = found.get(id);
      if (life) life.last = at;
      else found.set(id, { id, first: at, last: at });
    }
  });
  return [...found.values()];
}

/**
 * Which of the free buffers a temporary takes: the smallest, so that one that was used long ago is as good as any, or the most
 * recently used, which leaves the longest gaps to the temporaries that follow.
 */
export type SlotChoice = "smallest" | "most recent";

/** Returns the index of the buffer that a temporary takes, or -1 if none is free. */
function chooseSlot(slots: readonly Slot[], life: Life, choice: SlotChoice): number {
  // Slots are in order of decreasing size
  if (choice === "smallest") return slots.findLastIndex((slot) => slot.idleBefore(life) !== undefined);
  let best = -1, least = Infinity;
  slots.forEach((slot, i) => {
    const idle = slot.idleBefore(life);
    if (idle !== undefined && idle <= least) [best, least] = [i, idle];
  });
  return best;
}

/**
 * Plans the temporaries of a lowered program.
 *
 * @param buffers Its buffers.
 * @param batches Its dispatches in order; those of a batch may run concurrently.
 * @param choice Which of the free buffers a temporary takes. The most recently used takes less memory, but dispatches that
 *   follow each other then wait more often, unless they are in batches anyway.
 */
export function planSlots(
  buffers: readonly ProgramBuffer[],
  batches: readonly (readonly Dispatch[])[],
  choice: SlotChoice = "smallest",
): SlotPlan {
  const size = ({ id }: Life) => buffers[id]?.bytes ?? 0;
  const order = lives(buffers, batches).sort((x, y) => size(y) - size(x) || x.first - y.first);
  const slots: Slot[] = [];
  const slotOf = new Map<number, number>();
  for (const life of order) {
    let slot = chooseSlot(slots, life, choice);
    if (slot < 0) slot = slots.push(new Slot(paddedBytes(size(life)))) - 1;
    slots[slot]!.take(life);
    slotOf.set(life.id, slot);
  }
  return { bytes: slots.map(({ bytes }) => bytes), slotOf };
}
