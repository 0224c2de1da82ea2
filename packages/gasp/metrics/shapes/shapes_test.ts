/** Metrics of shapes agree with SciPy and with closed forms. @module */
import { gridCoordinates } from "@gasp/datasets";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { gridSurface } from "../../show/surface/grid_surface.ts";
import { ItemSet } from "../core/features.ts";
import { itemsOf } from "../core/items.ts";
import type { MetricContext } from "../core/metric.ts";
import { valueFeatures } from "../features/values.ts";
import { device, numbers, readValues } from "../metrics_testing.ts";
import { chamferMatrix } from "./chamfer_matrix.ts";
import { connectedParts } from "./connected_parts.ts";
import { coverage, minimumMatchingDistance, nearestNeighbourAccuracy } from "./set_distances.ts";
import { parts, shapes } from "./shape_metrics.ts";
import { intersectionOverUnion, surfaceDistance, surfacePoints } from "./surface_points.ts";

const statistics = await readValues("statistics.json");

Deno.test("connectedParts() agrees with SciPy's labels", () => {
  const { resolution, values, sizes } = statistics.parts;
  assertEquals(connectedParts(numbers(values), resolution), [...numbers(sizes)]);
  assertEquals(connectedParts(new Float32Array(27), 3), []);
  assertThrows(() => connectedParts([1], 2), RangeError, "2³ values, got 1");
});

Deno.test("surfaceDistance() agrees with SciPy's k-d tree", async () => {
  const { points, normals, ...expected } = statistics.surfaces;
  const [a, b] = [0, 1].map((i) => ({
    points: Float32Array.from(numbers(points[i])),
    normals: Float32Array.from(numbers(normals[i])),
  })) as [Parameters<typeof surfaceDistance>[0], Parameters<typeof surfaceDistance>[1]];
  const { chamfer, normalConsistency } = await surfaceDistance(a, b, device);
  assertAlmostEquals(chamfer, expected.chamfer, 1e-6);
  assertAlmostEquals(normalConsistency, expected.normalConsistency, 1e-4);
});

Deno.test("minimum matching distance, coverage and 1-NN accuracy agree with SciPy's distances", () => {
  const { real, generated, mmd, coverage: covered, accuracy } = statistics.sets;
  const [a, b] = [numbers(real), numbers(generated)];
  const matrix = (x: Float64Array, y: Float64Array) =>
    Float64Array.from({ length: x.length * y.length / 4 }, (_, at) => {
      const [i, j] = [Math.floor(at / (y.length / 2)), at % (y.length / 2)];
      return Math.hypot(x[2 * i]! - y[2 * j]!, x[2 * i + 1]! - y[2 * j + 1]!);
    });
  const distances = {
    reference: 25,
    samples: 20,
    across: matrix(a, b),
    amongReference: matrix(a, a),
    amongSamples: matrix(b, b),
  };
  assertAlmostEquals(minimumMatchingDistance(distances).value, mmd, 1e-12);
  assertAlmostEquals(coverage(distances).value, covered, 1e-12);
  assertAlmostEquals(nearestNeighbourAccuracy(distances).value, accuracy, 1e-12);
});

const RESOLUTION = 16, grid = gridCoordinates([RESOLUTION, RESOLUTION, RESOLUTION]);
const shape = (inside: (x: number, y: number, z: number) => number) =>
  Float32Array.from(
    { length: RESOLUTION ** 3 },
    (_, i) => inside(grid[3 * i]!, grid[3 * i + 1]!, grid[3 * i + 2]!),
  );
const ball = (radius: number, x = 0) => shape((a, b, c) => radius - Math.hypot(a - x, b, c));

Deno.test("surfacePoints() are uniform by area on a sphere, with its normals", () => {
  const { points, normals } = surfacePoints(gridSurface(ball(0.6), RESOLUTION), 2000, 1)!;
  let above = 0;
  for (let i = 0; i < points.length; i += 3) {
    const radius = Math.hypot(...points.subarray(i, i + 3));
    assertAlmostEquals(radius, 0.6, 0.02);
    const cosine = [0, 1, 2].reduce((sum, axis) => sum + points[i + axis]! * normals[i + axis]!, 0) / radius;
    assert(cosine > 0.9, `${cosine}`);
    // By Archimedes, a third of the area lies above a third of the height
    if (points[i + 2]! > 0.2) above++;
  }
  assertAlmostEquals(above / 2000, 1 / 3, 0.03);
  assertEquals(surfacePoints(gridSurface(shape(() => -1), RESOLUTION), 10, 1), undefined);
});

