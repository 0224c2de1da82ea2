/** @module */
import { randomSource } from "@gasp/autograd";
import { evaluate, openDevice, treePaths } from "@gasp/tensor";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { convTables } from "../tables/tables.ts";
import { findNeighbourhoods } from "../tables/neighbourhood.ts";
import { initPointConv, initWeightNet } from "./init.ts";
import { pointConv } from "./point_conv.ts";
import { gridPoints, numbers, randomLayer, randomTensor } from "../testing.ts";

const random = () => randomSource({ seed: 0, stream: "init" });

Deno.test("initPointConv() has the names and shapes of a layer, with batch norm as the identity", async () => {
  const layer = initPointConv(random(), {
    dimension: 2,
    channelsIn: 3,
    channelsOut: 4,
    weightNetSizes: [5, 6],
  });
  const shapes = (tree: ReturnType<typeof randomLayer>) =>
    [...treePaths({ params: tree.params, statistics: tree.statistics })].map((
      [path, { shape }],
    ) => [path, shape]);
  assertEquals(shapes(layer), shapes(randomLayer(2, 3, 4)));
  assertEquals(await numbers(layer.statistics["weight_net.forward_layers.4.running_var"]!), Array(6).fill(1));
  const weights = await numbers(layer.params["linear.weight"]!);
  const largest = Math.max(...weights.map(Math.abs));
  assert(largest <= 1 / Math.sqrt(18) && largest > 0.9 / Math.sqrt(18), `${largest}`);
});

Deno.test("initWeightNet() without batch norm has no statistics, and the layer runs", async () => {
  const sizes = { dimension: 2, weightNetSizes: [5, 6], batchNorm: false };
  assertEquals(Object.keys(initWeightNet(random(), sizes).params), [
    "weight_net.forward_layers.0.weight",
    "weight_net.forward_layers.0.bias",
    "weight_net.forward_layers.2.weight",
    "weight_net.forward_layers.2.bias",
  ]);
  const layer = initPointConv(random(), { ...sizes, channelsIn: 3, channelsOut: 4 });
  await using device = await openDevice("wasm");
  const [found] = await findNeighbourhoods(gridPoints(3), [{ points: 9, neighbours: 4 }], { device });
  const result = pointConv(randomTensor("features", [9, 2, 3]), layer, convTables(found!), "train");
  using features = await evaluate(result.features, device);
  const values = await features.data();
  assertEquals([features.shape, result.statistics], [[9, 2, 4], {}]);
  assert(new Set(values).size > 60 && values.every(Number.isFinite));
});

Deno.test("initWeightNet() rejects a net without layers", () => {
  assertThrows(
    () => initWeightNet(random(), { dimension: 2, weightNetSizes: [] }),
    RangeError,
    "at least one layer",
  );
});
