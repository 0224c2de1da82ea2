/**
 * Points and queries with NaN or infinite coordinates are infinitely far from everything, for every method of search on
 * every device: they are found only without a radius, after all others, by index.
 * @module
 */
import * as t from "@gasp/tensor";
import { assertEquals } from "@std/assert";
import { deviceTest } from "./devices.ts";

const VALUES = [NaN, Infinity, -Infinity] as const;
const METHODS = ["auto", "grid", "brute"] as const;
/** Clouds of few points, many points, and points of which none is finite. */
const SIZES = [60, 1100, 7], QUERIES = [40, 90, 5], K = 6;

/** Which numbers of a cloud are not finite: none, a few, most, or all. */
const PATTERNS: Readonly<Record<string, (i: number) => boolean>> = {
  "one": (i) => i === 3,
  "every seventh": (i) => i % 7 === 0,
  "all but four": (i) => i % 20 > 3 || i > 75,
};

interface Scene {
  readonly points: Float32Array;
  readonly queries: Float32Array;
  readonly offsets: number[];
  readonly queryOffsets: number[];
}

function offsetsOf(sizes: readonly number[]): number[] {
  return sizes.reduce((offsets, size) => [...offsets, offsets.at(-1)! + size], [0]);
}

/** Coordinates on a grid of eighths, whose distances are exact, of which some were replaced. */
function cloudOf(sizes: readonly number[], dimension: number, isBad: (i: number) => boolean, value: number) {
  const offsets = offsetsOf(sizes), total = offsets.at(-1)!;
  const data = new Float32Array(total * dimension);
  for (let i = 0; i < total; i++) {
    for (let axis = 0; axis < dimension; axis++) {
      data[i * dimension + axis] = Math.floor(Math.sin(i * 12.9898 + axis * 78.233) * 40) / 8;
    }
    if (i >= offsets[2]! || isBad(i)) data[i * dimension + i % dimension] = value;
  }
  return { data, offsets };
}

function sceneOf(dimension: number, pattern: string, value: number): Scene {
  const { data: points, offsets } = cloudOf(SIZES, dimension, PATTERNS[pattern]!, value);
  const { data: queries, offsets: queryOffsets } = cloudOf(QUERIES, dimension, (i) => i % 5 === 0, value);
  return { points, queries, offsets, queryOffsets };
}

/** The distance as it is defined: infinite unless all coordinates are finite. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>, norm: number): number {
  const differences = Array.from(a, (x, axis) => Math.abs(x - b[axis]!));
  if (!differences.every(Number.isFinite)) return Infinity;
  if (norm === Infinity) return Math.max(...differences);
  const sum = differences.reduce((sum, x) => sum + x ** norm, 0);
  return norm === 1 ? sum : norm === 2 ? Math.sqrt(sum) : Math.cbrt(sum);
}

function expected({ points, queries, offsets, queryOffsets }: Scene, norm: number, radius: number) {
  const dimension = points.length / offsets.at(-1)!;
  const row = (data: Float32Array, i: number) => data.subarray(i * dimension, (i + 1) * dimension);
  const index: number[] = [], distances: number[] = [], counts: number[] = [];
  for (let cloud = 0; cloud < SIZES.length; cloud++) {
    for (let query = queryOffsets[cloud]!; query < queryOffsets[cloud + 1]!; query++) {
      const found = Array.from({ length: SIZES[cloud]! }, (_, i) => offsets[cloud]! + i)
        .map((i) => ({ i, d: distance(row(points, i), row(queries, query), norm) }))
        .filter(({ d }) => d <= radius)
        .sort((a, b) => (a.d === b.d ? 0 : a.d - b.d) || a.i - b.i);
      counts.push(found.length);
      for (let n = 0; n < K; n++) {
        index.push(found[n]?.i ?? -1);
        distances.push(found[n]?.d ?? Infinity);
      }
    }
  }
  return { index, distances, counts };
}

for (const pattern of Object.keys(PATTERNS)) {
  await deviceTest(`searches of points and queries that are not finite (${pattern})`, async (device) => {
    for (const value of VALUES) {
      for (
        const [dimension, norm, radius] of [[2, 2, Infinity], [3, 1, 1.5], [2, Infinity, Infinity]] as const
      ) {
        const scene = sceneOf(dimension, pattern, value), want = expected(scene, norm, radius);
        const of = (data: Float32Array) => t.tensor(data, [data.length / dimension, dimension]);
        const clouds = {
          offsets: t.tensor(Int32Array.from(scene.offsets)),
          queryOffsets: t.tensor(Int32Array.from(scene.queryOffsets)),
        };
        for (const method of METHODS) {
          const options = { ...clouds, norm, radius, method };
          const [points, queries] = [of(scene.points), of(scene.queries)];
          const results = await t.evaluate([
            t.knn(points, queries, { ...options, k: K, distances: true }),
            t.knn(points, queries, { ...options, k: 1 }),
            t.countWithinRadius(points, queries, options),
          ], device);
          const [both, first, counts] = await Promise.all(
            results.map(async (x) => Array.from(await x.data())),
          );
          for (const x of results) x.dispose();
          const rows = scene.queryOffsets.at(-1)!,
            what = `${value}, ${method}, norm ${norm}, radius ${radius}`;
          const part = (from: number) =>
            Array.from({ length: rows * K }, (_, i) => both![Math.floor(i / K) * 2 * K + from + i % K]!);
          assertEquals(part(0), want.index, what);
          assertEquals(first, want.index.filter((_, i) => i % K === 0), what);
          assertEquals(counts, want.counts, what);
          const distances = new Float32Array(Int32Array.from(part(K)).buffer);
          const wrong = want.distances.filter((d, i) =>
            d !== distances[i] && !(Math.abs(d - distances[i]!) < 1e-5 * d)
          );
          assertEquals(wrong, [], what);
        }
      }
    }
  });

  await deviceTest(`farthestPointSample() among points that are not finite (${pattern})`, async (device) => {
    for (const value of VALUES) {
      for (const [norm, start] of [[2, 0], [1, 3], [Infinity, 1], [3, 0]] as const) {
        const { points, offsets } = sceneOf(2, pattern, value), count = 5;
        const row = (i: number) => points.subarray(2 * i, 2 * i + 2);
        const isFinite = (i: number) => row(i).every(Number.isFinite);
        const want = SIZES.flatMap((size, cloud) => {
          const all = Array.from({ length: size }, (_, i) => offsets[cloud]! + i);
          const picks = [offsets[cloud]! + start];
          while (picks.length < count) {
            const nearest = all.map((i) =>
              isFinite(i)
                ? Math.min(1e10, ...picks.map((pick) => Math.fround(distance(row(i), row(pick), norm))))
                : -1
            );
            picks.push(all[nearest.indexOf(Math.max(...nearest))]!);
          }
          return picks;
        });
        const sample = t.farthestPointSample(t.tensor(points, [points.length / 2, 2]), {
          count,
          norm,
          start,
          offsets: t.tensor(Int32Array.from(offsets)),
        });
        using result = await t.evaluate(sample, device);
        assertEquals(Array.from(await result.data()), want, `${value}, norm ${norm}, start ${start}`);
      }
    }
  });
}
