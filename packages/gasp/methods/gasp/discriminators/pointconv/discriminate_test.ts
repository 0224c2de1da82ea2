import { gradients, type Mode, type StateDict } from "@gasp/autograd";
import { type PointSet, pointSet, toPointMajor } from "@gasp/pointconv";
import { reference, square, sum, type Tensor, tensor } from "@gasp/tensor";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { discriminate, evaluateWeightNets } from "./discriminate.ts";
import { type DiscriminatorTables, discriminatorTables, tracedDiscriminatorTables } from "./tables.ts";
import { numberedLayers } from "./layers.ts";
import { discriminatorShapes } from "./shapes.ts";
import type { PointConvNetwork } from "./config.ts";
import {
  assertClose,
  copiedPoints,
  numbers,
  numbersByName,
  randomTensor,
  SMALL_NETWORK,
  smallPoints,
} from "../../gasp_testing.ts";

const BATCH = 3;

/** Random parameters, and running statistics with positive variances. */
function randomNetwork(model: PointConvNetwork): { params: StateDict; statistics: StateDict } {
  const { params, statistics } = discriminatorShapes(model);
  const fill = (name: string, shape: readonly number[]): Tensor =>
    name.endsWith("running_var")
      ? tensor(new Float32Array(shape[0]!).fill(0.7), shape)
      : randomTensor(name, shape);
  const filled = (shapes: ReadonlyMap<string, readonly number[]>) =>
    Object.fromEntries([...shapes].map(([name, shape]) => [name, fill(name, shape)]));
  return { params: filled(params), statistics: filled(statistics) };
}

const features = randomTensor("features", [BATCH, 25, 1]);

/** Logits, statistics, gradients with respect to features and parameters, and second-order gradients as in R1. */
async function everything(
  model: PointConvNetwork,
  points: PointSet,
  mode: Mode,
  prepared?: DiscriminatorTables,
): Promise<Record<string, number[]>> {
  const network = randomNetwork(model);
  const tables = prepared ?? await discriminatorTables(points, model, { device: reference });
  const rows = toPointMajor(features, points.clouds === 1 ? "shared" : "own");
  const kernels = evaluateWeightNets(model, network, tables, { mode, copies: rows.shape[1]! });
  const { logits, statistics } = discriminate(rows, model, network, tables, kernels, mode);
  assertEquals(logits.shape, [BATCH, 1]);
  const params = Object.values(network.params);
  const [first, ...rest] = gradients([logits], [features, ...params]);
  const second = gradients([sum(square(first!))], params);
  const list = (name: string, tensors: Tensor[]) => tensors.map((x, i) => [`${name} ${i}`, x] as const);
  return await numbersByName({
    logits,
    ...kernels.statistics,
    ...statistics,
    ...Object.fromEntries([...list("first", [first!, ...rest]), ...list("second", second)]),
  });
}

Deno.test("discriminate() with per-example coordinates equals shared coordinates if they are the same", async () => {
  for (const mode of ["train", "eval"] as const) {
    const shared = await everything(SMALL_NETWORK, smallPoints(), mode);
    const own = await everything(SMALL_NETWORK, copiedPoints(BATCH), mode);
    assertEquals(Object.keys(own), Object.keys(shared));
    const largest = Math.max(...Object.values(shared).flat().map(Math.abs));
    for (const [name, values] of Object.entries(shared)) {
      const error = Math.max(...values.map((value, i) => Math.abs(value - own[name]![i]!)));
      assert(error <= 1e-11 * largest, `${name} is off by ${error}`);
    }
  }
});

Deno.test("discriminate() treats examples independently in evaluation mode, and jointly in training mode", async () => {
  const network = randomNetwork(SMALL_NETWORK);
  const tables = await discriminatorTables(smallPoints(), SMALL_NETWORK, { device: reference });
  const logits = async (rows: Tensor, mode: Mode) => {
    const kernels = evaluateWeightNets(SMALL_NETWORK, network, tables, { mode, copies: rows.shape[1]! });
    return await numbers(discriminate(rows, SMALL_NETWORK, network, tables, kernels, mode).logits);
  };
  const all = toPointMajor(features, "shared");
  const first = toPointMajor(tensor((await numbers(features)).slice(0, 50), [2, 25, 1]), "shared");
  assertClose(await logits(first, "eval"), (await logits(all, "eval")).slice(0, 2));
  const [alone, together] = [await logits(first, "train"), await logits(all, "train")];
  assert(Math.abs(alone[0]! - together[0]!) > 1e-3);
});

