/** Clouds large enough to be sorted in blocks. @module */
import { assert, assertEquals } from "@std/assert";
import { openWasm } from "../runtime/device.ts";
import { Noise, programOf, runOn, withDevice } from "../testing.ts";
import { planSearch } from "./plan.ts";
import { knnKernel, type PointSet, pointSet, SEARCH_SLOTS } from "./search_testing.ts";

const POINTS = 2 ** 15 + 123, QUERIES = 300, K = 9;
const SETS: readonly PointSet[] = [
  "random",
  "lattice",
  "sphere",
  "clustered",
  "coincident",
  "line",
  "outliers",
];

/** A cloud in which some points are not finite. */
function cloudOf(set: PointSet, dimension: number, noise: Noise): Float32Array {
  const cloud = pointSet(set, POINTS, dimension, noise);
  for (const value of [NaN, Infinity, -Infinity]) cloud[noise.integer(0, cloud.length - 1)] = value;
  return cloud;
}

for (const dimension of [1, 2, 3]) {
  Deno.test(`knn of a large cloud in dimension ${dimension} agrees with brute force on any number of threads`, async () => {
    const noise = new Noise(20 + dimension);
    for (const set of SETS) {
      const cloud = cloudOf(set, dimension, noise),
        near = cloud.slice(0, QUERIES * dimension).map((x) => x + 0.01 * (noise.next() - 0.5));
      const data = [
        cloud,
        Int32Array.of(0, POINTS),
        near,
        Int32Array.of(0, QUERIES),
        new Int32Array(QUERIES * K),
      ];
      const found: Int32Array[] = [];
      for (const [method, threads] of [["brute", 2], ["grid", 1], ["grid", 3]] as const) {
        const search = knnKernel({ points: POINTS, dimension, queries: QUERIES, k: K, method });
        assertEquals(planSearch(search).blocks > 0, method === "grid");
        await withDevice(() => openWasm({ threads }), async (device) => {
          const results = await runOn(device, programOf(search, data.map(({ length }) => length)), data);
          found.push(new Int32Array(results[4] ?? new ArrayBuffer(0)));
        });
      }
      assertEquals(found[1], found[0], set);
      assertEquals(found[2], found[0], set);
    }
  });
}

Deno.test("knn of a large cloud whose queries are its points agrees with that of a copy", async () => {
  const dimension = 2, noise = new Noise(30);
  for (const set of ["random", "clustered", "coincident"] as const) {
    const cloud = cloudOf(set, dimension, noise), starts = Int32Array.of(0, POINTS);
    const search = knnKernel({ points: POINTS, dimension, queries: POINTS, k: K });
    const results = [dimension * POINTS, 2, dimension * POINTS, 2, K * POINTS];
    const program = {
      buffers: results.map((size) => ({ bytes: 4 * size, role: "external" as const })),
      steps: [
        { kernel: { ...search, buffers: SEARCH_SLOTS }, args: [0, 1, 0, 1, 4] },
      ],
    };
    const copied = { ...program, steps: [{ ...program.steps[0]!, args: [0, 1, 2, 3, 4] }] };
    await withDevice(() => openWasm({ threads: 2 }), async (device) => {
      const data = [cloud, starts, cloud.slice(), starts.slice(), new Int32Array(K * POINTS)];
      const [same, other] = [await runOn(device, program, data), await runOn(device, copied, data)];
      const [a, b] = [same, other].map((all) => new Int32Array(all[4] ?? new ArrayBuffer(0)));
      assert(a!.some((index) => index > 0));
      assertEquals(a, b, set);
    });
  }
});
