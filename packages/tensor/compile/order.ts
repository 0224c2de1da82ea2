/**
 * Reorders the steps of a program to reduce the memory that is live at a time. A graph only determines dependencies; in
 * the order of its nodes, whole passes run ahead of the ones that would free their inputs.
 * @module
 */
import type { Program, Step } from "../ir/kernel.ts";
import { livePeak } from "./plan.ts";

/** Dependency graph of steps. */
interface StepGraph {
  /** Distinct temporaries of each step. */
  readonly named: readonly (readonly number[])[];
  /** Steps that must run after each step. */
  readonly later: readonly (readonly number[])[];
  /** Bytes of each buffer; 0 for external ones. */
  readonly bytes: readonly number[];
}

/** Chooses one of the ready steps. */
type Rule = (ready: readonly number[], growthOf: (step: number) => number) => number;

/** The first step that frees memory; if there is none, the next in the original order. */
const freeFirst: Rule = (ready, growthOf) => {
  let best = ready[0]!, least = Math.min(0, growthOf(best));
  for (const step of ready) {
    const growth = growthOf(step);
    if (growth < least) [best, least] = [step, growth];
  }
  return least < 0 ? best : ready[0]!;
};

/** The step with the least memory growth. */
const leastGrowth: Rule = (ready, growthOf) => {
  let best = ready[0]!, least = growthOf(best);
  for (const step of ready) {
    const growth = growthOf(step);
    if (growth < least) [best, least] = [step, growth];
  }
  return best;
};

/**
 * Returns the program in the order with the lowest peak memory of a few candidates, including the original one. Every
 * step still sees the same inputs, so results are bit-identical.
 *
 * @param program Steps in a valid order.
 */
export function orderForMemory(program: Program): Program {
  const late = fromTheEnd(program, leastGrowth);
  const candidates = [
    program,
    fromTheFront(program, freeFirst),
    fromTheEnd(program, freeFirst),
    fromTheFront(late, freeFirst),
    fromTheEnd(fromTheFront(late, leastGrowth), freeFirst),
  ];
  const peaks = candidates.map((candidate) => livePeak(candidate).bytes);
  return candidates[peaks.indexOf(Math.min(...peaks))]!;
}

function fromTheFront(program: Program, rule: Rule): Program {
  const { buffers, steps } = program;
  return { buffers, steps: arrange(graphOf(program), rule).map((step) => steps[step]!) };
}

/**
 * Schedules backwards. Read from its end, a program has buffers of the same lifetimes and reversed dependencies; steps
 * chosen from there run as late as possible: what is needed late is computed late.
 */
function fromTheEnd(program: Program, rule: Rule): Program {
  return reversed(fromTheFront(reversed(program), rule));
}

function reversed({ buffers, steps }: Program): Program {
  return { buffers, steps: steps.toReversed() };
}

function graphOf({ buffers, steps }: Program): StepGraph {
  const bytes = buffers.map(({ role, bytes }) => role === "temporary" ? bytes : 0);
  const later = steps.map((): number[] => []);
  const writer = new Map<number, number>(), readers = new Map<number, number[]>();
  steps.forEach((step, at) => {
    for (const { buffer, writes } of usesOf(step)) {
      const before = writer.get(buffer);
      if (before !== undefined && before !== at) later[before]!.push(at);
      if (!writes) {
        const known = readers.get(buffer);
        if (known) known.push(at);
        else readers.set(buffer, [at]);
        continue;
      }
      for (const reader of readers.get(buffer) ?? []) if (reader !== at) later[reader]!.push(at);
      readers.delete(buffer);
      writer.set(buffer, at);
    }
  });
  const named = steps.map(({ args }) => [...new Set(args)].filter((buffer) => bytes[buffer]! > 0));
  return { named, later: later.map((list) => [...new Set(list)]), bytes };
}

/** Reads first, then writes, so that a step that does both does not depend on itself. */
function usesOf({ kernel, args }: Step): { readonly buffer: number; readonly writes: boolean }[] {
  const uses = args.map((buffer, slot) => ({ buffer, writes: kernel.buffers[slot]!.access !== "read" }));
  return uses.sort((a, b) => Number(a.writes) - Number(b.writes));
}

function arrange({ named, later, bytes }: StepGraph, rule: Rule): number[] {
  const waiting = named.map(() => 0), uses = bytes.map(() => 0);
  later.forEach((list) => list.forEach((next) => waiting[next]!++));
  named.forEach((list) => list.forEach((buffer) => uses[buffer]!++));
  const alive = new Set<number>();
  const growthOf = (step: number) =>
    named[step]!.reduce((growth, buffer) => {
      const born = alive.has(buffer) ? 0 : bytes[buffer]!;
      return growth + born - (uses[buffer] === 1 ? bytes[buffer]! : 0);
    }, 0);
  const ready = waiting.flatMap((count, step) => (count === 0 ? [step] : []));
  const order: number[] = [];
  while (ready.length > 0) {
    const step = rule(ready, growthOf);
    ready.splice(ready.indexOf(step), 1);
    order.push(step);
    for (const buffer of named[step]!) {
      alive.add(buffer);
      uses[buffer]!--;
    }
    for (const next of later[step]!) {
      if (--waiting[next]! === 0) insert(ready, next);
    }
  }
  return order;
}

/** Inserts a ready step in the original order. */
function insert(sorted: number[], step: number): void {
  let at = sorted.length;
  while (at > 0 && sorted[at - 1]! > step) at--;
  sorted.splice(at, 0, step);
}
