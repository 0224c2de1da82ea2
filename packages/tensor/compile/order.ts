/**
 * The order of the steps of a program: one in which less memory is alive at a time. A graph says only which step needs
 * which; in the order of its nodes whole passes run ahead of the ones that could free what they wait for.
 * @module
 */
import type { Program, Step } from "../ir/kernel.ts";
import { livePeak } from "./plan.ts";

/** Steps as a graph: who must wait for whom, and what each names. */
interface StepGraph {
  /** Temporaries of each step, each once. */
  readonly named: readonly (readonly number[])[];
  /** Steps that must come later, of each. */
  readonly later: readonly (readonly number[])[];
  /** Bytes of each buffer; 0 for those that are no temporaries. */
  readonly bytes: readonly number[];
}

/** Chooses one of the steps that may come next. */
type Rule = (ready: readonly number[], growthOf: (step: number) => number) => number;

/** The first step that gives memory back; if there is none, the next as it was. */
const freeFirst: Rule = (ready, growthOf) => {
  let best = ready[0]!, least = Math.min(0, growthOf(best));
  for (const step of ready) {
    const growth = growthOf(step);
    if (growth < least) [best, least] = [step, growth];
  }
  return least < 0 ? best : ready[0]!;
};

/** The step that takes least. */
const leastGrowth: Rule = (ready, growthOf) => {
  let best = ready[0]!, least = growthOf(best);
  for (const step of ready) {
    const growth = growthOf(step);
    if (growth < least) [best, least] = [step, growth];
  }
  return best;
};

/**
 * The same program in an order that needs the least memory of a few that are tried; its own if none is better. Every step
 * still sees what it saw before, so results keep their bytes.
 *
 * @param program Steps in an order that gives the right results.
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
 * Read from its end, a program is one whose buffers live as long, and whose steps wait for each other the other way round.
 * Steps that are chosen from there run as late as they may: what is needed late is made late.
 */
function fromTheEnd(program: Program, rule: Rule): Program {
  return turned(fromTheFront(turned(program), rule));
}

function turned({ buffers, steps }: Program): Program {
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

/** Reads first, then writes, so that a step that does both waits for itself in neither. */
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

/** Keeps the ready steps in the order in which they were. */
function insert(sorted: number[], step: number): void {
  let at = sorted.length;
  while (at > 0 && sorted[at - 1]! > step) at--;
  sorted.splice(at, 0, step);
}
