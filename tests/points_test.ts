/**
 * Searches of points on every device against a naive scan in double precision: every size, dimension, number of neighbours
 * and norm, for points that lie in different ways. On `wasm` numbers must be equal; on `webgpu`, which computes in single
 * precision, distances to rounding.
 */
import {
  countWithinRadius,
  evaluate,
  farthestPointSample,
  knn,
  randomNormal,
  randomUniform,
  tensor,
} from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { deviceTest } from "./devices.ts";

const SIZES = [1, 9, 64, 1000, 4140];
const DIMENSIONS = [1, 2, 3, 4];
const NEIGHBOURS = [1, 9, 27, 64];
const NORMS = [1, 1.5, 2, 3, Infinity];
/**
 * A shader is compiled for each dimension, number of neighbours and norm, which takes minutes on a software adapter: there
 * only one norm for each of the others, unless all are asked for.
 */
const ALL_SHADERS = Deno.env.get("GASP_ALL_SHADERS") === "1";
/** Radius of the searches that have one. */
const RADIUS = 0.4;
/** Queries that are compared. */
const COMPARED = 24;
const SINGLE_ROUNDING = 2e-6;

/** Points that lie in different ways. */
const CLOUDS: Readonly<Record<string, (count: number, dimension: number) => Float32Array>> = {
  random: (count, dimension) => randomUniform(key(dimension), count * dimension, -1, 1),
  grid(count, dimension) {
    const side = Math.max(2, Math.ceil(count ** (1 / dimension)));
    return Float32Array.from({ length: count * dimension }, (_, i) => {
      const point = Math.floor(i / dimension), axis = i % dimension;
      return Math.fround(2 * (Math.floor(point / side ** axis) % side) / (side - 1) - 1);
    });
  },
  spherical(count, dimension) {
    const points = randomNormal(key(dimension), count * dimension);
    for (let i = 0; i < points.length; i += dimension) {
      const length = Math.hypot(...points.subarray(i, i + dimension));
      for (let axis = 0; axis < dimension; axis++) points[i + axis]! /= length;
    }
    return points;
  },
  clustered(count, dimension) {
    const points = randomUniform(key(dimension), count * dimension, -1, 1);
    for (let i = 0; i < 0.9 * count * dimension; i++) points[i] = 0.3 + 0.01 * points[i]!;
    // One far outlier, and some points in one place
    points.fill(50, 0, dimension);
    points.fill(-0.5, dimension, Math.min(4, count) * dimension);
    return points;
  },
};

function key(dimension: number) {
  return { seed: 4, stream: "points", step: dimension };
}

function distance(
  a: Float32Array,
  i: number,
  b: Float32Array,
  j: number,
  dimension: number,
  norm: number,
): number {
  let total = 0;
  for (let axis = 0; axis < dimension; axis++) {
    const difference = Math.abs(a[i * dimension + axis]! - b[j * dimension + axis]!);
    if (norm === Infinity) total = Math.max(total, difference);
    else total += norm === 2 ? difference * difference : difference ** norm;
  }
  return total;
}

/** Some of the points, and some beside them. */
function queriesFor(points: Float32Array, dimension: number): Float32Array {
  const count = points.length / dimension, step = Math.max(1, Math.floor(count / (COMPARED - 4)));
  const chosen: number[] = [];
  for (let point = 0; point < count && chosen.length < (COMPARED - 4) * dimension; point += step) {
    chosen.push(...points.subarray(point * dimension, (point + 1) * dimension));
  }
  const beside = randomUniform({ ...key(dimension), stream: "queries" }, 4 * dimension, -3, 3);
  return Float32Array.from([...chosen, ...beside]);
}

/** Checks the rows found against a scan of all points. */
function checkRows(
  found: ArrayLike<number>,
  { points, queries, dimension, k, norm }: {
    readonly points: Float32Array;
    readonly queries: Float32Array;
    readonly dimension: number;
    readonly k: number;
    readonly norm: number;
  },
  isExact: boolean,
  name: string,
): void {
  const count = points.length / dimension;
  for (let query = 0; query < queries.length / dimension; query++) {
    const powers = Float64Array.from(
      { length: count },
      (_, i) => distance(points, i, queries, query, dimension, norm),
    );
    const order = Array.from(powers.keys()).sort((a, b) => powers[a]! - powers[b]! || a - b).slice(0, k);
    const row = Array.from({ length: k }, (_, i) => found[query * k + i]!);
    if (isExact) assertEquals(row, order, `${name}, query ${query}`);
    assertEquals(new Set(row).size, k, `${name}, query ${query} names a point twice`);
    row.forEach((point, i) => {
      const [got, wanted] = [powers[point]!, powers[order[i]!]!];
      // Powers of differences that were rounded; near 0 the rounding of the coordinates themselves
      assert(
        Math.abs(got - wanted) <=
          SINGLE_ROUNDING * Math.max(wanted, 1e-6) * Math.max(1, norm === Infinity ? 1 : norm),
        `${name}, query ${query}: neighbour ${i} is at ${got}, not ${wanted}`,
      );
    });
  }
}

/** Numbers of neighbours with every norm, or with one each. */
function casesFor(dimension: number, withAllNorms: boolean): { k: number; norm: number }[] {
  return NEIGHBOURS.flatMap((k, i) => {
    const norms = withAllNorms ? NORMS : [NORMS[(dimension + i) % NORMS.length]!];
    return norms.map((norm) => ({ k, norm }));
  });
}

