/**
 * Arguments of gathers, scatters, neighbour sums, random numbers and searches.
 * @module
 */
import type { DType } from "@gasp/tensor";
import { Reference } from "../program/program.ts";
import type { Argument } from "../program/program.ts";
import type { Arguments, Draft, Generator } from "./draft.ts";

const REAL: readonly DType[] = ["f32"], ALL: readonly DType[] = ["f32", "i32", "u32", "bool"];

/** Adds a table of indices of a shape over rows. */
function table(draft: Draft, shape: readonly number[], rows: number): Reference {
  const index = draft.index(shape, rows);
  draft.call("t.invertIndex", [index, rows]);
  return new Reference(draft.steps.length - 1);
}

/** Adds a key, or uses one. */
function key(draft: Draft): Reference {
  const found = draft.dice.chance(0.5)
    ? draft.find((x) => x.dtype === "u32" && x.rank === 1 && x.size === 5)
    : undefined;
  return found?.reference ?? draft.leaf([5], "u32");
}

/** Points, queries and offsets of clouds. */
function clouds(
  draft: Draft,
): { points: Argument; queries: Argument; offsets: Record<string, Argument>; least: number } {
  const dimension = draft.dice.between(1, 4), count = draft.dice.between(1, 3);
  const sizes = Array.from({ length: count }, () => draft.dice.pick([3, 7, 16, 40, 131]));
  const asked = Array.from({ length: count }, () => draft.dice.pick([0, 1, 5, 33]));
  const starts = (list: readonly number[]) =>
    list.reduce<number[]>((sums, size) => [...sums, sums.at(-1)! + size], [0]);
  const cloud = (rows: number) =>
    draft.leaf([rows, dimension], "f32", {
      kind: draft.dice.pick(["clusters", "grid", "uniform"] as const),
      seed: draft.dice.below(2 ** 31),
    });
  const offset = (list: readonly number[]) =>
    draft.leaf([count + 1], "i32", { kind: "values", values: starts(list) }, "captured");
  const total = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
  const points = cloud(total(sizes)), self = draft.dice.chance(0.3);
  const offsets = offset(sizes), queryOffsets = self ? offsets : offset(asked);
  return {
    points,
    queries: self ? points : cloud(total(asked)),
    offsets: { offsets, queryOffsets },
    least: Math.min(...sizes),
  };
}

function searchOptions(draft: Draft): Record<string, Argument> {
  return {
    norm: draft.dice.pick([1, 2, 2, 3, 1.5, Infinity]),
    method: draft.dice.pick(["auto", "grid", "brute"]),
  };
}

/** The three neighbour sums share their shapes. */
function neighbours(draft: Draft) {
  const points = draft.dice.between(1, 9), outputs = draft.dice.between(1, 7), k = draft.dice.between(1, 5);
  const batch = draft.dice.pick([1, 2, 3, 8]),
    channels = draft.dice.pick([1, 2, 3, 16]),
    mid = draft.dice.pick([1, 4, 5, 16]);
  return {
    features: () => draft.like([points, batch, channels]),
    weights: () => draft.like([outputs, k, mid]),
    sums: () => draft.like([outputs, batch, channels, mid]),
    table: () => table(draft, [outputs, k], points),
  };
}

