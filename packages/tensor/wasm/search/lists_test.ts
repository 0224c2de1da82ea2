/** @module */
import { programCache } from "../../run/program_cache.ts";
import { assert, assertEquals } from "@std/assert";
import { evaluate } from "../../run/evaluate.ts";
import { tensor } from "../../graph/from_host.ts";
import type { FarthestPointSampleKernel, InvertKernel } from "../../ir/kernel.ts";
import { invertIndex } from "../../ops/index/invert.ts";
import { countWithinRadius, farthestPointSample, knn } from "../../ops/index/search.ts";
import { openWasm } from "../runtime/device.ts";
import { type PointSet, pointSet } from "./search_testing.ts";
import { checkKernel, Noise, programOf, runOn, slots, withDevice } from "../testing.ts";

function farthestKernel(
  fields:
    & Pick<FarthestPointSampleKernel, "points" | "dimension" | "count">
    & Partial<FarthestPointSampleKernel>,
): FarthestPointSampleKernel {
  return {
    kind: "farthestPointSample",
    name: `farthest ${JSON.stringify(fields)}`,
    buffers: slots("r", ["r", "i32"], ["w", "i32"]),
    clouds: 1,
    norm: 2,
    start: 0,
    ...fields,
  };
}

for (const simd of ["auto", "plain"] as const) {
  Deno.test(`farthestPointSample (${simd}) selects the same points as the oracle`, () =>
    withDevice(() => openWasm({ threads: 1, simd }), async (device) => {
      const noise = new Noise(12), sets: readonly PointSet[] = ["random", "lattice", "clustered", "outliers"];
      for (const set of sets) {
        for (const dimension of [1, 2, 3, 4]) {
          for (const norm of [1, 1.5, 2, 3, 10, Infinity]) {
            for (const points of [5, 64, 301]) {
              const cut = noise.integer(5, points), clouds = cut < points - 4 ? 2 : 1;
              const starts = clouds === 2 ? Int32Array.of(0, cut, points) : Int32Array.of(0, points);
              const smallest = clouds === 2 ? Math.min(cut, points - cut) : points;
              const count = Math.min(40, smallest), start = noise.integer(0, smallest - 1);
              const kernel = farthestKernel({ points, dimension, clouds, norm, count, start });
              const cloud = pointSet(set, points, dimension, noise);
              await checkKernel(device, kernel, [cloud, starts, new Int32Array(clouds * count)]);
            }
          }
        }
      }
    }));
}

Deno.test("farthestPointSample stays in bounds with non-finite coordinates or too few points", () =>
  withDevice(() => openWasm({ threads: 1 }), async (device) => {
    const noise = new Noise(13), points = 50;
    const cloud = noise.array("f32", 3 * points).map((x) =>
      noise.next() < 0.1 ? noise.pick([NaN, Infinity]) : x
    );
    for (const norm of [1, 2, 3, Infinity]) {
      const kernel = farthestKernel({ points, dimension: 3, norm, count: 60 });
      const results = await runOn(device, programOf(kernel, [3 * points, 2, 60]), [
        cloud,
        Int32Array.of(0, points),
        new Int32Array(60),
      ]);
      const taken = new Int32Array(results[2] ?? new ArrayBuffer(0));
      assert(taken.every((number) => number >= 0 && number < points));
    }
    const empty = farthestKernel({ points: 0, dimension: 3, count: 2, start: 7 });
    const results = await runOn(device, programOf(empty, [0, 2, 2]), [
      new Float32Array(0),
      Int32Array.of(0, 0),
      new Int32Array(2),
    ]);
    assertEquals([...new Int32Array(results[2] ?? new ArrayBuffer(0))], [7, 0]);
  }));

Deno.test("invertIndex returns the positions of each row", () =>
  withDevice(() => openWasm({ threads: 1 }), async (device) => {
    const noise = new Noise(14);
    for (
      const [entries, rows] of [[0, 3], [5, 1], [100, 7], [9000, 40], [50, 0], [10_000, 20_000]] as const
    ) {
      const kernel: InvertKernel = {
        kind: "invertIndex",
        name: `inverse of ${entries} by ${rows}`,
        buffers: slots(["r", "i32"], ["w", "i32"]),
        entries,
        rows,
      };
      const index = new Int32Array(entries).map(() => noise.integer(-1, rows));
      const filled = new Int32Array(rows + 1 + entries).fill(5);
      await checkKernel(device, kernel, [index, filled]);
    }
  }));

Deno.test("searches run as tensor operations", () =>
  withDevice(() => openWasm({ threads: 2 }), async (device) => {
    const noise = new Noise(15),
      count = 700,
      points = tensor(pointSet("random", count, 3, noise), [count, 3]);
    const own = knn(points, points, { k: 1 });
    const results = await evaluate([
      own,
      invertIndex(own, count).indptr,
      countWithinRadius(points, points, { radius: 2, norm: 1.5 }),
      farthestPointSample(points, { count, norm: 1 }),
    ], device);
    const [nearestSelf, starts, within, taken] = await Promise.all(results.map((result) => result.data()));
    const all = Array.from({ length: count }, (_, i) => i);
    assertEquals([...nearestSelf!], all);
    assertEquals([...starts!], [...all, count]);
    assertEquals([...within!], all.map(() => count));
    assertEquals([...taken!].sort((a, b) => a - b), all);
    results.forEach((result) => result.dispose());
    programCache(device).clear();
  }));
