import { assert, assertEquals } from "@std/assert";
import type { KernelDevice } from "../../device/device.ts";
import { runProgram } from "../../ir/evaluate.ts";
import type { CountWithinRadiusKernel, KnnKernel } from "../../ir/kernel.ts";
import { distancePower } from "../../ir/search_oracle.ts";
import { deviceTest, ir, noise, programOf, runOn } from "../runtime/harness_test.ts";

type Kernel = KnnKernel | CountWithinRadiusKernel;

/** Kinds of point sets, `[count, dimension]`. */
const KINDS: Readonly<Record<string, (count: number, dimension: number) => Float32Array>> = {
  random: (count, dimension) => noise(count * dimension),
  /** Coordinates whose distances are exact, with many equal ones and some coincident points. */
  grid(count, dimension) {
    const side = Math.ceil((count / 1.5) ** (1 / dimension));
    return Float32Array.from(
      { length: count * dimension },
      (_, i) => Math.floor(Math.floor(i / dimension) / side ** (i % dimension)) % side / 8,
    );
  },
  sphere(count, dimension) {
    const points = noise(count * dimension, 2);
    for (let i = 0; i < count; i++) {
      const row = points.subarray(i * dimension, (i + 1) * dimension), length = Math.hypot(...row) || 1;
      row.forEach((x, axis) => row[axis] = x / length);
    }
    return points;
  },
  /** Most points in a small part of the volume, twice over, far from a few others. */
  clustered: (count, dimension) =>
    noise(count * dimension, 3).map((x, i) => {
      const point = Math.floor(i / dimension);
      return point % 10 === 0 ? 50 * x : point % 2 === 0 ? 3 + 0.01 * x : 3.2 + 1e-4 * x;
    }),
  /** All points but one are equal, on a line or in a plane of it. */
  coincident: (count, dimension) =>
    Float32Array.from({ length: count * dimension }, (_, i) => i < dimension && i > 0 ? 4 : 0.3),
};

/** Some of the points, points between them and points outside their box. */
function queriesFor(points: Float32Array, dimension: number, count: number): Float32Array {
  const far = noise(count * dimension, 7);
  return far.map((x, i) => {
    const query = Math.floor(i / dimension);
    const from = points[(query * 7 % Math.max(1, points.length / dimension)) * dimension + i % dimension] ??
      0;
    return query % 3 === 0 ? from : query % 3 === 1 ? from + 0.1 * x : 8 * x;
  });
}

type Inputs = readonly [Float32Array, Int32Array, Float32Array, Int32Array];

function inputsOf(points: Float32Array, dimension: number, count: number): Inputs {
  return [
    points,
    Int32Array.of(0, points.length / dimension),
    queriesFor(points, dimension, count),
    Int32Array.of(0, count),
  ];
}

type Options = Pick<Kernel, "dimension" | "norm" | "radius" | "method">;

function kernelOf(
  [points, starts, queries]: Inputs,
  options: Options,
): Omit<CountWithinRadiusKernel, "kind"> {
  return {
    name: "search",
    buffers: ir.buffers("f32:r i32:r f32:r i32:r i32:w"),
    points: points.length / options.dimension,
    queries: queries.length / options.dimension,
    clouds: starts.length - 1,
    ...options,
  };
}

/** Runs a search on the device and on the oracle. */
async function both(device: KernelDevice, kernel: Kernel, inputs: Inputs) {
  const size = kernel.queries * (kernel.kind === "knn" ? kernel.k : 1);
  const data = [...inputs, new Int32Array(size).fill(-9)], wanted = data.map((array) => array.slice());
  const program = programOf(kernel, data);
  runProgram(program, wanted);
  const got = await runOn<Float32Array | Int32Array>(device, program, data);
  return { got: got[4]!, wanted: wanted[4]! };
}

/**
 * Compares a k-nearest-neighbour search with the oracle: where indices differ, their distances are equal up to
 * rounding.
 */
