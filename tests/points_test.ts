/**
 * Point searches on every device against brute force in double precision: all sizes, dimensions, numbers of neighbours and
 * norms, for several distributions of points. On `wasm` indices must be equal; on `webgpu`, which computes in single
 * precision, distances must agree up to rounding.
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
 * Whether to test all norms on `webgpu`. Each dimension, number of neighbours and norm needs a shader, and compiling all
 * takes minutes on a software adapter; by default, only one norm is tested for each of the others.
 */
const ALL_SHADERS = Deno.env.get("GASP_ALL_SHADERS") === "1";
/** Radius of searches with a radius. */
const RADIUS = 0.4;
/** Number of compared queries. */
const COMPARED = 24;
const SINGLE_ROUNDING = 2e-6;

/** Distributions of points. */
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
    // A far outlier, and some coincident points.
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

/** Returns some of the points, and random ones. */
function queriesFor(points: Float32Array, dimension: number): Float32Array {
  const count = points.length / dimension, step = Math.max(1, Math.floor(count / (COMPARED - 4)));
  const chosen: number[] = [];
  for (let point = 0; point < count && chosen.length < (COMPARED - 4) * dimension; point += step) {
    chosen.push(...points.subarray(point * dimension, (point + 1) * dimension));
  }
  const others = randomUniform({ ...key(dimension), stream: "queries" }, 4 * dimension, -3, 3);
  return Float32Array.from([...chosen, ...others]);
}

/** Compares the rows found with brute force. */
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
    assertEquals(new Set(row).size, k, `${name}, query ${query} has a point twice`);
    row.forEach((point, i) => {
      const [found, expected] = [powers[point]!, powers[order[i]!]!];
      // Powers of rounded differences; near 0, rounding of the coordinates themselves.
      assert(
        Math.abs(found - expected) <=
          SINGLE_ROUNDING * Math.max(expected, 1e-6) * Math.max(1, norm === Infinity ? 1 : norm),
        `${name}, query ${query}: neighbour ${i} is at ${found}, expected ${expected}`,
      );
    });
  }
}

/** Returns numbers of neighbours with all norms, or with one norm each. */
function casesFor(dimension: number, withAllNorms: boolean): { k: number; norm: number }[] {
  return NEIGHBOURS.flatMap((k, i) => {
    const norms = withAllNorms ? NORMS : [NORMS[(dimension + i) % NORMS.length]!];
    return norms.map((norm) => ({ k, norm }));
  });
}

for (const cloud of Object.keys(CLOUDS)) {
  await deviceTest(`knn() agrees with brute force for ${cloud} points`, async (device) => {
    const isExact = device.info.kind !== "webgpu";
    for (const dimension of DIMENSIONS) {
      for (const count of SIZES) {
        const points = CLOUDS[cloud]!(count, dimension), queries = queriesFor(points, dimension);
        const operands = [
          tensor(points, [count, dimension]),
          tensor(queries, [queries.length / dimension, dimension]),
        ] as const;
        const cases = casesFor(dimension, isExact || ALL_SHADERS).filter(({ k }) => k <= count);
        const graphs = cases.map(({ norm, k }) =>
          knn(...operands, { norm, k, method: count > 64 ? "grid" : "auto" })
        );
        const results = await evaluate(graphs, device);
        for (const [i, { norm, k }] of cases.entries()) {
          const name = `${count} points in ${dimension} dimensions, k ${k}, norm ${norm}`;
          checkRows(await results[i]!.data(), { points, queries, dimension, k, norm }, isExact, name);
          results[i]!.dispose();
        }
      }
    }
  }, ["wasm", "webgpu"]);
}

await deviceTest(
  "knn() by brute force and by a grid agree exactly",
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

await deviceTest(
  "knn() and countWithinRadius() search within the clouds of a ragged batch",
  async (device) => {
    const sizes = [70, 1, 0, 900, 29], dimension = 3;
    const offsets = Int32Array.from([
      0,
      ...sizes.map((_, i) => sizes.slice(0, i + 1).reduce((a, b) => a + b)),
    ]);
    const points = CLOUDS["random"]!(1000, dimension), clouds = tensor(points, [1000, dimension]);
    const options = { offsets: tensor(offsets), queryOffsets: tensor(offsets) };
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
        for (let query = offsets[cloud]!; query < offsets[cloud]! + size; query++) {
          const row = Array.from({ length: 9 }, (_, i) => found[query * 9 + i]!);
          const within = (radius: number) =>
            Array.from({ length: size }, (_, i) => offsets[cloud]! + i)
              .filter((point) => Math.sqrt(distance(points, point, points, query, dimension, 2)) <= radius);
          // In single precision, a point very close to the radius may be on either side.
          const slack = device.info.kind === "webgpu" ? 1e-6 : 0;
          const [inner, outer] = [within(RADIUS - slack), within(RADIUS + slack)];
          const count = counted[query]!;
          assert(inner.length <= count && count <= outer.length, `${count} points within the radius`);
          assertEquals(row.filter((point) => point >= 0).length, Math.min(9, count));
          assert(row.every((point) => point === -1 || outer.includes(point)));
          assertEquals(row[0], query);
        }
      });
    }
  },
);

await deviceTest("knn() returns the distances of the neighbours", async (device) => {
  const points = CLOUDS["random"]!(700, 3), queries = queriesFor(points, 3), count = queries.length / 3;
  for (const norm of NORMS) {
    for (const method of ["grid", "brute"] as const) {
      const options = { k: 9, norm, method, radius: norm === 1 ? 0.5 : 0.4, distances: true };
      const found = await evaluate(
        knn(tensor(points, [700, 3]), tensor(queries, [count, 3]), options),
        device,
      );
      const rows = Int32Array.from(await found.data()), values = new Float32Array(rows.buffer);
      found.dispose();
      assertEquals(rows.length, count * 18);
      for (let query = 0; query < count; query++) {
        for (let i = 0; i < 9; i++) {
          const [point, value] = [rows[query * 18 + i]!, values[query * 18 + 9 + i]!];
          if (point < 0) assertEquals(value, Infinity);
          else {
            const power = distance(points, point, queries, query, 3, norm);
            const expected = norm === Infinity ? power : power ** (1 / norm);
            assert(
              Math.abs(value - expected) <= SINGLE_ROUNDING * Math.max(expected, 1e-3),
              `${value} is not ${expected}`,
            );
          }
        }
      }
    }
  }
});

await deviceTest("farthestPointSample() always selects a farthest point", async (device) => {
  for (const norm of NORMS) {
    for (const cloud of ["random", "spherical", "clustered"]) {
      const points = CLOUDS[cloud]!(400, 3);
      using sample = await evaluate(
        farthestPointSample(tensor(points, [400, 3]), { count: 60, norm }),
        device,
      );
      const selected = [...await sample.data()];
      assertEquals(selected[0], 0);
      const nearest = new Float64Array(400).fill(Infinity);
      selected.forEach((point, i) => {
        const farthest = nearest.reduce((a, b) => Math.max(a, b), 0);
        const isFarthest = nearest[point]! >= farthest * (1 - 1e-5);
        assert(isFarthest, `point ${i} with norm ${norm} is not the farthest`);
        for (let p = 0; p < 400; p++) {
          nearest[p] = Math.min(nearest[p]!, distance(points, p, points, point, 3, norm));
        }
      });
    }
  }
});
