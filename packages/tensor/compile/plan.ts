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

/** Temporaries that have an offset, by offset. */
class Placed {
  readonly #lifetimes: Lifetime[] = [];
  readonly #offsets: number[] = [];

  /** Places a temporary into the lowest gap between those live at the same time. @returns Its offset. */
  add(lifetime: Lifetime): number {
    const { first, last, bytes } = lifetime;
    let end = 0;
    for (let i = 0; i < this.#offsets.length; i++) {
      const placed = this.#lifetimes[i]!;
      if (placed.first > last || placed.last < first) continue;
      const offset = this.#offsets[i]!;
      if (offset - end >= bytes) break;
      end = Math.max(end, offset + placed.bytes);
    }
    const at = this.#positionOf(end);
    this.#lifetimes.splice(at, 0, lifetime);
    this.#offsets.splice(at, 0, end);
    return end;
  }

  /** The number of temporaries at lower offsets. */
  #positionOf(offset: number): number {
    let low = 0, high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#offsets[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
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
  const placed = new Placed();
  const offsets = program.buffers.map(() => -1);
  let bytes = 0;
  for (const lifetime of bySize) {
    const offset = placed.add(lifetime);
    offsets[lifetime.buffer] = offset;
    bytes = Math.max(bytes, offset + lifetime.bytes);
  }
  return { offsets, bytes };
}