/** Arguments by function. */
export const indexingGenerators = {
  take(draft: Draft): Arguments {
    const { reference, tensor } = draft.any(ALL, (x) => x.rank > 0 && x.size > 0, [
      draft.dice.between(1, 9),
      3,
    ]);
    const axis = draft.axis(tensor);
    return [reference, draft.index(draft.shape(0, 2), tensor.shape.at(axis)!), axis];
  },
  takeAlongAxis(draft: Draft): Arguments {
    const { reference, tensor } = draft.any(ALL, (x) => x.rank > 0 && x.size > 0, [
      draft.dice.between(1, 9),
      3,
    ]);
    const axis = draft.dice.below(tensor.rank);
    return [reference, draft.index(tensor.shape.with(axis, draft.size()), tensor.shape[axis]!), axis];
  },
  gather(draft: Draft): Arguments {
    const { reference, tensor } = draft.any(ALL, (x) => x.rank > 0 && x.size > 0, [
      draft.dice.between(1, 9),
      3,
    ]);
    const axis = draft.dice.below(tensor.rank);
    const shape = axis === 0 ? draft.shape(1, 2) : draft.shape(1, 1);
    return [reference, table(draft, shape, tensor.shape[axis]!), axis];
  },
  segmentSum(draft: Draft): Arguments {
    const { reference, tensor } = draft.any(REAL, (x) => x.rank > 0, draft.shape(1, 3));
    return [
      reference,
      table(
        draft,
        tensor.shape.slice(0, draft.dice.between(1, Math.min(2, tensor.rank))),
        draft.dice.between(1, 9),
      ),
    ];
  },
  scatter(draft: Draft): Arguments {
    const { reference, tensor: { shape, dtype } } = draft.any(ALL, (x) => x.rank > 0 && x.size > 0, [5, 3]);
    const axis = draft.dice.below(shape.length);
    // Distinct rows: which of several updates wins is not defined
    const rows = draft.dice.shuffled(Array.from({ length: shape[axis]! }, (_, i) => i)).slice(
      0,
      draft.dice.between(1, 4),
    );
    const index = draft.leaf([rows.length], "i32", { kind: "values", values: rows }, "captured");
    return [reference, index, draft.like(shape.with(axis, rows.length), dtype), axis];
  },
  scatterAdd(draft: Draft): Arguments {
    const { reference, tensor: { shape } } = draft.any(REAL, (x) => x.rank > 0 && x.size > 0, [5, 3]);
    const axis = draft.dice.below(shape.length), count = draft.dice.between(0, 7);
    return [reference, draft.index([count], shape[axis]!), draft.like(shape.with(axis, count)), axis];
  },
  neighbourSum(draft: Draft): Arguments {
    const shapes = neighbours(draft);
    return [shapes.features(), shapes.weights(), shapes.table()];
  },
  neighbourWeights(draft: Draft): Arguments {
    const shapes = neighbours(draft);
    return [shapes.features(), shapes.sums(), shapes.table()];
  },
  neighbourFeatures(draft: Draft): Arguments {
    const shapes = neighbours(draft);
    return [shapes.weights(), shapes.sums(), shapes.table()];
  },
  invertIndex(draft: Draft): Arguments {
    const rows = draft.dice.between(1, 9);
    return [draft.index(draft.shape(1, 2), rows), rows];
  },
  rowOffsets: (draft: Draft): Arguments => [draft.dice.between(1, 4), draft.dice.between(0, 9)],
  knn(draft: Draft): Arguments {
    const { points, queries, offsets, least } = clouds(draft), k = draft.dice.between(1, Math.min(least, 9));
    const radius = draft.dice.pick([Infinity, Infinity, 0.5, 1, 0]);
    return [points, queries, {
      k,
      radius,
      distances: draft.dice.chance(0.4),
      ...searchOptions(draft),
      ...offsets,
    }];
  },
  countWithinRadius(draft: Draft): Arguments {
    const { points, queries, offsets } = clouds(draft);
    return [points, queries, {
      radius: draft.dice.pick([0, 0.5, 1, 2.5, Infinity]),
      ...searchOptions(draft),
      ...offsets,
    }];
  },
  farthestPointSample(draft: Draft): Arguments {
    const { points, offsets: { offsets }, least } = clouds(draft);
    return [points, {
      count: draft.dice.between(1, Math.min(least, 20)),
      start: draft.dice.below(least),
      norm: draft.dice.pick([1, 2, 2, 3, Infinity]),
      offsets,
    }];
  },
  foldIn: (draft: Draft): Arguments => [key(draft), draft.dice.below(9)],
  splitKey: (draft: Draft): Arguments => [key(draft), draft.dice.between(0, 4)],
  bits: (draft: Draft): Arguments => [key(draft), draft.shape()],
  uniform: (draft: Draft): Arguments => [key(draft), draft.shape()],
  normal: (draft: Draft): Arguments => [key(draft), draft.shape()],
  bernoulli: (draft: Draft): Arguments => [key(draft), draft.dice.pick([0, 0.3, 1]), draft.shape()],
  categorical(draft: Draft): Arguments {
    const { reference, tensor } = draft.any(REAL, (x) => x.rank > 0 && x.size > 0, [4, 5]);
    return [key(draft), reference, draft.axis(tensor)];
  },
  dropout: (draft: Draft): Arguments => [draft.any(REAL).reference, draft.dice.pick([0, 0.3]), key(draft)],
} as const satisfies Record<string, Generator>;
