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
  const slots: { bytes: number; taken: Life[] }[] = [];
  const slotOf = new Map<number, number>();
  for (const life of order) {
    const free = ({ taken }: { taken: Life[] }) =>
      taken.every(({ first, last }) => last < life.first || life.last < first);
    // Slots are in order of decreasing size: the last free one wastes least.
    let slot = slots.findLastIndex(free);
    if (slot < 0) slot = slots.push({ bytes: paddedBytes(size(life)), taken: [] }) - 1;
    slots[slot]!.taken.push(life);
    slotOf.set(life.id, slot);
  }
  return { bytes: slots.map(({ bytes }) => bytes), slotOf };
}
