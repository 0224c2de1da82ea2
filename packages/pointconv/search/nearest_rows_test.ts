/** @module */
import { isKernelDevice, openDevice, randomIntegers, randomNormal, reference } from "@gasp/tensor";
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { countCovering, nearestRows } from "./nearest_rows.ts";
import { type Rows, squaredDistance } from "./row_distances.ts";

const device = await openDevice("wasm", { threads: 1 });
assert(isKernelDevice(device));

/** Neighbours by sorting all distances. */
function bruteForce(points: Rows, queries: Rows, k: number, excludeSelf = false) {
  const total = points.rows.length / points.dimensions, count = queries.rows.length / queries.dimensions;
  return Array.from(
    { length: count },
    (_, i) =>
      Array.from({ length: total }, (_, j) => ({ j, square: squaredDistance(queries, i, points, j) }))
        .filter(({ j }) => !excludeSelf || j !== i)
        .sort((a, b) => a.square - b.square || a.j - b.j).slice(0, k),
  );
}

const normal = (step: number, count: number, dimensions: number, offset = 0): Rows => ({
  rows: randomNormal({ seed: 3, stream: "test", step }, count * dimensions).map((value) => value + offset),
  dimensions,
});

for (
  const [dimensions, points, queries, k] of [[64, 300, 40, 5], [2048, 70, 30, 3], [1, 5000, 10, 7]] as const
) {
  Deno.test(`nearestRows() agrees with sorting all distances in ${dimensions} dimensions`, async () => {
    // Far from the origin, products in float32 alone would lose the distances
    const a = normal(0, points, dimensions, 50), b = normal(1, queries, dimensions, 50);
    for (const on of [device, reference]) {
      const { indices, distances } = await nearestRows(a, b, { k, device: on });
      const expected = bruteForce(a, b, k).flat();
      assertEquals([...indices], expected.map(({ j }) => j));
      assertEquals([...distances], expected.map(({ square }) => Math.sqrt(square)));
    }
  });
}

Deno.test("nearestRows() orders equal distances by index, over several blocks of points", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 }), async (seed) => {
      const integers = (stream: string, count: number): Rows => ({
        rows: Float32Array.from(randomIntegers({ seed, stream, step: 0 }, count * 3, 4)),
        dimensions: 3,
      });
      const points = integers("points", 4500), queries = integers("queries", 5);
      const { indices } = await nearestRows(points, queries, { k: 9, device });
      assertEquals([...indices], bruteForce(points, queries, 9).flat().map(({ j }) => j));
    }),
    { numRuns: 10 },
  );
});

Deno.test("nearestRows() excludes each point itself, but not its duplicates", async () => {
  const points = { rows: Float64Array.of(0, 5, 5, 9), dimensions: 1 };
  const { indices, distances } = await nearestRows(points, points, { k: 1, device, excludeSelf: true });
  assertEquals([[...indices], [...distances]], [[1, 2, 1, 1], [5, 0, 0, 4]]);
});

Deno.test("nearestRows() rejects invalid arguments", async () => {
  const points = { rows: Float32Array.of(1, 2, 3), dimensions: 1 };
  await assertRejects(
    () => nearestRows(points, points, { k: 3, device, excludeSelf: true }),
    RangeError,
    "from 1 to the 2 points available, got 3",
  );
  await assertRejects(
    () => nearestRows(points, { rows: Float32Array.of(1, 2), dimensions: 2 }, { k: 1, device }),
    RangeError,
    "must have one dimension, got 1 and 2",
  );
  await assertRejects(
    () => nearestRows({ rows: Float32Array.of(1, NaN), dimensions: 1 }, points, { k: 1, device }),
    RangeError,
    "not finite",
  );
  await assertRejects(
    () => nearestRows({ rows: Float32Array.of(1, 2, 3), dimensions: 2 }, points, { k: 1, device }),
    RangeError,
    "rows of 2 values, got 3",
  );
});

Deno.test("countCovering() agrees with comparing all distances, borders included", async () => {
  const points = normal(5, 400, 64), queries = normal(6, 50, 64);
  // Some radii are exactly the distance to a query
  const radii = Float64Array.from(
    { length: 400 },
    (_, j) => Math.sqrt(squaredDistance(queries, j % 50, points, j)),
  );
  const counts = await countCovering(points, radii, queries, device);
  const expected = Array.from(
    { length: 50 },
    (_, i) => radii.filter((radius, j) => Math.sqrt(squaredDistance(queries, i, points, j)) <= radius).length,
  );
  assertEquals([...counts], expected);
  assert(expected.every((count) => count >= 8));
});