for (const cloud of Object.keys(CLOUDS)) {
  await deviceTest(`nearest() finds what a scan finds among ${cloud} points`, async (device) => {
    const isExact = device.info.kind !== "webgpu";
    for (const dimension of DIMENSIONS) {
      for (const count of SIZES) {
        const points = CLOUDS[cloud]!(count, dimension), queries = queriesFor(points, dimension);
        const asked = {
          points: tensor(points, [count, dimension]),
          queries: tensor(queries, [queries.length / dimension, dimension]),
        };
        const cases = casesFor(dimension, isExact || ALL_SHADERS).filter(({ k }) => k <= count);
        const recipes = cases.map(({ norm, k }) =>
          knn(asked.points, asked.queries, { norm, k, method: count > 64 ? "grid" : "auto" })
        );
        const results = await evaluate(recipes, device);
        for (const [i, { norm, k }] of cases.entries()) {
          const name = `${count} points in ${dimension}, k ${k}, order ${norm}`;
          checkRows(await results[i]!.data(), { points, queries, dimension, k, norm }, isExact, name);
          results[i]!.dispose();
        }
      }
    }
  }, ["wasm", "webgpu"]);
}

await deviceTest(
  "nearest() of points among themselves finds each first, by brute force and by cells alike",
  async (device) => {
    for (const cloud of Object.keys(CLOUDS)) {
      const points = tensor(CLOUDS[cloud]!(1000, 3), [1000, 3]);
      const found = await evaluate({
        grid: knn(points, points, { k: 5, method: "grid" }),
        brute: knn(points, points, { k: 5, method: "brute" }),
      }, device);
      assertEquals(await found.grid.data(), await found.brute.data());
      found.grid.dispose();
      found.brute.dispose();
    }
  },
  ["wasm", "webgpu"],
);

await deviceTest("nearest() keeps to the clouds of a ragged batch", async (device) => {
  const sizes = [70, 1, 0, 900, 29], dimension = 3;
  const starts = Int32Array.from([0, ...sizes.map((_, i) => sizes.slice(0, i + 1).reduce((a, b) => a + b))]);
  const points = CLOUDS["random"]!(1000, dimension), clouds = tensor(points, [1000, dimension]);
  const options = { offsets: tensor(starts), queryOffsets: tensor(starts) };
  for (const method of ["grid", "brute"] as const) {
    using result = await evaluate(
      knn(clouds, clouds, { ...options, k: 9, radius: RADIUS, method }),
      device,
    );
    using counts = await evaluate(
      countWithinRadius(clouds, clouds, { ...options, radius: RADIUS, method }),
      device,
    );
    const found = await result.data(), counted = await counts.data();
    sizes.forEach((size, cloud) => {
      for (let query = starts[cloud]!; query < starts[cloud]! + size; query++) {
        const row = Array.from({ length: 9 }, (_, i) => found[query * 9 + i]!);
        const within = (radius: number) =>
          Array.from({ length: size }, (_, i) => starts[cloud]! + i)
            .filter((point) => Math.sqrt(distance(points, point, points, query, dimension, 2)) <= radius);
        // In single precision a point so near the radius may be on either side
        const slack = device.info.kind === "webgpu" ? 1e-6 : 0;
        const [surely, perhaps] = [within(RADIUS - slack), within(RADIUS + slack)];
        const count = counted[query]!;
        assert(surely.length <= count && count <= perhaps.length, `${count} points within the radius`);
        assertEquals(row.filter((point) => point >= 0).length, Math.min(9, count));
        assert(row.every((point) => point === -1 || perhaps.includes(point)));
        assertEquals(row[0], query);
      }
    });
  }
});

await deviceTest("nearest() gives the distances of what it finds", async (device) => {
  const points = CLOUDS["random"]!(700, 3), queries = queriesFor(points, 3), count = queries.length / 3;
  for (const norm of NORMS) {
    for (const method of ["grid", "brute"] as const) {
      const asked = { k: 9, norm, method, radius: norm === 1 ? 0.5 : 0.4, distances: true };
      const found = await evaluate(
        knn(tensor(points, [700, 3]), tensor(queries, [count, 3]), asked),
        device,
      );
      const rows = Int32Array.from(await found.data()), values = new Float32Array(rows.buffer);
      found.dispose();
      assertEquals(rows.length, count * 18);
      for (let query = 0; query < count; query++) {
        for (let i = 0; i < 9; i++) {
          const [point, got] = [rows[query * 18 + i]!, values[query * 18 + 9 + i]!];
          if (point < 0) assertEquals(got, Infinity);
          else {
            const power = distance(points, point, queries, query, 3, norm);
            const wanted = norm === Infinity ? power : power ** (1 / norm);
            assert(
              Math.abs(got - wanted) <= SINGLE_ROUNDING * Math.max(wanted, 1e-3),
              `${got} is not ${wanted}`,
            );
          }
        }
      }
    }
  }
});

await deviceTest("farthest() covers points as evenly as picking one by one does", async (device) => {
  for (const norm of NORMS) {
    for (const cloud of ["random", "spherical", "clustered"]) {
      const points = CLOUDS[cloud]!(400, 3);
      using taken = await evaluate(
        farthestPointSample(tensor(points, [400, 3]), { count: 60, norm }),
        device,
      );
      const picks = [...await taken.data()];
      const nearestTaken = new Float64Array(400).fill(Infinity);
      picks.forEach((pick, i) => {
        const most = nearestTaken.reduce((a, b) => Math.max(a, b), 0);
        if (i === 0) assertEquals(pick, 0);
        else {assert(
            nearestTaken[pick]! >= most * (1 - 1e-5),
            `pick ${i} of order ${norm} is not the farthest`,
          );}
        for (let p = 0; p < 400; p++) {
          const power = distance(points, p, points, pick, 3, norm);
          nearestTaken[p] = Math.min(nearestTaken[p]!, power);
        }
      });
    }
  }
});