async function checkNearest(device: KernelDevice, k: number, options: Options, inputs: Inputs, what: string) {
  const kernel: KnnKernel = { kind: "knn", k, distances: false, ...kernelOf(inputs, options) };
  const { got, wanted } = await both(device, kernel, inputs);
  const exact = what.includes("grid points");
  for (let i = 0; i < wanted.length; i++) {
    const a = got[i]!, b = wanted[i]!, at = `${what}: neighbour ${i % k} of query ${Math.floor(i / k)}`;
    if (a === b) continue;
    assert(!exact && a >= 0 && b >= 0, `${at} is ${a}, should be ${b}`);
    const [x, y] = [a, b].map((point) =>
      distancePower(inputs[0], point, inputs[2], Math.floor(i / k), options.dimension, options.norm)
    ) as [number, number];
    assert(Math.abs(x - y) <= 1e-5 * y, `${at} is ${a} with ${x}, should be ${b} with ${y}`);
  }
  for (let row = 0; row < got.length; row += k) {
    const found = got.slice(row, row + k).filter((point) => point >= 0);
    assertEquals(new Set(found).size, found.length, `${what}: query ${row / k} has a neighbour twice`);
  }
}

const METHODS = ["brute", "grid"] as const;

/**
 * Compares searches of all sizes and kinds of point sets with the oracle. Sizes are not part of a shader, so few are
 * compiled.
 */
async function sweep(device: KernelDevice, dimension: number, k: number, norm: number) {
  for (const method of METHODS) {
    for (const count of [1, 9, 64, 1000]) {
      for (const [kind, make] of Object.entries(KINDS)) {
        const inputs = inputsOf(make(count, dimension), dimension, count === 1000 ? 50 : 20);
        const exact = kind === "grid" && norm !== 1.7;
        const what = `${method}, ${count} ${exact ? "grid points" : kind}`;
        const options = { dimension, norm, method, radius: Infinity };
        await checkNearest(device, k, options, inputs, what);
        if (count === 64) await checkNearest(device, k, { ...options, radius: 0.375 }, inputs, what);
      }
    }
  }
}

deviceTest("knn agrees with the oracle on lines", async (device) => {
  await sweep(device, 1, 1, Infinity);
  await sweep(device, 1, 9, 1.7);
});

deviceTest("knn agrees with the oracle in four dimensions", (device) => sweep(device, 4, 9, 3));

deviceTest(
  "knn agrees with the oracle in the plane, in clouds of any sizes, with non-finite coordinates",
  async (device) => {
    const dimension = 2, k = 9, norm = 1, sizes = [0, 3, 700, 0, 40, 0], asked = [4, 5, 60, 0, 0, 3];
    await sweep(device, dimension, k, norm);
    const startsOf = (counts: readonly number[]) =>
      Int32Array.from([0, ...counts], (_, i) => counts.slice(0, i).reduce((sum, count) => sum + count, 0));
    const clouds: Inputs = [
      noise(743 * dimension),
      startsOf(sizes),
      noise(72 * dimension, 4),
      startsOf(asked),
    ];
    const none: Inputs = [new Float32Array(0), Int32Array.of(0, 0), noise(8), Int32Array.of(0, 4)];
    const points = noise(400 * dimension);
    points.set([NaN, 1, Infinity, 2, 3, -Infinity], 10);
    const queries = Float32Array.of(0.1, 0.2, NaN, 0, 1e30, 1, points[20]!, points[21]!);
    const odd: Inputs = [points, Int32Array.of(0, 400), queries, Int32Array.of(0, 4)];
    for (const method of METHODS) {
      const options = { dimension, norm, method, radius: Infinity };
      await checkNearest(device, k, options, clouds, `${method}, clouds`);
      await checkNearest(device, k, options, none, `${method}, no points`);
      await checkNearest(device, k, options, odd, `${method}, non-finite coordinates`);
    }
  },
);

deviceTest(
  "knn and countWithinRadius agree with the oracle in space, also exactly at the radius",
  async (device) => {
    const dimension = 3, norm = 2;
    await sweep(device, dimension, 27, norm);
    for (const method of METHODS) {
      for (const count of [1, 64, 1000]) {
        for (const [kind, make] of Object.entries(KINDS)) {
          const inputs = inputsOf(make(count, dimension), dimension, 50);
          const options = { dimension, norm, method, radius: 0.375 };
          const kernel: CountWithinRadiusKernel = { kind: "countWithinRadius", ...kernelOf(inputs, options) };
          const { got, wanted } = await both(device, kernel, inputs);
          assertEquals(Array.from(got), Array.from(wanted), `${method}, ${count} points, ${kind}`);
        }
      }
    }
  },
);
