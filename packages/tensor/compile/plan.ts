/**
 * The memory plan of a program: temporaries that are never live at the same time share memory.
 *
 * A temporary is live from the first step that uses it to the last one, inclusive. Buffers are placed by decreasing
 * size, each into the lowest gap between the buffers live at the same time (for training steps, this wastes less than
 * the smallest gap).
 *
 * @module
 */
import type { Program } from "../ir/kernel.ts";

/** Layout of the temporaries of a program in one arena. */
export interface TemporaryPlan {
  /** Byte offset of each program buffer; -1 for external buffers and unused temporaries. */
  readonly offsets: readonly number[];
  /** Size of the arena. */
  readonly bytes: number;
}

/** Alignment of offsets, in bytes. */
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

/** Computes the lifetime of each temporary. */
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

/** Returns the start of the lowest gap of at least `bytes` between the given buffers, or their end if there is none. */
function lowestGap(neighbours: readonly Placed[], bytes: number): number {
  let end = 0;
  for (const { offset, bytes: size } of neighbours) {
    if (offset - end >= bytes) return end;
    end = Math.max(end, offset + size);
  }
  return end;
}

/** The peak memory of a program. */
export interface Peak {
  /** Bytes of all temporaries live at the peak, a lower bound of the arena. */
  readonly bytes: number;
  /** The first such step. */
  readonly step: number;
}

/**
 * Computes the peak of a program, which is faster than a plan.
 *
 * @param program Program.
 */
export function livePeak(program: Program): Peak {
  const change = new Float64Array(program.steps.length + 1);
  for (const { bytes, first, last } of lifetimes(program)) {
    change[first]! += bytes;
    change[last + 1]! -= bytes;
  }
  let alive = 0, peak: Peak = { bytes: 0, step: 0 };
  program.steps.forEach((_, step) => {
    alive += change[step]!;
    if (alive > peak.bytes) peak = { bytes: alive, step };
  });
  return peak;
}

/**
 * Plans the temporaries of a program.
 *
 * @param program Program.
 * @returns An offset for each temporary, and the size of the arena.
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
    const offset = lowestGap(neighbours, lifetime.bytes);
    placed.push({ ...lifetime, offset });
    offsets[lifetime.buffer] = offset;
    bytes = Math.max(bytes, offset + lifetime.bytes);
  }
  return { offsets, bytes };
}
