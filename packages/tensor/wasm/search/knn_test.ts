/** @module */
import { assert, assertEquals } from "@std/assert";
import { distancePower } from "../../ir/search_oracle.ts";
import { openWasm } from "../runtime/device.ts";
import {
  countKernel,
  knnKernel,
  type PointSet,
  pointSet,
  raggedStarts,
  SEARCH_SLOTS,
} from "./search_testing.ts";
import { checkKernel, Noise, programOf, runOn, withDevice } from "../testing.ts";

const open = (threads: number = 1) => () => openWasm({ threads });
const openPlain = () => openWasm({ threads: 1, simd: "plain" });
const SETS: readonly PointSet[] = [
  "random",
  "lattice",
  "sphere",
  "clustered",
  "coincident",
  "line",
  "outliers",
];

/** Queries near, on and far from points: every third is a point, every fifth is far outside the box. */
function queriesNear(points: Float32Array, count: number, dimension: number, noise: Noise): Float32Array {
  const size = points.length / dimension, queries = new Float32Array(count * dimension);
  for (let i = 0; i < count; i++) {
    const from = noise.integer(0, size - 1) * dimension, away = i % 5 === 4 ? 50 : i % 3 === 0 ? 0 : 0.1;
    for (let axis = 0; axis < dimension; axis++) {
      queries[i * dimension + axis] = (points[from + axis] ?? 0) + away * (noise.next() - 0.5);
    }
  }
  return queries;
}

for (const dimension of [1, 2, 3, 4]) {
  Deno.test(`knn and countWithinRadius equal the oracle in dimension ${dimension}`, () =>
    withDevice(dimension === 2 ? openPlain : open(), async (device) => {
      const noise = new Noise(dimension);
      for (const points of [1, 9, 64, 1000]) {
        for (const set of SETS) {
          const cloud = pointSet(set, points, dimension, noise), queries = points === 1000 ? 12 : 20;
          const near = queriesNear(cloud, queries, dimension, noise);
          for (const norm of [1, 1.5, 2, 3, Infinity]) {
            const k = noise.pick([1, 4, 9, 27]), clouds = noise.pick([1, 1, 3]);
            const radius = noise.pick([Infinity, Infinity, 0.3, 0]);
            const starts = raggedStarts(points, clouds, noise);
            const queryStarts = raggedStarts(queries, clouds, noise);
            for (const method of ["grid", "brute"] as const) {
              const search = knnKernel({ points, dimension, queries, k, clouds, norm, radius, method });
              const data = [cloud, starts, near, queryStarts];
              await checkKernel(device, { ...search, name: `${set} ${search.name}` }, [
                ...data,
                new Int32Array(queries * k),
              ]);
              const count = { ...countKernel(search), radius: Math.min(radius, 0.5) };
              await checkKernel(device, count, [...data, new Int32Array(queries)]);
            }
          }
        }
      }
    }));
}

Deno.test("knn returns the lowest indices of coincident points", () =>
  withDevice(open(), async (device) => {
    const points = 500, queries = 3, k = 9, cloud = new Float32Array(points * 3).fill(0.25);
    for (const method of ["grid", "brute"] as const) {
      const search = knnKernel({ points, dimension: 3, queries, k, method });
      const data = [cloud, Int32Array.of(0, points), new Float32Array(9).fill(0.25), Int32Array.of(0, 3)];
      const results = await runOn(device, programOf(search, [1500, 2, 9, 2, 27]), [
        ...data,
        new Int32Array(27),
      ]);
      const first = Array.from({ length: k }, (_, i) => i);
      assertEquals([...new Int32Array(results[4] ?? new ArrayBuffer(0))], [...first, ...first, ...first]);
    }
  }));

