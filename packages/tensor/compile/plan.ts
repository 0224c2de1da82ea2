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

/** Steps of a program are looked up in blocks of this size. */
const BLOCK = 64;
/** A temporary that is live in more blocks is compared with all others. */
const MAX_BLOCKS = 8;

interface Located extends Lifetime {
  readonly offset: number;
}

/** Temporaries that have an offset. */
class Placed {
  readonly #all: Located[] = [];
  /** Those live in few blocks, by block. */
  readonly #blocks = new Map<number, Located[]>();
  /** Those live in many. */
  readonly #long: Located[] = [];

  /** Places a temporary into the lowest gap between those live at the same time. @returns Its offset. */
  add(lifetime: Lifetime): number {
    const neighbours = this.#near(lifetime)
      .filter(({ first, last }) => first <= lifetime.last && lifetime.first <= last)
      .sort((a, b) => a.offset - b.offset);
    const located = { ...lifetime, offset: lowestGap(neighbours, lifetime.bytes) };
    const blocks = blocksOf(lifetime);
    this.#all.push(located);
    if (!blocks) this.#long.push(located);
    for (const block of blocks ?? []) {
      const known = this.#blocks.get(block);
      if (known) known.push(located);
      else this.#blocks.set(block, [located]);
    }
    return located.offset;
  }

  /** Returns all that may be live at the same time, possibly several times. */
  #near(lifetime: Lifetime): readonly Located[] {
    const blocks = blocksOf(lifetime);
    return blocks ? [this.#long, ...blocks.map((block) => this.#blocks.get(block) ?? [])].flat() : this.#all;
  }
}

/** The blocks of steps that a temporary is live in; undefined if there are many. */
function blocksOf({ first, last }: Lifetime): number[] | undefined {
  const from = Math.floor(first / BLOCK), count = Math.floor(last / BLOCK) - from + 1;
  return count > MAX_BLOCKS ? undefined : Array.from({ length: count }, (_, i) => from + i);
}

/** Returns the start of the lowest gap of at least `bytes` between the given buffers, or their end if there is none. */
function lowestGap(neighbours: readonly Located[], bytes: number): number {
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
