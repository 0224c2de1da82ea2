/**
 * Dependencies between the dispatches of a program.
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
export interface Temporary {
  readonly bytes: number;
  /** The dispatches that use it, in order. */
  readonly users: number[];
}

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
