/**
 * Batches of dispatches that run concurrently: a GPU waits once between two batches, not after every dispatch.
 * @module
 */
import type { Dispatch, Lowered } from "../program/lower.ts";

/** What dispatches wait for, and which temporaries they need. */
export interface DispatchGraph {
  readonly dispatches: readonly Dispatch[];
  /** For each dispatch those that must run before it, and those that must run after it. */
  readonly before: readonly ReadonlySet<number>[];
  readonly after: readonly ReadonlySet<number>[];
  /** Bytes of the largest buffer that each dispatch writes. */
  readonly writes: readonly number[];
  /** Temporaries that each dispatch uses. */
  readonly temporaries: readonly (readonly Temporary[])[];
}

/** A temporary of a program. */
interface Temporary {
  readonly bytes: number;
  /** The dispatches that use it, in order. */
  readonly users: number[];
}

/** Lifetimes of temporaries with more users are not considered, so that the work stays linear. */
const MAX_USERS = 64;

/** Returns the dependencies of the dispatches of a program. @param lowered Dispatches in a valid order. */
export function graphOf({ dispatches, buffers }: Lowered): DispatchGraph {
  const before = dispatches.map(() => new Set<number>()), after = dispatches.map(() => new Set<number>());
  const writer = new Map<number, number>(), readers = new Map<number, number[]>();
  const temporaries = new Map<number, Temporary>();
  const wait = (on: number | undefined, by: number) => {
    if (on === undefined || on === by) return;
    after[on]!.add(by);
    before[by]!.add(on);
  };
  const named = dispatches.map(({ pass, buffers: ids }, at) => {
    const written = new Set(ids.filter((_, i) => pass.bindings[i]!.written)), used = new Set(ids);
    for (const id of used) {
      wait(writer.get(id), at);
      if (written.has(id)) {
        for (const reader of readers.get(id) ?? []) wait(reader, at);
        readers.delete(id);
        writer.set(id, at);
      } else if (readers.has(id)) readers.get(id)!.push(at);
      else readers.set(id, [at]);
    }
    return [...used].flatMap((id) => {
      const { role, bytes } = buffers[id]!;
      if (role !== "temporary") return [];
      if (!temporaries.has(id)) temporaries.set(id, { bytes, users: [] });
      temporaries.get(id)!.users.push(at);
      return [temporaries.get(id)!];
    });
  });
  const writes = dispatches.map(({ pass, buffers: ids }) =>
    pass.bindings.reduce(
      (most, { written }, i) => written ? Math.max(most, buffers[ids[i]!]!.bytes) : most,
      0,
    )
  );
  return { dispatches, before, after, writes, temporaries: named };
}

/**
 * Groups dispatches into as few batches of independent ones as possible.
 *
 * @param graph Dispatches and their dependencies.
 * @param limit Dispatches that write more bytes than this stay in order among each other.
 * @returns Batches in order; dispatches are in the earliest possible one, or later where temporaries are then live for
 *   fewer batches.
 */
export function inBatches(graph: DispatchGraph, limit: number): Dispatch[][] {
  const levels = new Levels(graph, limit);
  levels.shorten();
  const batches = Array.from({ length: levels.count }, (): Dispatch[] => []);
  const order = [...graph.dispatches.keys()].sort((a, b) => urgencyOf(graph, a) - urgencyOf(graph, b));
  for (const i of order) batches[levels.of[i]!]!.push(graph.dispatches[i]!);
  return batches;
}

/** Within a batch, exchanges with other ranks begin first, and what waits for one comes last. */
function urgencyOf({ dispatches, before }: DispatchGraph, at: number): number {
  if (dispatches[at]!.exchange) return -1;
  return [...before[at]!].some((other) => dispatches[other]!.exchange) ? 1 : 0;
}

/** The batch of each dispatch. */
class Levels {
  readonly of: number[];
  readonly count: number;
  readonly #graph: DispatchGraph;
  /** For each dispatch that stays in order, the ones before and after it that do. */
  readonly #previous = new Map<number, number>();
  readonly #next = new Map<number, number>();

  /** Chooses the earliest batch of each. */
  constructor(graph: DispatchGraph, limit: number) {
    this.#graph = graph;
    let previous: number | undefined;
    graph.writes.forEach((bytes, at) => {
      if (bytes <= limit) return;
      if (previous !== undefined) {
        this.#previous.set(at, previous);
        this.#next.set(previous, at);
      }
      previous = at;
    });
    this.of = [];
    for (let at = 0; at < graph.dispatches.length; at++) this.of.push(this.#earliest(at));
    this.count = this.of.reduce((count, level) => Math.max(count, level + 1), 0);
  }

  #earliest(at: number): number {
    let level = 0;
    for (const other of this.#graph.before[at]!) level = Math.max(level, this.of[other]! + 1);
    const previous = this.#previous.get(at);
    return previous === undefined ? level : Math.max(level, this.of[previous]! + 1);
  }

  #latest(at: number): number {
    let level = this.count - 1;
    for (const other of this.#graph.after[at]!) level = Math.min(level, this.of[other]! - 1);
    const next = this.#next.get(at);
    return next === undefined ? level : Math.min(level, this.of[next]! - 1);
  }

  /** Moves dispatches, the last ones first, to where their temporaries are live for fewer batches. */
  shorten(): void {
    for (let at = this.of.length - 1; at >= 0; at--) {
      const latest = this.#latest(at), earliest = this.of[at]!;
      if (latest <= earliest) continue;
      const temporaries = this.#graph.temporaries[at]!.filter(({ users }) => users.length <= MAX_USERS);
      const others = temporaries.map(({ bytes, users }) => ({
        bytes,
        levels: users.filter((user) => user !== at).map((user) => this.of[user]!),
      }));
      const choices = new Set([latest, ...others.flatMap(({ levels }) => levels), earliest]);
      const costs = [...choices].filter((level) => level >= earliest && level <= latest)
        .map((level) => ({ level, cost: others.reduce((sum, other) => sum + lifeOf(other, level), 0) }));
      this.of[at] = costs.reduce((best, next) =>
        next.cost < best.cost || next.cost === best.cost && next.level > best.level ? next : best
      ).level;
    }
  }
}

/** Bytes times batches that a temporary is live for, if one of its users is in a batch. */
function lifeOf(
  { bytes, levels }: { readonly bytes: number; readonly levels: readonly number[] },
  level: number,
): number {
  let first = level, last = level;
  for (const other of levels) {
    first = Math.min(first, other);
    last = Math.max(last, other);
  }
  return bytes * (last - first);
}
