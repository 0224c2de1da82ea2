/**
 * Reorders the steps of a program to reduce the memory that is live at a time. A graph only determines dependencies; in
 * the order of its nodes, whole passes run ahead of the ones that would free their inputs.
 * @module
 */
import type { Program, Step } from "../ir/kernel.ts";
import { livePeak } from "./plan.ts";
import { PriorityQueue } from "./priority_queue.ts";

/** Dependency graph of steps. */
export interface StepGraph {
  /** Distinct temporaries of each step. */
  readonly named: readonly (readonly number[])[];
  /** Steps that must run after each step. */
  readonly later: readonly (readonly number[])[];
  /** Bytes of each buffer; 0 for external ones. */
  readonly bytes: readonly number[];
}

/** How one of the ready steps is chosen. */
type Rule =
  /** The step that frees most memory; if none does, the next in the original order. */
  | "freeFirst"
  /** The step with the least memory growth. */
  | "leastGrowth";

/**
 * Returns the program in the order with the lowest peak memory of a few candidates, including the original one. Every
 * step still sees the same inputs, so results are bit-identical.
 *
 * @param program Steps in a valid order.
 */
export function orderForMemory(program: Program): Program {
  const late = fromTheEnd(program, "leastGrowth");
  const candidates = [
    program,
    fromTheFront(program, "freeFirst"),
    fromTheEnd(program, "freeFirst"),
    fromTheFront(late, "freeFirst"),
    fromTheEnd(fromTheFront(late, "leastGrowth"), "freeFirst"),
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

/** Returns what the steps of a program wait for. @param program Steps in a valid order. */
export function graphOf({ buffers, steps }: Program): StepGraph {
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
  const ready = new ReadySteps(named, bytes);
  const waiting = named.map(() => 0);
  later.forEach((list) => list.forEach((next) => waiting[next]!++));
  waiting.forEach((count, step) => count === 0 && ready.add(step));
  const order: number[] = [];
  for (let step = ready.next(rule); step !== undefined; step = ready.next(rule)) {
    order.push(step);
    ready.run(step);
    for (const next of later[step]!) if (--waiting[next]! === 0) ready.add(next);
  }
  return order;
}

/** Steps whose dependencies have run, and by how much each would change the memory in use. */
class ReadySteps {
  readonly #named: StepGraph["named"];
  readonly #bytes: StepGraph["bytes"];
  /** Steps that use each buffer. */
  readonly #users: number[][];
  /** Steps left that use each buffer. */
  readonly #uses: number[];
  readonly #alive: boolean[];
  readonly #growth: number[];
  readonly #isReady: boolean[];
  readonly #hasRun: boolean[];
  readonly #byGrowth = new PriorityQueue((step, growth) =>
    this.#isReady[step]! && this.#growth[step] === growth
  );
  readonly #inOrder = new PriorityQueue((step) => this.#isReady[step]!);

  constructor(named: StepGraph["named"], bytes: StepGraph["bytes"]) {
    this.#named = named;
    this.#bytes = bytes;
    this.#users = bytes.map(() => []);
    named.forEach((buffers, step) => buffers.forEach((buffer) => this.#users[buffer]!.push(step)));
    this.#uses = this.#users.map(({ length }) => length);
    this.#alive = bytes.map(() => false);
    this.#isReady = named.map(() => false);
    this.#hasRun = named.map(() => false);
    const isTransient = (buffer: number) => this.#uses[buffer] === 1;
    this.#growth = named.map((buffers) =>
      buffers.reduce((sum, buffer) => isTransient(buffer) ? sum : sum + bytes[buffer]!, 0)
    );
  }

  add(step: number): void {
    this.#isReady[step] = true;
    this.#byGrowth.add(step, this.#growth[step]!);
    this.#inOrder.add(step, 0);
  }

  next(rule: Rule): number | undefined {
    const best = this.#byGrowth.first();
    return best && (rule === "leastGrowth" || best.priority < 0) ? best.item : this.#inOrder.first()?.item;
  }

  run(step: number): void {
    this.#isReady[step] = false;
    this.#hasRun[step] = true;
    for (const buffer of this.#named[step]!) {
      const users = this.#users[buffer]!, bytes = this.#bytes[buffer]!;
      if (!this.#alive[buffer]) {
        this.#alive[buffer] = true;
        for (const user of users) this.#shrink(user, bytes);
      }
      // The last user will free it
      if (--this.#uses[buffer]! === 1) this.#shrink(users.find((user) => !this.#hasRun[user])!, bytes);
    }
  }

  #shrink(step: number, bytes: number): void {
    this.#growth[step]! -= bytes;
    if (this.#isReady[step]) this.#byGrowth.add(step, this.#growth[step]!);
  }
}
