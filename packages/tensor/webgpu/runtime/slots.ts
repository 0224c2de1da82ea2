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

  isFree({ first, last }: Life): boolean {
    const at = this.#after(last);
    return at === 0 || this.#taken[at - 1]!.last < first;
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
 * Plans the temporaries of a lowered program.
 *
 * @param buffers Its buffers.
 * @param batches Its dispatches in order; those of a batch may run concurrently.
 */
export function planSlots(
  buffers: readonly ProgramBuffer[],
  batches: readonly (readonly Dispatch[])[],
): SlotPlan {
  const size = ({ id }: Life) => buffers[id]?.bytes ?? 0;
  const order = lives(buffers, batches).sort((x, y) => size(y) - size(x) || x.first - y.first);
  const slots: Slot[] = [];
  const slotOf = new Map<number, number>();
  for (const life of order) {
    // Slots are in order of decreasing size: the last free one wastes least.
    let slot = slots.findLastIndex((slot) => slot.isFree(life));
    if (slot < 0) slot = slots.push(new Slot(paddedBytes(size(life)))) - 1;
    slots[slot]!.take(life);
    slotOf.set(life.id, slot);
  }
  return { bytes: slots.map(({ bytes }) => bytes), slotOf };
}
