import { reference, type Tensor, tensor } from "@gasp/tensor";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { assertSame, everything } from "./layer_testing.ts";
import { toBatchMajor, toPointMajor } from "./layout.ts";
import { findNeighbourhoods, type Neighbourhood, neighbourhoodFrom } from "../tables/neighbourhood.ts";
import { pointConv } from "./point_conv.ts";
import { type PointSet, pointSet } from "../search/point_set.ts";
import { convTables } from "../tables/tables.ts";
import { assertClose, gridPoints, numbers, randomLayer, randomTensor } from "../testing.ts";

const BATCH = 3, CHANNELS = 2, OUT = 4;
const layer = randomLayer(2, CHANNELS, OUT);
const strided = await neighbourhood(gridPoints(6), 9, 5);

async function neighbourhood(inputs: PointSet, points: number, neighbours: number): Promise<Neighbourhood> {
  const [found] = await findNeighbourhoods(inputs, [{ points, neighbours }], { device: reference });
  return found!;
}

const leaky = (x: number) => (x > 0 ? x : 0.2 * x);
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((total, x, i) => total + x * b[i]!, 0);
function rows<T>(values: readonly T[], width: number): T[][] {
  return Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));
}

/** The definition as loops, with running statistics. */
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
  const { features: output } = pointConv(
    toPointMajor(features, "shared"),
    layer,
    convTables(strided),
    "eval",
  );
  assertEquals(output.shape, [9, BATCH, OUT]);
  assertClose(await numbers(toBatchMajor(output, 9)), await slowly(features, strided), 1e-12);
});

Deno.test("pointConv() on distinct offsets equals all offsets, with gradients and second derivatives", async () => {
  const subject = { layer, neighbourhood: strided, batch: BATCH, channels: CHANNELS };
  for (const mode of ["train", "eval"] as const) {
    const expected = await everything(subject, convTables(strided, { distinctBelow: 0 }), { mode });
    const merged = convTables(strided), padded = convTables(strided, { distinctMultiple: 64 });
    assert(merged.distinct && merged.offsets.shape[0]! < 45 && padded.offsets.shape[0] === 64);
    assertSame(await everything(subject, merged, { mode }), expected);
    assertSame(await everything(subject, padded, { mode }), expected);
  }
});

Deno.test("pointConv() with own coordinates equals shared ones where they are the same", async () => {
  const { coordinates } = gridPoints(6);
  const copies = new Float32Array(BATCH * 72);
  for (let i = 0; i < BATCH; i++) copies.set(coordinates, i * 72);
  const own = await neighbourhood(pointSet(copies, [BATCH, 36, 2]), 9, 5);
  const subject = { layer, neighbourhood: strided, batch: BATCH, channels: CHANNELS };
  const ownSubject = { ...subject, neighbourhood: own };
  for (const mode of ["train", "eval"] as const) {
    const expected = await everything(subject, convTables(strided), { mode });
    assertSame(await everything(ownSubject, convTables(own), { mode }), expected);
    assertSame(await everything(ownSubject, convTables(own, { distinctBelow: 0 }), { mode }), expected);
  }
});

Deno.test("pointConv() ignores missing neighbours", async () => {
  const { neighbours, centres, inputs } = strided;
  const present = Float32Array.from(neighbours, (_, i) => (i % 5 === 4 ? 0 : 1));
  const four = neighbourhoodFrom(inputs, centres, neighbours.filter((_, i) => i % 5 < 4), 4);
  const tables = convTables(strided, { distinctBelow: 0 });
  const subject = { layer, neighbourhood: strided, batch: BATCH, channels: CHANNELS };
  const expected = await everything({ ...subject, neighbourhood: four }, convTables(four), { mode: "train" });
  const marked = { ...tables, present: tensor(present) };
  assertSame(await everything(subject, marked, { mode: "train" }), expected);
});

Deno.test("pointConv() names a missing parameter", () => {
  const { "linear.weight": _, ...params } = layer.params;
  const features = randomTensor("features", [36, BATCH, CHANNELS]);
  const run = () => pointConv(features, { ...layer, params }, convTables(strided), "train");
  assertThrows(run, RangeError, "there is no tensor 'linear.weight'");
});
