/**
 * The memory plan of a program: temporaries that are never needed at the same time share memory.
 *
 * A temporary is alive from the first step that names it to the last one, both included. Buffers are placed by
 * decreasing size, each into the smallest gap that the buffers alive with it leave (best fit).
 *
 * @module
 */
import type { Program } from "../ir/kernel.ts";

/** Where the temporaries of a program lie in one arena. */
export interface TemporaryPlan {
  /** Byte offset of each program buffer; -1 for external buffers and for temporaries that no step names. */
  readonly offsets: readonly number[];
  /** Size of the arena. */
  readonly bytes: number;
}

/** Every offset is a multiple of this many bytes. */
export const ALIGNMENT = 64;

interface Lifetime {
  readonly buffer: number;
  readonly bytes: number;
  readonly first: number;
  last: number;
}

interface Placed extends Lifetime {
  readonly offset: number;
}

/** The steps over which each temporary is alive. */
function lifetimes(program: Program): Lifetime[] {
  const alive = new Map<number, Lifetime>();
  program.steps.forEach(({ args }, step) => {
    for (const buffer of args) {
      const declared = program.buffers[buffer];
      if (declared?.role !== "temporary") continue;
      const known = alive.get(buffer);
      if (known) known.last = step;
      else {
        const bytes = Math.ceil(declared.bytes / ALIGNMENT) * ALIGNMENT;
        alive.set(buffer, { buffer, bytes, first: step, last: step });
      }
    }
  });
  return [...alive.values()];
}

/** The start of the smallest gap between the given buffers that takes `bytes`; after them all if there is none. */
function bestGap(neighbours: readonly Placed[], bytes: number): number {
  let end = 0, best = -1, smallest = Infinity;
  for (const { offset, bytes: size } of neighbours) {
    const gap = offset - end;
    if (gap >= bytes && gap < smallest) {
      smallest = gap;
      best = end;
    }
    end = Math.max(end, offset + size);
  }
  return best >= 0 ? best : end;
}

/**
 * Plans the temporaries of a program.
 *
 * @param program Program.
 * @returns An offset for each temporary, and the bytes of the arena that holds them all.
 */
export function planTemporaries(program: Program): TemporaryPlan {
  const bySize = lifetimes(program).sort((a, b) => b.bytes - a.bytes || a.first - b.first);
  const placed: Placed[] = [];
  const offsets = program.buffers.map(() => -1);
  let bytes = 0;
  for (const lifetime of bySize) {
    const neighbours = placed
      .filter(({ first, last }) => first <= lifetime.last && lifetime.first <= last)
      .sort((a, b) => a.offset - b.offset);
    const offset = bestGap(neighbours, lifetime.bytes);
    placed.push({ ...lifetime, offset });
    offsets[lifetime.buffer] = offset;
    bytes = Math.max(bytes, offset + lifetime.bytes);
  }
  return { offsets, bytes };
}
