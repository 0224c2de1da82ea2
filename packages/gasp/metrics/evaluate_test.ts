/** Evaluations of real data under growing corruption, and of a generator. @module */
import { type Dataset, imageDataset, mnistPackage, voxelDataset } from "@gasp/datasets";
import { permutation, randomNormal } from "@gasp/tensor";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { UserError } from "../config/user_error.ts";
import type { Items } from "./core/items.ts";
import { Evaluation } from "./evaluate.ts";
import { device } from "./metrics_testing.ts";
import { reportOf, tableOf } from "./report.ts";
import { chooseMetrics, METRICS } from "./table.ts";

const digits = await mnistPackage(14);
const SAMPLES = 200;

/** Real items of all classes. */
const ORDER = permutation({ seed: 5, stream: "test", step: 0 }, digits.items);

/** Items of a data set, corrupted. */
function corrupted(
  data: Dataset,
  change: (values: Float32Array, first: number) => Float32Array,
  indices: ArrayLike<number> = ORDER.subarray(0, SAMPLES),
): Items {
  return {
    count: indices.length,
    size: data.pointCount * data.featureDim,
    read: async (first, count) => {
      const some = Array.from({ length: count }, (_, i) => indices[first + i]!);
      return change(await data.batch(some), first);
    },
  };
}

const noisy = (strength: number) => (values: Float32Array, first: number) => {
  const noise = randomNormal({ seed: 0, stream: "noise", step: first }, values.length);
  return values.map((value, i) => value + strength * noise[i]!);
};

/** Repeated averages over 3×3 neighbours. */
const blurred = (times: number) => (values: Float32Array) => {
  let result = values;
  const size = 14;
  for (let time = 0; time < times; time++) {
    result = result.map((_, i) => {
      const [row, column] = [Math.floor(i / size) % size, i % size];
      let sum = 0, count = 0;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          if (row + dy < 0 || row + dy >= size || column + dx < 0 || column + dx >= size) continue;
          sum += result[i + dy * size + dx]!;
          count++;
        }
      }
      return sum / count;
    });
  }
  return result;
};

const same = (values: Float32Array) => values;
/** Fewer and fewer different items. */
const dropped = (distinct: number) =>
  corrupted(digits, same, Array.from({ length: SAMPLES }, (_, i) => ORDER[i % distinct]!));

const evaluation = await Evaluation.prepare({
  data: digits,
  metrics: chooseMetrics(undefined, digits),
  device,
  samples: SAMPLES,
  reference: 400,
  resamples: 10,
});

const valuesOf = async (items: Items) =>
  Object.fromEntries(
    Object.entries(await evaluation.compare(items)).map(([name, { value }]) => [name, value]),
  );

/** Asserts that each named value becomes strictly worse from set to set. */
async function assertWorsening(sets: readonly Items[], names: readonly string[]): Promise<void> {
  const results = [];
  for (const set of sets) results.push(await valuesOf(set));
  const directions = new Map(
    METRICS.flatMap(({ values }) => values).map(({ name, direction }) => [name, direction]),
  );
  for (const name of names) {
    const sequence = results.map((values) => values[name]!);
    const sign = directions.get(name) === "higher" ? -1 : 1;
    for (let i = 1; i < sequence.length; i++) {
      assert(sign * sequence[i]! > sign * sequence[i - 1]!, `${name}: ${sequence.join(", ")}`);
    }
  }
}

Deno.test("every metric of pictures becomes worse with noise", () =>
  assertWorsening(
    [0, 0.3, 0.6, 0.9].map((strength) => corrupted(digits, noisy(strength))),
    ["pca-fd", "swd", "mmd2", "precision", "density", "coverage", "spectrum"],
  ));

Deno.test("every metric of pictures becomes worse with blur", () =>
  assertWorsening(
    [0, 1, 2, 4].map((times) => corrupted(digits, blurred(times))),
    ["pca-fd", "swd", "mmd2", "coverage", "spectrum"],
  ));

Deno.test("distances, recall and coverage become worse as modes are dropped; precision does not notice", async () => {
  const sets = [SAMPLES, 40, 10].map(dropped);
  await assertWorsening(sets, ["pca-fd", "swd", "coverage", "recall"]);
  const precisions = [];
  for (const set of sets) precisions.push((await valuesOf(set))["precision"]!);
  assert(precisions.every((precision) => precision > 0.8), precisions.join());
});

Deno.test("floors contain real items, and reports tell both", async () => {
  const values = await evaluation.compare(corrupted(digits, same));
  const report = await reportOf(evaluation, values);
  for (const [name, { low, high, floor }] of Object.entries(report.values)) {
    const slack = 1.5 * Math.max(high - low, floor.high - floor.low);
    assert(low - slack < floor.value && floor.value < high + slack, `${name} ${low} ${high} ${floor.value}`);
  }
  assertEquals(report.sizes, { reference: 400, heldOut: 200, samples: 200 });
  const lines = tableOf(report).split("\n");
  assertEquals(lines.length, 1 + Object.keys(report.values).length);
  assert(lines[1]!.startsWith("pca-fd"));
});