Deno.test("knn accepts no points, no queries and no clouds", () =>
  withDevice(open(), async (device) => {
    for (const method of ["grid", "brute"] as const) {
      for (const [points, queries] of [[0, 4], [30, 0], [0, 0]] as const) {
        const search = knnKernel({ points, dimension: 2, queries, k: 2, method });
        const cloud = new Noise(1).array("f32", 2 * points), near = new Noise(2).array("f32", 2 * queries);
        const data = [cloud, Int32Array.of(0, points), near, Int32Array.of(0, queries)];
        await checkKernel(device, search, [...data, new Int32Array(2 * queries)]);
      }
      const none = knnKernel({ points: 0, dimension: 2, queries: 0, k: 2, clouds: 0, method });
      const empty = new Float32Array(0), start = Int32Array.of(0);
      await checkKernel(device, none, [empty, start, empty, start, new Int32Array(0)]);
    }
  }));

Deno.test("knn stays in bounds with non-finite coordinates", () =>
  withDevice(open(), async (device) => {
    const points = 600, queries = 200, k = 5, noise = new Noise(8);
    const strange = [NaN, Infinity, -Infinity, 3e38, -3e38, 1e-45];
    for (const dimension of [1, 3]) {
      const spoil = (x: number) => noise.next() < 0.05 ? noise.pick(strange) : x;
      const cloud = noise.array("f32", points * dimension).map(spoil);
      const near = noise.array("f32", queries * dimension).map(spoil);
      for (const norm of [1, 2, 3, Infinity]) {
        for (const method of ["grid", "brute"] as const) {
          const search = knnKernel({ points, dimension, queries, k, norm, method });
          const data = [cloud, Int32Array.of(0, points), near, Int32Array.of(0, queries)];
          const all = [...data, new Int32Array(queries * k)];
          const results = await runOn(device, programOf(search, all.map(({ length }) => length)), all);
          const found = new Int32Array(results[4] ?? new ArrayBuffer(0));
          assert(found.every((number) => number >= -1 && number < points), search.name);
          const within = [...data, new Int32Array(queries)], count = { ...countKernel(search), radius: 0.5 };
          const counts = await runOn(device, programOf(count, within.map(({ length }) => length)), within);
          const counted = new Int32Array(counts[4] ?? new ArrayBuffer(0));
          assert(counted.every((number) => number >= 0 && number <= points), count.name);
        }
      }
    }
  }));

Deno.test("knn returns the same on any number of threads, and agrees with brute force", async () => {
  const points = 8_000, k = 27, dimension = 3, noise = new Noise(4);
  const starts = Int32Array.of(0, 5_000, 5_000, 5_040, points);
  for (const set of SETS) {
    const cloud = pointSet(set, points, dimension, noise), found: Int32Array[] = [];
    const search = knnKernel({ points, dimension, queries: points, k, clouds: 4 });
    const program = {
      buffers: [3 * points, 5, k * points].map((size) => ({ bytes: 4 * size, role: "external" as const })),
      steps: [{ kernel: { ...search, buffers: SEARCH_SLOTS }, args: [0, 1, 0, 1, 2] }],
    };
    for (const threads of [1, 2]) {
      await withDevice(open(threads), async (device) => {
        const results = await runOn(device, program, [cloud, starts, new Int32Array(k * points)]);
        found.push(new Int32Array(results[2] ?? new ArrayBuffer(0)));
      });
    }
    assertEquals(found[1], found[0]);
    for (let sample = 0; sample < 5; sample++) {
      const query = noise.pick([noise.integer(0, 4_999), noise.integer(5_040, points - 1)]);
      const [first, end] = query < 5_000 ? [0, 5_000] : [5_040, points];
      const power = Float64Array.from(
        { length: end - first },
        (_, i) => distancePower(cloud, first + i, cloud, query, dimension, 2),
      );
      const order = Array.from(power, (_, i) => i).sort((a, b) =>
        (power[a] ?? NaN) - (power[b] ?? NaN) || a - b
      );
      const want = order.slice(0, k).map((i) => first + i);
      assertEquals([...found[0]!.subarray(query * k, query * k + k)], want, `${set}, query ${query}`);
    }
  }
});
