import { gradients } from "@gasp/autograd";
import { mul, square, sum, type Tensor } from "@gasp/tensor";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { byExample, byPoint } from "./layout.ts";
import { findNeighbourhood, type Neighbourhood } from "./neighbourhood.ts";
import type { Mode } from "./normalise.ts";
import { pointConv } from "./point_conv.ts";
import { pointSet } from "./point_set.ts";
import { type ConvTables, convTables } from "./tables.ts";
import { assertClose, gridPoints, numbers, randomLayer, randomTensor } from "./testing.ts";

const BATCH = 3, CHANNELS = 2, OUT = 4;
const layer = randomLayer(2, CHANNELS, OUT);
const strided = findNeighbourhood(gridPoints(6), { points: 9, neighbours: 5 });

const leaky = (x: number) => (x > 0 ? x : 0.2 * x);
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((total, x, i) => total + x * b[i]!, 0);
function rows<T>(values: readonly T[], width: number): T[][] {
  return Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));
}

/** The definition with loops, with running statistics. */
async function slowly(
  features: Tensor,
  { neighbours, centres, k, inputs }: Neighbourhood,
): Promise<number[]> {
  const get = async (name: string) => await numbers((layer.params[name] ?? layer.statistics[name])!);
  const nets = await Promise.all([0, 3].map(async (index) => {
    const at = (offset: number) => `weight_net.forward_layers.${index + offset}`;
    return {
      bias: await get(`${at(0)}.bias`),
      weight: await get(`${at(0)}.weight`),
      scale: await get(`${at(1)}.weight`),
      shift: await get(`${at(1)}.bias`),
      mean: await get(`${at(1)}.running_mean`),
      variance: await get(`${at(1)}.running_var`),
    };
  }));
  const weightsOf = (offset: number[]) =>
    nets.reduce((x, { weight, bias, scale, shift, mean, variance }) => {
      const affine = rows(weight, x.length).map((row, j) => dot(row, x) + bias[j]!);
      return affine.map((y, j) =>
        leaky((y - mean[j]!) / Math.sqrt(variance[j]! + 1e-5) * scale[j]! + shift[j]!)
      );
    }, offset);
  const matrix = rows(await get("linear.weight"), CHANNELS * 6), bias = await get("linear.bias");
  const values = rows(rows(await numbers(features), CHANNELS), inputs.points);
  const place = (point: number) => [...inputs.coordinates.subarray(2 * point, 2 * point + 2)];
  return values.flatMap((example) =>
    [...centres].flatMap((centre, m) => {
      const sums = new Array<number>(CHANNELS * 6).fill(0);
      for (const point of neighbours.subarray(m * k, (m + 1) * k)) {
        const weights = weightsOf(place(point).map((x, axis) => Math.fround(x - place(centre)[axis]!)));
        sums.forEach((_, i) => sums[i]! += example[point]![Math.floor(i / 6)]! * weights[i % 6]!);
      }
      return matrix.map((row, out) => dot(row, sums) + bias[out]!);
    })
  );
}

Deno.test("pointConv() is the sum over neighbours of features and weights of their offsets", async () => {
  const features = randomTensor("features", [BATCH, 36, CHANNELS]);
  const { features: output } = pointConv(byPoint(features, "shared"), layer, convTables(strided), "eval");
  assertEquals(output.shape, [9, BATCH, OUT]);
  assertClose(await numbers(byExample(output, 9)), await slowly(features, strided), 1e-12);
});

/** Output, next statistics, gradients, and the derivative of a squared gradient. */
async function everything(
  neighbourhood: Neighbourhood,
  tables: ConvTables,
  mode: Mode,
): Promise<Record<string, number[]>> {
  const { clouds, points } = neighbourhood.outputs;
  const features = randomTensor("features", [BATCH, neighbourhood.inputs.points, CHANNELS]);
  const result = pointConv(byPoint(features, clouds === 1 ? "shared" : "own"), layer, tables, mode);
  const output = byExample(result.features, points);
  const loss = sum(mul(square(output), randomTensor("cotangent", output.shape)));
  const names = Object.keys(layer.params), wrt = names.map((name) => layer.params[name]!);
  const [first, ...forParams] = gradients([loss], [features, ...wrt]);
  const second = gradients([sum(square(first!))], [features, ...wrt]);
  const all = { output, first: first!, ...result.statistics };
  const entries = [
    ...Object.entries(all),
    ...names.map((name, i) => [`gradient ${name}`, forParams[i]!] as const),
    ...["features", ...names].map((name, i) => [`second derivative ${name}`, second[i]!] as const),
  ];
  return Object.fromEntries(
    await Promise.all(entries.map(async ([name, x]) => [name, await numbers(x)] as const)),
  );
}

function assertSame(actual: Record<string, number[]>, expected: Record<string, number[]>): void {
  assertEquals(Object.keys(actual), Object.keys(expected));
  const largest = Math.max(...Object.values(expected).flat().map(Math.abs));
  for (const [name, values] of Object.entries(actual)) {
    // A gradient that is zero but for rounding is compared with the largest of all
    values.forEach((value, i) => {
      const error = Math.abs(value - expected[name]![i]!);
      assert(error <= 1e-11 * largest, `${name}[${i}] is ${value}, expected ${expected[name]![i]}`);
    });
  }
}

Deno.test("pointConv() on distinct offsets equals all offsets, with gradients and second derivatives", async () => {
  for (const mode of ["train", "eval"] as const) {
    const expected = await everything(strided, convTables(strided, { distinctBelow: 0 }), mode);
    const merged = convTables(strided), padded = convTables(strided, { distinctMultiple: 64 });
    assert(merged.distinct && merged.offsets.shape[0]! < 45 && padded.offsets.shape[0] === 64);
    assertSame(await everything(strided, merged, mode), expected);
    assertSame(await everything(strided, padded, mode), expected);
  }
});

Deno.test("pointConv() with own coordinates equals shared ones where they are the same", async () => {
  const { coordinates } = gridPoints(6);
  const copies = new Float32Array(BATCH * 72);
  for (let i = 0; i < BATCH; i++) copies.set(coordinates, i * 72);
  const own = findNeighbourhood(pointSet(copies, [BATCH, 36, 2]), { points: 9, neighbours: 5 });
  for (const mode of ["train", "eval"] as const) {
    const expected = await everything(strided, convTables(strided), mode);
    assertSame(await everything(own, convTables(own), mode), expected);
    assertSame(await everything(own, convTables(own, { distinctBelow: 0 }), mode), expected);
  }
});

Deno.test("pointConv() names a parameter that is missing", () => {
  const { "linear.weight": _, ...params } = layer.params;
  const features = randomTensor("features", [36, BATCH, CHANNELS]);
  const run = () => pointConv(features, { ...layer, params }, convTables(strided), "train");
  assertThrows(run, RangeError, "there is no tensor 'linear.weight'");
});