Deno.test("surfaceDistance() of two spheres is twice the square of the difference of their radii", async () => {
  const [a, b] = [ball(0.6), ball(0.5)].map((values, seed) =>
    surfacePoints(gridSurface(values, RESOLUTION), 5000, seed)!
  );
  const { chamfer, normalConsistency } = await surfaceDistance(a!, b!, device);
  assertAlmostEquals(chamfer, 2 * 0.1 ** 2, 2e-3);
  assert(normalConsistency > 0.95, `${normalConsistency}`);
});

Deno.test("chamferMatrix() agrees with the search for each pair, and knows empty shapes", async () => {
  const ball = (radius: number) =>
    surfacePoints(gridSurface(shape((x, y, z) => radius - Math.hypot(x, y, z)), RESOLUTION), 64, 0)!;
  const [a, b, c] = [ball(0.4), ball(0.6), ball(0.8)];
  const chamfer = async (x: typeof a, y: typeof a) => (await surfaceDistance(x, y, device)).chamfer;
  const matrix = await chamferMatrix([a.points, undefined], [b.points, c.points, undefined], 64, device);
  const expected = [await chamfer(a, b), await chamfer(a, c), 24, 24, 24, 0];
  matrix.forEach((value, i) => assertAlmostEquals(value, expected[i]!, 1e-6));
  const set = [a.points, c.points], among = await chamferMatrix(set, set, 64, device);
  [0, await chamfer(a, c), await chamfer(c, a), 0].forEach((value, i) =>
    assertAlmostEquals(among[i]!, value, 1e-6)
  );
});

Deno.test("intersectionOverUnion() compares insides", () => {
  assertEquals(intersectionOverUnion(ball(0.5), ball(0.5)), 1);
  assertEquals(intersectionOverUnion(ball(0.2, -0.6), ball(0.2, 0.6)), 0);
  assertAlmostEquals(intersectionOverUnion(ball(0.6), ball(0.75)), 0.8 ** 3, 0.05);
  assertEquals(intersectionOverUnion([-1], [0]), 1);
  assertThrows(() => intersectionOverUnion([1], [1, 1]), RangeError);
});

const setOf = (...values: Float32Array[]) => {
  const all = new Float32Array(values.length * RESOLUTION ** 3);
  values.forEach((value, i) => all.set(value, i * RESOLUTION ** 3));
  return itemsOf(all, RESOLUTION ** 3);
};
const domain = {
  name: "balls",
  coordinates: grid,
  pointCount: RESOLUTION ** 3,
  coordinateDim: 3,
  featureDim: 1,
  display: { kind: "volume", resolution: RESOLUTION },
} as const;
const real = setOf(ball(0.3), ball(0.5), ball(0.7));
const request = { reference: real, domain, device };
const context: MetricContext = {
  domain,
  device,
  seed: 0,
  resamples: 10,
  features: valueFeatures,
  open: async (open) => await open(request),
};

const values = async (metric: typeof shapes, candidate: typeof real) => {
  const estimates = await (await metric.prepare(new ItemSet(real), context)).compare(new ItemSet(candidate));
  return Object.fromEntries(Object.entries(estimates).map(([name, { value }]) => [name, value]));
};

Deno.test("parts counts pieces, and the share in the largest", async () => {
  const two = shape((x, y, z) => Math.max(0.3 - Math.hypot(x - 0.5, y, z), 0.3 - Math.hypot(x + 0.5, y, z)));
  const found = await values(parts, setOf(ball(0.5), two, shape(() => -1)));
  assertEquals(found["parts"], 1);
  assertAlmostEquals(found["one-piece"]!, 1 / 3, 1e-12);
  assertAlmostEquals(found["largest-part"]!, 0.5, 1e-12);
});

Deno.test("shapes finds copies, a missing mode and empty shapes", async () => {
  const copies = await values(shapes, real);
  assertEquals([copies["mmd-chamfer"]! < 1e-3, copies["coverage-chamfer"], copies["iou"]], [true, 1, 1]);
  const single = await values(shapes, setOf(ball(0.3), ball(0.3), ball(0.3)));
  assertAlmostEquals(single["coverage-chamfer"]!, 1 / 3, 1e-12);
  assert(single["mmd-chamfer"]! > copies["mmd-chamfer"]! && single["iou"]! < 1);
  const empty = await values(shapes, setOf(shape(() => -1)));
  assert(
    copies["normal-consistency"]! > 0.95 && single["normal-consistency"]! < copies["normal-consistency"]!,
  );
  assertEquals([empty["mmd-chamfer"], empty["iou"], empty["normal-consistency"]], [24, 0, 0]);
});
