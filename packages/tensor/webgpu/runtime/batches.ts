/**
 * Batches of dispatches that run concurrently: a GPU waits once between two batches, not after every dispatch. There are as
 * few as dependencies allow; which dispatch is in which is a search for little memory.
 * @module
 */
import type { Dispatch } from "../program/lower.ts";
import type { DispatchGraph, Temporary } from "./dispatch_graph.ts";
import { type Life, Pressure } from "./pressure.ts";

/** Lifetimes of temporaries with more users are not considered, so that the work stays linear. */
const MAX_USERS = 64;
/** Weight of the batches where most memory is in use: the share of the maximum that is in use, to this power. */
const POWER = 16;
/** Most batches around a random one whose dispatches move at random. */
const RADIUS = 64;

/** The batch of each dispatch. */
export class Batches {
  /** Number of batches. */
  readonly count: number;
  readonly #graph: DispatchGraph;
  readonly #temporaries: readonly Temporary[];
  readonly #byUrgency: readonly number[];
  #of: number[];
  /** For each dispatch that stays in order, the ones before and after it that do. */
  readonly #previous = new Map<number, number>();
  readonly #next = new Map<number, number>();

  /**
   * Chooses the earliest batch of each.
   *
   * @param graph Dispatches and their dependencies.
   * @param limit Dispatches that write more bytes than this stay in order among each other.
   */
  constructor(graph: DispatchGraph, limit: number) {
    this.#graph = graph;
    this.#temporaries = [...new Set(graph.temporaries.flat())]
      .filter(({ users }) => users.length <= MAX_USERS);
    const urgency = graph.dispatches.map((_, at) => urgencyOf(graph, at));
    this.#byUrgency = [...urgency.keys()].sort((a, b) => urgency[a]! - urgency[b]!);
    let previous: number | undefined;
    graph.writes.forEach((bytes, at) => {
      if (bytes <= limit) return;
      if (previous !== undefined) {
        this.#previous.set(at, previous);
        this.#next.set(previous, at);
      }
      previous = at;
    });
    this.#of = [];
    for (let at = 0; at < graph.dispatches.length; at++) this.#of.push(this.#earliest(at));
    this.count = this.#of.reduce((count, batch) => Math.max(count, batch + 1), 0);
  }

  /** The dispatches of each batch. Exchanges with other ranks begin first, and what waits for one comes last. */
  lists(): Dispatch[][] {
    const batches = Array.from({ length: this.count }, (): Dispatch[] => []);
    for (const i of this.#byUrgency) batches[this.#of[i]!]!.push(this.#graph.dispatches[i]!);
    return batches;
  }

  /** Moves dispatches, the last ones first, to where their temporaries are live for fewer batches. */
  shorten(): void {
    this.#pass(0, true);
  }

  /** Moves dispatches to where their temporaries are live in fewer of the batches in which most memory is in use. */
  relieve(): void {
    this.#pass(POWER, true);
    this.#pass(POWER, false);
  }

  /**
   * Moves chains of dispatches around a random batch as far as they can, later or earlier, and then all dispatches to where
   * they need less.
   *
   * @param random Numbers from 0 to 1.
   */
  shake(random: () => number): void {
    const centre = random() * this.count, radius = random() * RADIUS, share = random();
    const isLater = random() < 0.5;
    for (const at of this.#inOrder(isLater)) {
      if (Math.abs(this.#of[at]! - centre) > radius || random() > share) continue;
      this.#of[at] = isLater ? this.#latest(at) : this.#earliest(at);
    }
    this.#pass(POWER, isLater);
    this.#pass(POWER, !isLater);
  }

  /** What {@link restore} takes. */
  save(): readonly number[] {
    return this.#of.slice();
  }

  /** Undoes what was done since. @param saved Result of {@link save}. */
  restore(saved: readonly number[]): void {
    this.#of = saved.slice();
  }

  #earliest(at: number): number {
    let batch = 0;
    for (const other of this.#graph.before[at]!) batch = Math.max(batch, this.#of[other]! + 1);
    const previous = this.#previous.get(at);
    return previous === undefined ? batch : Math.max(batch, this.#of[previous]! + 1);
  }

  #latest(at: number): number {
    let batch = this.count - 1;
    for (const other of this.#graph.after[at]!) batch = Math.min(batch, this.#of[other]! - 1);
    const next = this.#next.get(at);
    return next === undefined ? batch : Math.min(batch, this.#of[next]! - 1);
  }

  *#inOrder(isBackwards: boolean): Iterable<number> {
    const { length } = this.#of;
    for (let i = 0; i < length; i++) yield isBackwards ? length - 1 - i : i;
  }

  #pass(power: number, isBackwards: boolean): void {
    const lives = this.#temporaries.map((temporary) => this.#lifeOf(temporary)!);
    const pressure = new Pressure(lives, this.count, power);
    for (const at of this.#inOrder(isBackwards)) {
      const latest = this.#latest(at), earliest = this.#earliest(at);
      if (latest <= earliest) continue;
      const temporaries = this.#graph.temporaries[at]!.filter(({ users }) => users.length <= MAX_USERS);
      const others = temporaries.map((temporary) => this.#lifeOf(temporary, at));
      const costAt = (batch: number) =>
        others.reduce((sum, other, i) => {
          const { bytes } = temporaries[i]!, { first, last } = other ?? { first: batch, last: batch };
          return sum +
            pressure.costOf({ bytes, first: Math.min(first, batch), last: Math.max(last, batch) });
        }, 0);
      // Between the ends of the other lives the cost only rises or only falls
      const ends = others.flatMap((other) => other === undefined ? [] : [other.first, other.last]);
      const choices = new Set([latest, ...ends, this.#of[at]!, earliest]);
      let least = Infinity;
      for (const batch of choices) {
        if (batch < earliest || batch > latest) continue;
        const cost = costAt(batch);
        if (cost > least || cost === least && batch <= this.#of[at]!) continue;
        [least, this.#of[at]] = [cost, batch];
      }
    }
  }

  /** Where a temporary is live; undefined if no dispatch but `except` uses it. */
  #lifeOf({ bytes, users }: Temporary, except?: number): Life | undefined {
    let first = Infinity, last = -1;
    for (const user of users) {
      if (user === except) continue;
      first = Math.min(first, this.#of[user]!);
      last = Math.max(last, this.#of[user]!);
    }
    return last < 0 ? undefined : { bytes, first, last };
  }
}

/** Sorts within a batch: exchanges, what waits for none, what waits for one. */
function urgencyOf({ dispatches, before }: DispatchGraph, at: number): number {
  if (dispatches[at]!.exchange) return 0;
  return [...before[at]!].some((other) => dispatches[other]!.exchange) ? 2 : 1;
}
