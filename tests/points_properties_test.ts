/**
 * Property-based tests of point searches: invariance under translation, scaling and permutation. Coordinates are multiples of
 * 1/16, so that translation and scaling are exact in float32 and ties remain ties.
 */
import { farthestPoints, nearestNeighbours, withinRadius } from "@gasp/pointconv";
import { openDevice } from "@gasp/tensor";
import { assertEquals } from "@std/assert";
import * as fc from "fast-check";

// With one thread there are no workers to stop.
const device = await openDevice("wasm", { threads: 1 });

const NORMS = [1, 2, 3, Infinity] as const;

/** Points on a lattice of sixteenths, many of which coincide, and options of a search. */
const cases = fc.record({
  dimension: fc.integer({ min: 1, max: 4 }),
  norm: fc.constantFrom(...NORMS),
  values: fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 4, maxLength: 600 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  method: fc.constantFrom("grid" as const, "brute" as const),
}).map(({ dimension, norm, values, share, method }) => {
  const count = Math.floor(values.length / dimension);
  const points = Float32Array.from({ length: count * dimension }, (_, i) => values[i]! / 16);
  return { dimension, norm, points, count, k: 1 + Math.floor(share * (Math.min(count, 30) - 1)), method };
});

const settings = { numRuns: 200 };

Deno.test("nearestNeighbours() is invariant under translation", async () => {
  await fc.assert(
    fc.asyncProperty(cases, fc.integer({ min: -64, max: 64 }), async ({ points, ...options }, shift) => {
      const moved = points.map((x) => x + shift);
      const before = await nearestNeighbours(points, points, { ...options, device });
      const after = await nearestNeighbours(moved, moved, { ...options, device });
      assertEquals(after, before);
    }),
    settings,
  );
});

Deno.test("nearestNeighbours() is invariant under scaling, except for its distances", async () => {
  await fc.assert(
    fc.asyncProperty(cases, fc.integer({ min: -20, max: 20 }), async ({ points, ...options }, exponent) => {
      const scale = 2 ** exponent, scaled = points.map((x) => x * scale);
      // With norm 3, powers of scaled differences are exact only if the scale is a power of two.
      const before = await nearestNeighbours(points, points, { ...options, device });
      const after = await nearestNeighbours(scaled, scaled, { ...options, device });
      assertEquals(after.index, before.index);
    }),
    settings,
  );
});

Deno.test("nearestNeighbours() of permuted points finds the same distances", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ points, count, ...options }) => {
      const { dimension, k } = options;
      const reversed = Float32Array.from(points, (_, i) => {
        return points[(count - 1 - Math.floor(i / dimension)) * dimension + i % dimension]!;
      });
      const before = await nearestNeighbours(points, points, { ...options, device });
      const after = await nearestNeighbours(reversed, points, { ...options, device });
      assertEquals(after.distances, before.distances);
      // Points without ties keep their rank under their new index.
      for (let i = 0; i < before.index.length; i++) {
        const isTied = [i - 1, i + 1].some((j) =>
          Math.floor(j / k) === Math.floor(i / k) &&
          before.distances[j] === before.distances[i]
        );
        if (!isTied && (i + 1) % k !== 0) assertEquals(after.index[i], count - 1 - before.index[i]!);
      }
    }),
    settings,
  );
});

Deno.test("nearestNeighbours() with a larger k extends the results of a smaller one", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ points, count, ...options }) => {
      const all = await nearestNeighbours(points, points, { ...options, k: Math.min(count, 40), device });
      const few = await nearestNeighbours(points, points, { ...options, device });
      const { k } = options, larger = Math.min(count, 40);
      for (let query = 0; query < count; query++) {
        assertEquals(
          few.index.subarray(query * k, (query + 1) * k),
          all.index.subarray(query * larger, query * larger + k),
        );
      }
    }),
    settings,
  );
});

Deno.test("withinRadius() is symmetric, and includes all that nearestNeighbours() finds within the radius", async () => {
  await fc.assert(
    fc.asyncProperty(
      cases,
      fc.integer({ min: 0, max: 40 }),
      async ({ points, count, ...options }, sixteenths) => {
        const radius = sixteenths / 16, { k } = options;
        const { indptr, index } = await withinRadius(points, points, { ...options, radius, device });
        const rows = Array.from(
          { length: count },
          (_, query) => new Set(index.subarray(indptr[query]!, indptr[query + 1]!)),
        );
        rows.forEach((row, query) => row.forEach((point) => assertEquals(rows[point]!.has(query), true)));
        const nearest = await nearestNeighbours(points, points, { ...options, device });
        nearest.index.forEach((point, i) => {
          const query = Math.floor(i / k), distance = nearest.distances[i]!;
          if (Math.abs(distance - radius) > 1e-5) assertEquals(rows[query]!.has(point), distance < radius);
        });
      },
    ),
    settings,
  );
});

Deno.test("farthestPoints() is invariant under translation and scaling by a power of two", async () => {
  await fc.assert(
    fc.asyncProperty(
      cases,
      fc.integer({ min: -8, max: 8 }),
      async ({ points, count, dimension, norm }, by) => {
        // Cube roots are rounded, which may break ties differently after scaling.
        const options = { dimension, norm: norm === 3 ? 2 : norm, count: Math.ceil(count / 3), device };
        const before = await farthestPoints(points, options);
        assertEquals(await farthestPoints(points.map((x) => x + by), options), before);
        assertEquals(new Set(before).size <= before.length, true);
        if (by % 2 === 0) assertEquals(await farthestPoints(points.map((x) => x * 2 ** by), options), before);
      },
    ),
    settings,
  );
});
