import { assertEquals, assertThrows } from "@std/assert";
import { type TypedArray, writeNpz } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import { manifoldFile, type ManifoldOptions } from "./manifold.ts";
import { assertReadOrRejected, fuzzRounds, mutations } from "../core/mutations_testing.ts";

type Arrays = Record<string, { shape: number[]; data: TypedArray }>;

const load = (arrays: Arrays, options?: ManifoldOptions) =>
  manifoldFile(writeNpz(Object.entries(arrays)), "own.npz", options);

const FEATURES = { shape: [2, 3, 1], data: Float32Array.of(10, 20, 30, 40, 50, 20) };

Deno.test("manifoldFile() scales coordinates by one factor and features by their range", async () => {
  const coordinates = { shape: [2, 3, 2], data: Float32Array.of(0, 0, 4, 1, 4, 2, 0, 2, 2, 1, 1, 1) };
  const data = load({ coordinates, features: FEATURES }, { featureUnits: ["m"] });
  assertEquals([data.items, data.pointCount, data.coordinateDim, data.featureDim], [2, 3, 2, 1]);
  assertEquals([...data.coordinates], [-1, -0.5, 1, 0, 1, 0.5]);
  assertEquals([...await data.batchCoordinates!([1])], [-1, 0.5, 0, 0, -0.5, 0]);
  assertEquals([...await data.batch([0])], [-1, -0.5, 0]);
  assertEquals(data.display, { kind: "cloud", scales: [{ low: 10, high: 50, units: "m" }] });
});

Deno.test("manifoldFile() does not change coordinates within [-1, 1], and subsamples shared ones alike", async () => {
  const coordinates = { shape: [3, 2], data: Float32Array.of(0, 0.5, -0.25, 1, 0.5, 0) };
  const data = load({ coordinates, features: FEATURES });
  assertEquals([...data.coordinates], [...coordinates.data]);
  assertEquals(data.batchCoordinates, undefined);
  const subset = load({ coordinates, features: FEATURES }, { points: 2, seed: 3 });
  const whole = await data.batch([0, 1]), part = await subset.batch([0, 1]);
  const rows = [0, 1].map((point) =>
    [0, 1, 2].find((row) => subset.coordinates[2 * point] === data.coordinates[2 * row])!
  );
  assertEquals([...part], [whole[rows[0]!], whole[rows[1]!], whole[3 + rows[0]!], whole[3 + rows[1]!]]);
});

Deno.test("manifoldFile() subsamples ragged items to one number of points, deterministically", async () => {
  const rows = Array.from({ length: 12 }, (_, i) => i / 12);
  const arrays: Arrays = {
    coordinates: { shape: [12, 1], data: Float32Array.from(rows) },
    features: { shape: [12, 1], data: Float64Array.from(rows, (x) => 24 * x) },
    offsets: { shape: [4], data: BigInt64Array.of(0n, 5n, 8n, 12n) },
  };
  const data = load(arrays);
  assertEquals([data.items, data.pointCount], [3, 3]);
  const indices = [0, 1, 2, 0];
  const points = await data.batchCoordinates!(indices), features = await data.batch(indices);
  assertEquals([...points.subarray(3, 6)], rows.slice(5, 8).map(Math.fround));
  assertEquals(points.subarray(0, 3), points.subarray(9, 12));
  assertEquals(new Set(points.subarray(0, 3)).size, 3);
  // Features are 24 times the coordinate, scaled by their range of 0 to 22.
  points.forEach((x, i) => assertEquals(Math.abs(features[i]! - (2 * 24 * x / 22 - 1)) < 1e-6, true));
  assertEquals(await load(arrays).batch(indices), features);
});

Deno.test("manifoldFile() rejects inconsistent arrays", () => {
  const shared = { shape: [3, 1], data: Float32Array.of(0, 1, 2) };
  const flat = { shape: [3, 1], data: Float32Array.of(1, 2, 3) };
  const offsets = (...values: number[]) => ({ shape: [values.length], data: Int32Array.from(values) });
  for (
    const [arrays, message] of [
      [{ features: FEATURES }, "needs the arrays coordinates and features, found features"],
      [{ coordinates: { ...shared, shape: [1, 3] }, features: FEATURES }, "got (2, 3, 1) and (1, 3)"],
      [
        { coordinates: shared, features: { ...FEATURES, data: new Float32Array(6) } },
        "feature 0 is 0 everywhere",
      ],
      [
        { coordinates: { ...shared, data: new Float32Array(3).fill(5) }, features: FEATURES },
        "all points coincide",
      ],
      [
        { coordinates: shared, features: { ...FEATURES, data: new Float32Array(6).fill(NaN) } },
        "element 0 is NaN",
      ],
      [{ coordinates: shared, features: flat, offsets: offsets(0, 2) }, "integers that increase from 0 to 3"],
      [{ coordinates: shared, features: flat, offsets: offsets(0, 2, 2, 3) }, "got 0, 2, 2, 3"],
      [{ coordinates: shared, features: FEATURES, offsets: offsets(0, 3) }, "coordinates must be (total, d)"],
    ] as const
  ) {
    assertThrows(() => load(arrays as Arrays), DataError, message);
  }
  assertThrows(
    () => load({ coordinates: shared, features: FEATURES }, { points: 4 }),
    RangeError,
    "from 1 to 3",
  );
});

Deno.test("manifoldFile() returns or throws a DataError for damaged files", async () => {
  const originals = [
    writeNpz([["coordinates", { shape: [3, 1], data: Float32Array.of(0, 1, 2) }], ["features", FEATURES]]),
    writeNpz([
      ["coordinates", { shape: [3, 1], data: Float32Array.of(0, 1, 2) }],
      ["features", { shape: [3, 1], data: Float32Array.of(3, 4, 5) }],
      ["offsets", { shape: [3], data: Int32Array.of(0, 1, 3) }],
    ]),
  ];
  await assertReadOrRejected(mutations(originals, fuzzRounds(600), 2), async (bytes) => {
    assertEquals((await manifoldFile(bytes, "own.npz").batch([0])).every(Number.isFinite), true);
  });
});
