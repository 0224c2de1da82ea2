/** @module */
import { asGasp, generatorOf, initialGenerator, resolveRunConfig } from "@gasp/gasp";
import { generatorFile } from "@gasp/gasp/import";
import { assert, assertEquals } from "@std/assert";
import { gridOf, sampleGrid, samplesOn } from "./grids.ts";
import { picturesOf } from "./draw.ts";
import { computeDevice } from "./device.ts";
import { openModel } from "./models.ts";

const cloud = { kind: "cloud", scales: [{ low: 0, high: 1 }] } as const;

Deno.test("gridOf() shows clouds on the plane of the first two coordinates, and functions of one variable as curves", () => {
  const { display, coordinates } = gridOf({ display: cloud, coordinateDim: 4, featureDim: 2 }, 3);
  assertEquals(display, { kind: "image", height: 3, width: 3, channels: 1 });
  // The upper left, then to the right; the third and fourth coordinate are 0
  assertEquals([...coordinates.subarray(0, 8)].map((x) => Math.round(3 * x) / 3), [
    ...[-2 / 3, 2 / 3, 0, 0],
    ...[0, 2 / 3, 0, 0],
  ]);
  const curve = gridOf({ display: cloud, coordinateDim: 1, featureDim: 1 }, 5);
  assertEquals([curve.display.kind, [...curve.coordinates]], ["curve", [-1, -0.5, 0, 0.5, 1]]);
  const image = { kind: "image", height: 4, width: 8, channels: 3 } as const;
  const sized = gridOf({ display: image, coordinateDim: 2, featureDim: 3 }, 2);
  assertEquals(sized.display, { ...image, height: 2, width: 4 });
});

Deno.test("samplesOn() shows the first of two features", () => {
  const info = { display: cloud, coordinateDim: 2, featureDim: 2 }, grid = gridOf(info, 2);
  const { values, featureDim } = samplesOn(grid, info, Float32Array.of(1, -1, 2, -2, 3, -3, 4, -4));
  assertEquals([[...values], featureDim], [[1, 2, 3, 4], 1]);
});

Deno.test("sampleGrid() samples a model of clouds for pictures", async () => {
  await computeDevice("wasm");
  const base = asGasp(resolveRunConfig({ preset: "points" }));
  const model = { ...base.model, coordinateDim: 3, functionHidden: [8], hyperHidden: [8], latentDim: 4 };
  const config = { ...base, model };
  const file = new Blob(
    await Array.fromAsync(
      generatorFile({ step: 0, config, display: cloud }, initialGenerator(model, 0), "latest"),
    ) as BlobPart[],
  );
  const opened = await openModel("browser/points", { file });
  assertEquals(opened.info.latentDim, generatorOf(config).latentDim);
  const { count, height, width, pixels } = await picturesOf(await sampleGrid(opened, new Float32Array(8), 6));
  assertEquals([count, height, width], [2, 6, 6]);
  assert(new Set(pixels).size > 2, "a flat picture");
  await opened.sampler.release();
});
