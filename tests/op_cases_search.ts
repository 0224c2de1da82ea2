/**
 * Small cases of point searches, one per rule. Large cases are in `points_test.ts`.
 *
 * @module
 */
import * as ops from "@gasp/tensor";
import { type Formula, type HostInput, type OpCase, opCase, type Reader } from "./op_case.ts";

const COUNT = 12, OFFSETS = [0, 5, 12];

/** Points of a small grid, which has ties. */
const points: HostInput = {
  shape: [COUNT, 2],
  dtype: "f32",
  values: Float32Array.from(
    { length: 2 * COUNT },
    (_, i) => i % 2 ? Math.floor(i / 2) % 4 : Math.floor(i / 8),
  ),
};
const queries: HostInput = {
  shape: [4, 2],
  dtype: "f32",
  values: Float32Array.from([0.5, 1.5, 2, 2, -3, 0.25, 9, 9]),
};
const offsets = ops.tensor(Int32Array.from(OFFSETS)), queryOffsets = ops.tensor(Int32Array.from([0, 1, 4]));

function distance(x: Reader, i: number, y: Reader, j: number, norm: number): number {
  const differences = [0, 1].map((axis) => Math.abs(x(i, axis) - y(j, axis)));
  return norm === Infinity ? Math.max(...differences) : differences.reduce((sum, d) => sum + d ** norm, 0);
}

/** Returns the points of a query's cloud within the radius, sorted by (distance, index). */
function found(query: number, x: Reader, y: Reader, norm: number, radius: number): number[] {
  const [from, to] = query < 1 ? [OFFSETS[0]!, OFFSETS[1]!] : [OFFSETS[1]!, OFFSETS[2]!];
  const all = Array.from({ length: to - from }, (_, i) => from + i);
  const at = (point: number) => distance(x, point, y, query, norm);
  return all.filter((point) => at(point) <= (norm === Infinity ? radius : radius ** norm))
    .sort((a, b) => at(a) - at(b) || a - b);
}

function farthestPoints(x: Reader, [from, to]: readonly [number, number], count: number): number[] {
  const selected = [from];
  const all = Array.from({ length: to - from }, (_, i) => from + i);
  while (selected.length < count) {
    const far = all.map((point) => Math.min(...selected.map((other) => distance(x, point, x, other, 2))));
    selected.push(from + far.indexOf(Math.max(...far)));
  }
  return selected;
}

/** Returns all cases of searches. */
export function searchCases(): OpCase[] {
  const constant = { smooth: false };
  const knnCase = (norm: number, radius: number) => {
    const formula: Formula = ([query, i], x, y) => found(query!, x!, y!, norm, radius)[i!] ?? -1;
    const options = { k: 4, norm, radius, offsets, queryOffsets };
    return opCase("knn", [points, queries], (x, y) => ops.knn(x!, y!, options), formula, {
      ...constant,
      note: `with norm ${norm} within ${radius}`,
    });
  };
  const clouds = [[0, 5], [5, 12]] as const;
  const index = { shape: [2, 3], dtype: "i32", values: Int32Array.from([2, 0, 2, -1, 1, 2]) } as const;
  const inverse = [0, 1, 2, 5, 1, 4, 0, 2, 5, 0];
  return [
    knnCase(1, Infinity),
    knnCase(2, Infinity),
    knnCase(3, 2.5),
    knnCase(Infinity, 1),
    opCase(
      "countWithinRadius",
      [points, queries],
      (x, y) => ops.countWithinRadius(x!, y!, { radius: 2, offsets, queryOffsets }),
      ([query], x, y) => found(query!, x!, y!, 2, 2).length,
      constant,
    ),
    opCase(
      "farthestPointSample",
      [points],
      (x) => ops.farthestPointSample(x!, { count: 4, offsets }),
      ([cloud, i], x) => farthestPoints(x!, clouds[cloud!]!, 4)[i!]!,
      constant,
    ),
    opCase("rowOffsets", [], () => ops.rowOffsets(3, 7), ([i]) => 7 * i!, constant),
    opCase(
      "invertIndex",
      [index],
      (x) => {
        const { indptr, positions } = ops.invertIndex(x!, 3);
        return ops.concatenate([indptr, positions], 0);
      },
      ([i]) => inverse[i!]!,
      constant,
    ),
  ];
}