Deno.test("a reference of all items has floors of its halves, and as many samples as real items are compared", async () => {
  const request = { data: digits, metrics: chooseMetrics(["pca-fd", "swd"], digits), device, resamples: 2 };
  const prepare = (sizes: object) => Evaluation.prepare({ ...request, ...sizes });
  const few = { ...digits, items: 300 };
  const whole = await prepare({ data: few, samples: 100, reference: "all" });
  assertEquals(whole.sizes, { reference: 300, heldOut: 100, floorReference: 150, samples: 100 });
  const half = await prepare({ data: few, samples: 100, reference: 150 });
  assertEquals(await whole.floors(), await half.floors());
  // The items themselves are in the reference
  const own = await whole.compare(corrupted(few, same, Array.from({ length: 300 }, (_, i) => i)));
  assert(own["swd"]!.value < (await whole.floors())["swd"]!.value);
  const short = await prepare({ data: few, samples: 200, reference: 1000 });
  assertEquals(short.sizes, { reference: 150, heldOut: 150, samples: 150 });
  assertEquals(
    await short.compare(corrupted(digits, same, ORDER.subarray(0, 200))),
    await short.compare(corrupted(digits, same, ORDER.subarray(0, 150))),
  );
  for (const evaluation of [whole, half, short]) evaluation.release();
});

Deno.test("metrics of shapes become worse as nodes flip", async () => {
  const resolution = 8, count = 60;
  const box = (item: number, node: number) => {
    const [x, y, z] = [Math.floor(node / 64), Math.floor(node / 8) % 8, node % 8];
    const size = 1 + item % 6;
    return x > 0 && y > 0 && z > 0 && x <= size && y <= 6 && z <= 1 + Math.floor(item / 6) % 6 ? 1 : 0;
  };
  const grid = (item: number) => new Uint8Array(resolution ** 3).map((_, node) => box(item, node));
  const data = voxelDataset("boxes", { count, resolution, grid });
  const metrics = chooseMetrics(["parts", "shapes"], data);
  const evaluation = await Evaluation.prepare({ data, metrics, device, samples: 20, resamples: 10 });
  const flipped = (share: number) => (values: Float32Array, first: number) => {
    const noise = randomNormal({ seed: 0, stream: "flip", step: first }, values.length);
    return values.map((value, i) => noise[i]! > share ? -value : value);
  };
  const indices = Array.from({ length: 20 }, (_, i) => count - 1 - i);
  const results = [];
  for (const share of [9, 2.2, 1.6, 1]) {
    results.push(await evaluation.compare(corrupted(data, flipped(share), indices)));
  }
  const signs = {
    ...{ parts: 1, "one-piece": -1, "largest-part": -1, iou: -1, "normal-consistency": -1 },
    ...{ "mmd-chamfer": 1, "coverage-chamfer": -1, "1-nn-chamfer": 1 },
  };
  for (const [name, sign] of Object.entries(signs)) {
    const sequence = results.map((values) => values[name]!.value);
    const isMonotone = sequence.every((value, i) => i === 0 || sign * value >= sign * sequence[i - 1]!);
    assert(isMonotone && sequence.at(-1) !== sequence[0], `${name}: ${sequence.join(", ")}`);
  }
  evaluation.release();
});

Deno.test("Evaluation.prepare() rejects data that cannot be compared", async () => {
  const pixels = new Uint8Array(3 * 4);
  const few = imageDataset("few", { count: 3, height: 2, width: 2, channels: 1, pixels });
  const prepare = (data: Dataset) => () => Evaluation.prepare({ data, metrics: [], device });
  await assertRejects(prepare(few), UserError, "at least 4");
  const own = { ...digits, batchCoordinates: () => Promise.resolve(new Float32Array()) };
  await assertRejects(prepare(own), UserError, "points of their own");
});

Deno.test("chooseMetrics() names the metrics, and why one does not apply", () => {
  assertThrows(() => chooseMetrics(["fie"], digits), UserError, "the metrics are pca-fd, swd");
  assertThrows(() => chooseMetrics(["parts"], digits), UserError, "needs other data: solid shapes");
  assertEquals(chooseMetrics(undefined, digits).map(({ name }) => name), [
    "pca-fd",
    "swd",
    "mmd",
    "manifold",
    "spectrum",
  ]);
});

Deno.test("fid without weights says what to pass", async () => {
  await assertRejects(
    () => Evaluation.prepare({ data: digits, metrics: chooseMetrics(["fid"], digits), device }),
    UserError,
    "--inception FILE",
  );
});
