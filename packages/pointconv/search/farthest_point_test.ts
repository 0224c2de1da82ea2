import { randomUniform, reference } from "@gasp/tensor";
import { assertEquals, assertRejects } from "@std/assert";
import { farthestPoints } from "./farthest_point.ts";

const device = reference;

/** The definition, in double precision. */
function slowly(
  points: Float32Array,
  dimension: number,
  count: number,
  norm: number,
  start: number,
): number[] {
  const total = points.length / dimension, picked = [start];
  const distance = (a: number, b: number) => {
    const differences = Array.from(
      { length: dimension },
      (_, axis) => Math.abs(points[a * dimension + axis]! - points[b * dimension + axis]!),
    );
    if (norm === Infinity) return Math.max(...differences);
    return differences.reduce((sum, x) => sum + x ** norm, 0) ** (1 / norm);
  };
  while (picked.length < count) {
    const nearest = Array.from({ length: total }, (_, i) => Math.min(...picked.map((p) => distance(i, p))));
    picked.push(nearest.indexOf(Math.max(...nearest)));
  }
  return picked;
}

Deno.test("farthestPoints() samples the point farthest from all previous samples", async () => {
  for (const norm of [1, 2, 3, Infinity]) {
    for (const dimension of [1, 2, 3]) {
      const points = randomUniform({ seed: 3, stream: "points", step: dimension }, 40 * dimension, -1, 1);
      for (const start of [0, 17]) {
        const picked = await farthestPoints(points, { dimension, count: 20, norm, start, device });
        assertEquals([...picked], slowly(points, dimension, 20, norm, start));
      }
    }
  }
});

Deno.test("farthestPoints() resolves ties to the lowest index", async () => {
  const corners = new Float32Array([0, 0, 0, 1, 1, 0, 1, 1]);
  assertEquals([...await farthestPoints(corners, { dimension: 2, count: 4, device })], [0, 3, 1, 2]);
  const grid = Float32Array.from({ length: 18 }, (_, i) => i % 2 ? Math.floor(i / 2) % 3 : Math.floor(i / 6));
  assertEquals([...await farthestPoints(grid, { dimension: 2, count: 5, device })], [0, 8, 2, 6, 4]);
});

Deno.test("farthestPoints() of more points starts with those of fewer, and samples coincident points last", async () => {
  const points = new Float32Array([0, 0, 0, 3, 1]);
  assertEquals([...await farthestPoints(points, { dimension: 1, count: 3, device })], [0, 3, 4]);
  assertEquals([...await farthestPoints(points, { dimension: 1, count: 4, device })], [0, 3, 4, 0]);
});

Deno.test("farthestPoints() rejects invalid options", async () => {
  const points = new Float32Array(6);
  const refuses = async (options: { count: number; start?: number; norm?: number }, message: string) => {
    const sample = () => farthestPoints(points, { dimension: 2, device, ...options });
    await assertRejects(sample, RangeError, message);
  };
  await refuses({ count: 4 }, "4 points requested, but there are 3 points");
  await refuses({ count: 0 }, "integer count of at least 1");
  await refuses({ count: 1, start: 3 }, "point 3 requested, but there are 3 points");
  await refuses({ count: 1, norm: 0 }, "at least 1");
  points[3] = NaN;
  await refuses({ count: 1 }, "coordinate 1 of point 1 is NaN");
});
