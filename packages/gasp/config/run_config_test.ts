/** @module */
import { assertEquals, assertThrows } from "@std/assert";
import { discriminatorShapes } from "../model/discriminator_shapes.ts";
import { hypernetworkShapes } from "../model/hypernetwork.ts";
import { PRESET_NAMES, PRESETS } from "./presets.ts";
import { checkAgainstData, parseRunConfig, resolveRunConfig } from "./run_config.ts";
import type { RunConfig } from "./run_settings.ts";
import { UserError } from "./user_error.ts";

const digits = PRESETS.digits;
const edited = (edit: (config: Record<string, unknown>) => void): unknown => {
  const copy = structuredClone(digits) as unknown as Record<string, unknown>;
  edit(copy);
  return copy;
};
const asData = (config: RunConfig) => ({
  name: config.data,
  pointCount: config.data === "era5"
    ? config.resolution * Math.round((config.resolution * 90) / 46)
    : config.resolution ** config.model.coordinateDim,
  coordinateDim: config.model.coordinateDim,
  featureDim: config.model.featureDim,
});

for (const name of PRESET_NAMES) {
  Deno.test(`PRESETS.${name} is valid, fits its data and survives JSON`, () => {
    const config = PRESETS[name];
    assertEquals(config.preset, name);
    assertEquals(parseRunConfig(JSON.parse(JSON.stringify(config)), "json"), config);
    checkAgainstData(config, asData(config));
  });
}

Deno.test("PRESETS have the sizes of the reference's networks", () => {
  const discriminators = {
    mnist: 665_793,
    celebahq64: 2_771_617,
    celebahq128: 11_172_481,
    "shapenet-voxels": 699_217,
    era5: 2_769_649,
  };
  const hypernetworks = { mnist: 34_031_361, celebahq64: 34_163_715, "shapenet-voxels": 17_418_369 };
  const total = (shapes: Iterable<readonly number[]>) =>
    [...shapes].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
  for (const [name, size] of Object.entries(discriminators)) {
    const { model } = PRESETS[name as keyof typeof discriminators];
    assertEquals(total(discriminatorShapes(model).params.values()), size);
  }
  for (const [name, size] of Object.entries(hypernetworks)) {
    const { model } = PRESETS[name as keyof typeof hypernetworks];
    assertEquals(total(hypernetworkShapes(model).values()), size);
  }
});

Deno.test("resolveRunConfig() merges preset, file and single values, each over the one before", () => {
  assertEquals(resolveRunConfig({}), PRESETS[PRESET_NAMES[0]!]);
  const value = { preset: "tiny", seed: 3, steps: 7, training: { batch: 2 }, model: { hyperHidden: [5, 6] } };
  const config = resolveRunConfig({ file: { value, where: "f.json" }, overrides: { steps: 9 } });
  const { tiny } = PRESETS;
  assertEquals(config, {
    ...tiny,
    seed: 3,
    steps: 9,
    training: { ...tiny.training, batch: 2 },
    model: { ...tiny.model, hyperHidden: [5, 6] },
  });
  const other = resolveRunConfig({ preset: "digits", file: { value: { preset: "tiny" }, where: "f.json" } });
  assertEquals(other, digits);
});

Deno.test("resolveRunConfig() accepts a model without Fourier features and without an average", () => {
  const value = { model: { fourier: null }, training: { averageDecay: null } };
  const config = resolveRunConfig({ file: { value, where: "f.json" } });
  assertEquals([config.model.fourier, config.training.averageDecay], [null, null]);
});

Deno.test("resolveRunConfig() refuses what is no configuration and names what is allowed", () => {
  const cases: [unknown, string][] = [
    [[], 'f.json: a configuration is a JSON object, for example {"steps": 500}'],
    [{ preset: "digit" }, `unknown preset "digit": the presets are ${PRESET_NAMES.join(", ")}`],
    [{ preset: 3 }, `unknown preset 3: the presets are ${PRESET_NAMES.join(", ")}`],
    [{ steps: "many" }, 'f.json: "steps" is "many", but must be a whole number of at least 1'],
    [{ training: { batch: 0 } }, 'f.json: "training.batch" is 0, but must be a whole number from 1 to 65536'],
    [
      { training: { lr: 1 } },
      'f.json: "training.lr" is not a known field; known here are batch, generatorRate, discriminatorRate, ' +
      "r1Weight, r1On, loss, averageDecay, subset",
    ],
    [
      { training: { loss: "hinge" } },
      'f.json: "training.loss" is "hinge", but must be one of "probability", "logit"',
    ],
    [{ model: { layers: [] } }, 'f.json: "model.layers" is [], but must be a list of at least 1'],
    [
      { model: { layers: [{ kind: "conf" }] } },
      'f.json: "model.layers.0.kind" is "conf", but must be one of "conv", "pool"',
    ],
    [
      { model: { layers: [{ kind: "pool", points: 4 }] } },
      'f.json: "model.layers.0.neighbours" is missing',
    ],
    [
      { model: { layers: [{ kind: "pool", points: 4, neighbours: 9 }] } },
      'f.json: "model.layers" must end in a "conv" with 1 channel at 1 point, or have a "head"',
    ],
    [
      { model: { layers: [{ kind: "pool", points: 4, neighbours: 9 }], head: [8] } },
      'f.json: "model.head" is [8], but must end in 1',
    ],
    [
      {
        model: {
          layers: [
            { kind: "pool", points: 4, neighbours: 9 },
            { kind: "conv", channels: 1, points: 1, neighbours: 9 },
          ],
        },
      },
      'f.json: "model.layers.1.neighbours" is 9, but must be at most 4: layer 0 gives 4 points',
    ],
  ];
  for (const [value, message] of cases) {
    const error = assertThrows(() => resolveRunConfig({ file: { value, where: "f.json" } }), UserError);
    assertEquals(error.message, message);
  }
});

Deno.test("parseRunConfig() needs every field", () => {
  const value = edited((config) => delete config["seed"]);
  const error = assertThrows(() => parseRunConfig(value, "runs/a/config.json"), UserError);
  assertEquals(error.message, 'runs/a/config.json: "seed" is missing');
});

Deno.test("checkAgainstData() refuses data of other sizes", () => {
  const small = { ...asData(digits), pointCount: 100 };
  assertEquals(
    assertThrows(() => checkAgainstData(digits, small), UserError).message,
    'the configuration: "model.layers.0.points" is 196, but must be at most 100: ' +
      'the data "mnist" at this resolution have 100 points',
  );
  const colour = { ...asData(digits), name: "faces", featureDim: 3 };
  assertEquals(
    assertThrows(() => checkAgainstData(digits, colour), UserError).message,
    '"model.featureDim" is 1, but must be 3 for the data "faces": ' +
      'set it so in a file for --config, {"model": {"featureDim": 3}}, or choose other data',
  );
});
