/**
 * Speed of searches on the `wasm` device, on one thread: grids against brute force over sizes, dimensions, and numbers
 * of neighbours and of queries, the basis of the rule of `auto`; then how large and awkward sets compare.
 * Run with `deno run -A packages/tensor/wasm/search/search_bench.ts`.
 * @module
 */
import type { KernelDevice } from "../../device/device.ts";
import type { KnnKernel } from "../../ir/kernel.ts";
import { openWasm } from "../runtime/device.ts";
import { planSearch } from "./plan.ts";
import { knnKernel, type PointSet, pointSet } from "./search_testing.ts";
import { Noise, programOf } from "../testing.ts";

/** Runs searches in turn, so that other load affects all alike. @returns Best time of each, in seconds. */
async function race(
  device: KernelDevice,
  entries: readonly { readonly kernel: KnnKernel; readonly points: Float32Array }[],
  budgetMs: number,
): Promise<number[]> {
  const ready = await Promise.all(entries.map(async ({ kernel, points }) => {
    const queries = points.subarray(0, kernel.queries * kernel.dimension);
    const data = [
      points,
      Int32Array.of(0, kernel.points),
      queries,
      Int32Array.of(0, kernel.queries),
      new Int32Array(kernel.queries * kernel.k),
    ];
    const buffers = data.map((array) => {
      const buffer = device.allocate(array.byteLength);
      device.write(buffer, array);
      return buffer;
    });
    const executable = await device.prepare(programOf(kernel, data.map(({ length }) => length)));
    return { executable, buffers };
  }));
  const best = entries.map(() => Infinity), end = performance.now() + budgetMs;
  for (let round = 0; round < 3 || performance.now() < end; round++) {
    for (const [i, { executable, buffers }] of ready.entries()) {
      const start = performance.now();
      await executable.run(buffers);
      best[i] = Math.min(best[i] ?? Infinity, (performance.now() - start) / 1000);
    }
  }
  for (const { executable, buffers } of ready) {
    buffers.forEach((buffer) => device.free(buffer));
    executable.release();
  }
  return best;
}

/** Prints brute-force times relative to grid times; above 1 grids win. */
async function crossover(device: KernelDevice): Promise<void> {
  console.log("brute force / grids, by points (columns); * where auto selects grids");
  const sizes = [64, 128, 256, 512, 1024, 2048, 4096], noise = new Noise(1);
  console.log(" d  k  queries ".padEnd(22), ...sizes.map((size) => String(size).padStart(7)));
  for (
    const [dimension, k] of [[1, 9], [2, 1], [2, 9], [2, 27], [3, 1], [3, 9], [3, 27], [4, 27]] as const
  ) {
    for (const share of [1, 1 / 8]) {
      const row: string[] = [];
      for (const points of sizes) {
        const cloud = pointSet("random", points, dimension, noise), queries = points * share;
        row.push(await compare(device, cloud, { points, dimension, queries, k }));
      }
      console.log(
        ` ${dimension} ${String(k).padStart(2)}  ${share === 1 ? "all" : "an eighth"}`.padEnd(22),
        ...row,
      );
    }
  }
}

/** The same for few queries of many points. */
async function fewQueries(device: KernelDevice): Promise<void> {
  const points = 50_000, numbers = [16, 32, 64, 128, 256, 512], noise = new Noise(3);
  console.log(`\nthe same for ${points} points, by queries (columns)`);
  console.log(" d  k".padEnd(22), ...numbers.map((queries) => String(queries).padStart(7)));
  for (const [dimension, k] of [[1, 9], [2, 9], [3, 1], [3, 27], [4, 27]] as const) {
    const row: string[] = [], cloud = pointSet("random", points, dimension, noise);
    for (const queries of numbers) row.push(await compare(device, cloud, { points, dimension, queries, k }));
    console.log(` ${dimension} ${String(k).padStart(2)}`.padEnd(22), ...row);
  }
}

/** Brute-force time relative to grid time, with a star where `auto` selects grids. */
async function compare(
  device: KernelDevice,
  points: Float32Array,
  shape: Parameters<typeof knnKernel>[0],
): Promise<string> {
  const kernel = knnKernel(shape), kernels = [kernel, { ...kernel, method: "brute" }] as const;
  const [grid = NaN, brute = NaN] = await race(device, kernels.map((kernel) => ({ kernel, points })), 40);
  const star = planSearch({ ...kernel, method: "auto" }).grid ? "*" : " ";
  return `${(brute / grid).toFixed(2)}${star}`.padStart(7);
}

/** Compares point sets with a hundred thousand random points, and those with brute force. */
async function large(device: KernelDevice): Promise<void> {
  const points = 100_000, dimension = 3, k = 27, queries = 2000, noise = new Noise(2);
  const kernel = knnKernel({ points, dimension, queries: points, k });
  const sets: readonly PointSet[] = [
    "random",
    "clustered",
    "sphere",
    "lattice",
    "outliers",
    "line",
    "coincident",
  ];
  const clouds = sets.map((set) => ({ kernel, points: pointSet(set, points, dimension, noise) }));
  const brute = { kernel: { ...kernel, queries, method: "brute" } as const, points: clouds[0]!.points };
  const million = 1_000_000;
  const more = {
    kernel: { ...kernel, points: million, queries: million },
    points: pointSet("random", million, dimension, noise),
  };
  const seconds = await race(device, [...clouds, brute, more], 10_000);
  const random = seconds[0] ?? NaN;
  console.log(`\n${points} points in 3D, ${k} neighbours, grids built and searched`);
  const print = (what: string, value: number, ratio: string) =>
    console.log(what.padEnd(44), `${(value * 1000).toFixed(0).padStart(7)} ms  ${ratio}`);
  sets.forEach((set, i) =>
    print(set, seconds[i] ?? NaN, `${((seconds[i] ?? NaN) / random).toFixed(2)} of random`)
  );
  const all = (seconds[sets.length] ?? NaN) * points / queries;
  print(
    `random, brute force (scaled from ${queries} queries)`,
    all,
    `${(all / random).toFixed(1)} of random`,
  );
  const last = seconds[sets.length + 1] ?? NaN;
  print("a million random points", last, `${(last / random).toFixed(1)} of random`);
}

if (import.meta.main) {
  const device = await openWasm({ threads: 1 });
  console.log(device.info.name);
  await crossover(device);
  await fewQueries(device);
  await large(device);
  await device.close();
}
