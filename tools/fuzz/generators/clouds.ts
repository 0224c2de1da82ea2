/**
 * Programs that search large clouds of points: clusters, duplicates, lines, planes, outliers and grids.
 * @module
 */
import { Dice } from "../program/dice.ts";
import type { Argument, DataKind, Program } from "../program/program.ts";
import { Draft } from "./draft.ts";

const SHAPES: readonly DataKind[] = [
  "uniform",
  "clusters",
  "grid",
  "line",
  "plane",
  "same",
  "outliers",
  "close",
];

/** Largest number of queries, each of which the oracle compares with all points. */
const MAX_QUERIES = 60;

/**
 * Generates a program of one search.
 *
 * @param seed Determines the program.
 */
export function generateSearch(seed: number): Program {
  const dice = new Dice(seed, "search"),
    draft = new Draft(dice, { data: "uniform", maxSize: Infinity, sizes: [1] });
  const dimension = dice.between(1, 4), count = dice.pick([1, 1, 1, 2, 3]);
  const sizes = Array.from({ length: count }, () => dice.pick([2, 17, 64, 65, 257, 1000, 1500, 4099]));
  const asked = Array.from({ length: count }, () => dice.between(0, Math.floor(MAX_QUERIES / count)));
  const cloud = (rows: number, kind: DataKind) =>
    draft.leaf([rows, dimension], "f32", { kind, seed: dice.below(2 ** 31), bound: dimension }, "argument");
  const total = (list: readonly number[]) => list.reduce((sum, size) => sum + size, 0);
  const offset = (list: readonly number[]) => {
    const starts = list.reduce<number[]>((sums, size) => [...sums, sums.at(-1)! + size], [0]);
    return draft.leaf(
      [count + 1],
      "i32",
      { kind: "values", values: starts },
      dice.pick(["argument", "captured"]),
    );
  };
  const kind = dice.pick(SHAPES),
    points = cloud(total(sizes), kind),
    offsets = offset(sizes),
    least = Math.min(...sizes);
  const norm = dice.pick([1, 2, 2, 2, 3, 1.5, 7, Infinity]);
  const search: Record<string, Argument> = { norm, method: dice.pick(["auto", "auto", "grid", "brute"]) };
  const radius = dice.pick([Infinity, Infinity, 0, 0.01, 0.1, 1, 5]);
  if (dice.chance(0.2)) {
    const start = dice.below(least), sampled = dice.between(1, Math.min(least, 40));
    draft.call("t.farthestPointSample", [points, { count: sampled, start, norm, offsets }]);
  } else {
    const queries = cloud(total(asked), dice.chance(0.7) ? kind : dice.pick(SHAPES)),
      queryOffsets = offset(asked);
    const clouds = { offsets, queryOffsets };
    if (dice.chance(0.25)) {
      draft.call("t.countWithinRadius", [points, queries, { radius, ...search, ...clouds }]);
    } else {
      const k = dice.between(1, Math.min(least, dice.pick([1, 4, 9, 20, 64])));
      draft.call("t.knn", [points, queries, {
        k,
        radius,
        distances: dice.chance(0.5),
        ...search,
        ...clouds,
      }]);
    }
  }
  return {
    steps: draft.steps,
    outputs: [draft.known.at(-1)!.reference],
    run: {
      threads: dice.pick([1, 2]),
      donated: [],
      shared: [],
      repeats: dice.pick([0, 0, 1]),
      concurrent: dice.chance(0.5),
      order: 0,
      evaluated: false,
    },
  };
}