Deno.test("discriminate() applies the affine layers of the head, if there is one", async () => {
  const model: PointConvNetwork = {
    ...SMALL_NETWORK,
    layers: [{ kind: "conv", channels: 2, points: 4, neighbours: 9, weightNetSizes: [3] }, {
      kind: "pool",
      points: 2,
      neighbours: 3,
    }],
    head: [5, 1],
  };
  const { params } = discriminatorShapes(model);
  assertEquals(params.get("linear_layers.0.weight"), [5, 4]);
  assertEquals(params.get("linear_layers.2.weight"), [1, 5]);
  assert(params.has("layers.1.batchnorm.weight"), "a last layer before a head is normalised");
  const values = await everything(model, smallPoints(), "train");
  assertEquals(values["logits"]!.length, BATCH);
});

Deno.test("numberedLayers() counts batch norms and activations as the reference code does", () => {
  const layers = numberedLayers(SMALL_NETWORK);
  assertEquals(layers.map(({ index }) => index), [0, 3, 4]);
  const [first, , last] = layers;
  assert(first && last && "name" in first && "name" in last);
  assertEquals([first.name, first.norm, first.activation], ["layers.0", "layers.1.batchnorm", 2]);
  assertEquals([last.name, last.norm, last.activation], ["layers.4", undefined, undefined]);
  const bare = numberedLayers(SMALL_NETWORK, () => false);
  assertEquals(bare.map(({ index }) => index), [0, 2, 3]);
});

Deno.test("discriminatorShapes() has the parameter counts of the reference code", () => {
  const conv = (channels: number, points: number, neighbours = 9) =>
    ({ kind: "conv", channels, points, neighbours }) as const;
  const pool = (points: number) => ({ kind: "pool", points, neighbours: 9 }) as const;
  const model: PointConvNetwork = {
    ...SMALL_NETWORK,
    featureDim: 3,
    layers: [
      ...[conv(64, 4096), pool(1024), conv(128, 1024), pool(256), conv(256, 256), pool(64)],
      ...[conv(512, 64), pool(16), conv(1, 1, 16)],
    ],
  };
  const { params, statistics } = discriminatorShapes(model);
  const total = (shapes: ReadonlyMap<string, readonly number[]>) =>
    [...shapes.values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
  assertEquals([total(params), total(statistics)], [2_771_617, 2560]);
});

/** The small model with a radius that excludes far neighbours. */
const limited: PointConvNetwork = {
  ...SMALL_NETWORK,
  layers: SMALL_NETWORK.layers.map((layer, i) => i < 2 ? { ...layer, radius: 0.9 } : layer),
};

for (const [name, model] of Object.entries({ "all neighbours": SMALL_NETWORK, "near neighbours": limited })) {
  Deno.test(`tracedDiscriminatorTables() with ${name} equal the tables built on the host`, async () => {
    for (const points of [smallPoints(), copiedPoints(BATCH)]) {
      const { coordinates, clouds, dimension } = points;
      const shape = clouds === 1 ? [points.points, dimension] : [clouds, points.points, dimension];
      const traced = tracedDiscriminatorTables(tensor(coordinates, shape), model);
      const expected = await everything(model, points, "train");
      const actual = await everything(model, points, "train", traced);
      const largest = Math.max(...Object.values(expected).flat().map(Math.abs));
      for (const [key, values] of Object.entries(expected)) {
        const error = Math.max(...values.map((value, i) => Math.abs(value - actual[key]![i]!)));
        assert(error <= 1e-11 * largest, `${key} is off by ${error}`);
      }
    }
  });
}

Deno.test("a radius beyond all neighbours has no effect, a smaller one does", async () => {
  const withRadius = (radius: number) => ({
    ...SMALL_NETWORK,
    layers: SMALL_NETWORK.layers.map((layer) => ({ ...layer, radius })),
  });
  const all = await everything(SMALL_NETWORK, smallPoints(), "train");
  const far = await everything(withRadius(9), smallPoints(), "train");
  for (const [key, values] of Object.entries(all)) assertClose(far[key]!, values, 1e-9);
  assert((await everything(limited, smallPoints(), "train"))["logits"]![0] !== all["logits"]![0]);
});

Deno.test("discriminatorTables() names the layer that needs too many points", async () => {
  const points = pointSet(new Float32Array(20).map((_, i) => i), [10, 2]);
  await assertRejects(
    () => discriminatorTables(points, SMALL_NETWORK, { device: reference }),
    RangeError,
    "a layer of 25 points needs at least as many inputs, got 10",
  );
});
