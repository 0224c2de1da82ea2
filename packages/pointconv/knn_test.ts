import { randomUniform } from "@gasp/tensor";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { nearestNeighbours } from "./knn.ts";

function distance(a: Float32Array, b: Float32Array, norm: number): number {
  const differences = [...a].map((x, i) => Math.abs(x - b[i]!));
  if (norm === Infinity) return Math.max(...differences);
  return differences.reduce((sum, x) => sum + x ** norm, 0) ** (1 / norm);
}

const rowOf = (values: Float32Array, i: number, width: number) => values.subarray(i * width, (i + 1) * width);

/** All points sorted by (distance, number). */
function sortedPoints(points: Float32Array, query: Float32Array, dimension: number, norm: number): number[] {
  const distances = Array.from(
    { length: points.length / dimension },
    (_, i) => distance(rowOf(points, i, dimension), query, norm),
  );
  return distances.map((_, i) => i).sort((a, b) => distances[a]! - distances[b]! || a - b);
}

Deno.test("nearestNeighbours() equals a full sort, for every norm and dimension", () => {
  for (const norm of [1, 2, 3.5, Infinity]) {
    for (const dimension of [1, 2, 3, 5]) {
      const points = randomUniform({ seed: 1, stream: "points", step: dimension }, 60 * dimension, -1, 1);
      const queries = randomUniform({ seed: 1, stream: "queries", step: dimension }, 10 * dimension, -1, 1);
      for (const k of [1, 7, 60]) {
        const { index, distances } = nearestNeighbours(points, queries, { dimension, k, norm });
        for (let query = 0; query < 10; query++) {
          const row = rowOf(queries, query, dimension);
          const found = [...index.subarray(query * k, (query + 1) * k)];
          assertEquals(found, sortedPoints(points, row, dimension, norm).slice(0, k));
          found.forEach((point, i) => {
            const expected = distance(rowOf(points, point, dimension), row, norm);
            assert(Math.abs(distances[query * k + i]! - expected) <= 1e-12 * (1 + expected));
          });
        }
      }
    }
  }
});

Deno.test("nearestNeighbours() takes the lower number where distances tie, and the query itself first", () => {
  const grid = Float32Array.from(
    { length: 50 },
    (_, i) => i % 2 ? Math.floor(i / 2) % 5 : Math.floor(i / 10),
  );
  const { index, distances } = nearestNeighbours(grid, grid, { dimension: 2, k: 3 });
  assertEquals([...index.subarray(0, 3)], [0, 1, 5]);
  assertEquals([...index.subarray(12 * 3, 13 * 3)], [12, 7, 11]);
  assertEquals([...distances.subarray(12 * 3, 13 * 3)], [0, 1, 1]);
});

Deno.test("nearestNeighbours() finds coincident points in the order of their numbers", () => {
  const { index } = nearestNeighbours(new Float32Array(8), new Float32Array(2), { dimension: 2, k: 3 });
  assertEquals([...index], [0, 1, 2]);
});

Deno.test("nearestNeighbours() refuses what it cannot do, and says why", () => {
  const points = new Float32Array(8);
  const search = (options: { k: number; norm?: number; dimension?: number }, queries = points) => () =>
    nearestNeighbours(points, queries, { dimension: 2, ...options });
  assertThrows(search({ k: 5 }), RangeError, "5 neighbours asked of 4 points");
  assertThrows(search({ k: 0 }), RangeError, "from 1 to 4");
  assertThrows(search({ k: 1.5 }), RangeError, "whole number");
  assertThrows(search({ k: 1, norm: 0.5 }), RangeError, "at least 1");
  assertThrows(search({ k: 1, norm: NaN }), RangeError, "at least 1");
  assertThrows(search({ k: 1, dimension: 3 }), RangeError, "no whole points");
  assertThrows(search({ k: 1 }, new Float32Array([0, NaN])), RangeError, "coordinate 1 of point 0 is NaN");
  assertThrows(
    search({ k: 1 }, new Float32Array([0, 0, Infinity, 0])),
    RangeError,
    "coordinate 0 of point 1",
  );
});
