/** @module */
import type { Display } from "@gasp/datasets";
import { assertEquals, assertThrows } from "@std/assert";
import type { RunConfig } from "../config/run_settings.ts";
import { ConfigError, UserError } from "../config/user_error.ts";
import { openDiscriminator } from "../methods/gasp/discriminators/table.ts";
import { asGasp } from "../methods/gasp/gasp.ts";
import { hypernetworkShapes } from "../model/hypernetwork.ts";
import { methodNames, methodOf, PRESET_NAMES, presetOf, PRESETS } from "../methods/table.ts";
import { adaptToData, checkAgainstData, parseRunConfig, resolveRunConfig } from "./run_config.ts";

const digits = PRESETS.digits;
const edited = (edit: (config: Record<string, unknown>) => void): unknown => {
  const copy = structuredClone(digits) as unknown as Record<string, unknown>;
  edit(copy);
  return copy;
};
const displayOf = ({ data, resolution }: RunConfig): Display =>
  data === "era5"
    ? { kind: "sphere", latitudes: resolution, longitudes: 2 * resolution, scale: { low: 0, high: 1 } }
    : { kind: "image", height: resolution, width: resolution, channels: 1 };
const asData = (config: RunConfig) => ({
  name: config.data,
  items: 1000,
  display: displayOf(config),
  pointCount: config.data === "era5"
    ? config.resolution * Math.round((config.resolution * 90) / 46)
    : config.resolution ** config.model.coordinateDim,
  coordinateDim: config.model.coordinateDim,
  featureDim: config.model.featureDim,
});

for (const method of methodNames()) {
  Deno.test(`the presets of ${method} are valid, match their data and survive JSON`, () => {
    for (const [name, config] of Object.entries(methodOf({ method }).presets)) {
      assertEquals([config.preset, config.method], [name, method]);
      assertEquals(parseRunConfig(JSON.parse(JSON.stringify(config)), "json"), config);
      checkAgainstData(config, asData(config));
      const adapted = adaptToData(config, asData(config));
      assertEquals(parseRunConfig(adapted, "adapted"), adapted);
      assertEquals(adaptToData(adapted, asData(config)), adapted);
      assertEquals(resolveRunConfig({ preset: name, method }), config);
    }
  });
}

Deno.test("resolveRunConfig() selects the preset of a method, and names those that it has", () => {
  const [named, inFile] = [
    resolveRunConfig({ preset: "tiny", method: "autodecoder" }),
    resolveRunConfig({ file: { value: { method: "autodecoder", preset: "tiny" }, where: "f.json" } }),
  ];
  assertEquals(named, presetOf("tiny", "autodecoder"));
  assertEquals(inFile, named);
  assertEquals(resolveRunConfig({ method: "autodecoder" }), presetOf("digits", "autodecoder"));
  assertThrows(
    () => resolveRunConfig({ preset: "mnist", method: "autodecoder" }),
    UserError,
    'the method autodecoder has no preset "mnist": its presets are digits, ',
  );
  assertThrows(() => resolveRunConfig({ method: "unknown" }), UserError, 'unknown method "unknown"');
});

Deno.test("PRESETS have as many parameters as the reference code's networks", () => {
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
    assertEquals(total(openDiscriminator(model).shapes.params.values()), size);
  }
  for (const [name, size] of Object.entries(hypernetworks)) {
    const { model } = PRESETS[name as keyof typeof hypernetworks];
    assertEquals(total(hypernetworkShapes(model).values()), size);
  }
});

Deno.test("resolveRunConfig() merges preset, file and individual fields, in increasing precedence", () => {
  assertEquals(resolveRunConfig({}), PRESETS[PRESET_NAMES[0]!]);
  const value = {
    preset: "tiny",
    seed: 3,
    steps: 7,
    batchSize: 2,
    training: { r1Weight: 3 },
    model: { hyperHidden: [5, 6] },
  };
  const config = resolveRunConfig({ file: { value, where: "f.json" }, overrides: { steps: 9 } });
  const { tiny } = PRESETS;
  assertEquals(asGasp(config), {
    ...tiny,
    seed: 3,
    steps: 9,
    batchSize: 2,
    training: { ...tiny.training, r1Weight: 3 },
    model: { ...tiny.model, hyperHidden: [5, 6] },
  });
  const other = resolveRunConfig({ preset: "digits", file: { value: { preset: "tiny" }, where: "f.json" } });
  assertEquals(other, digits);
});

Deno.test("resolveRunConfig() accepts a model without Fourier features and without a moving average", () => {
  const value = { model: { fourier: null }, training: { emaDecay: null } };
  const config = asGasp(resolveRunConfig({ file: { value, where: "f.json" } }));
  assertEquals([config.model.fourier, config.training.emaDecay], [null, null]);
});

Deno.test("resolveRunConfig() rejects invalid configurations and names what is allowed", () => {
  const discriminator = (value: object) => ({ model: { discriminator: value } });
  const cases: [unknown, string][] = [
    [[], 'f.json: a configuration must be a JSON object, such as {"steps": 500}'],
    [{ preset: "digit" }, `unknown preset "digit": the presets are ${PRESET_NAMES.join(", ")}`],
    [{ preset: 3 }, `unknown preset 3: the presets are ${PRESET_NAMES.join(", ")}`],
    [{ steps: "many" }, 'f.json: "steps" is "many", but must be a whole number of at least 1'],
    [{ batchSize: 0 }, 'f.json: "batchSize" is 0, but must be a whole number from 1 to 65536'],
    [{ method: "gan" }, `unknown method "gan": the methods are ${methodNames().join(", ")}`],
    [
      { training: { lr: 1 } },
      'f.json: "training.lr" is not a known field; known fields are generatorRate, discriminatorRate, ' +
      "r1Weight, r1On, loss, emaDecay, subset",
    ],
    [
      { training: { loss: "hinge" } },
      'f.json: "training.loss" is "hinge", but must be one of "probability", "logit"',
    ],
    [
      discriminator({ kind: "conv" }),
      'f.json: "model.discriminator.kind" is "conv", but must be one of "pointconv", "set", "set-transformer"',
    ],
    [
      discriminator({ layers: [] }),
      'f.json: "model.discriminator.layers" is [], but must be a list of 1 to 256 elements',
    ],
    [
      discriminator({ layers: [{ kind: "conf" }] }),
      'f.json: "model.discriminator.layers.0.kind" is "conf", but must be one of "conv", "pool"',
    ],
    [
      discriminator({ layers: [{ kind: "pool", points: 4 }] }),
      'f.json: "model.discriminator.layers.0.neighbours" is missing',
    ],
    [
      discriminator({ layers: [{ kind: "pool", points: 4, neighbours: 9 }] }),
      'f.json: "model.discriminator.layers" must end in a "conv" with 1 channel at 1 point, or have a "head"',
    ],
    [
      discriminator({ layers: [{ kind: "pool", points: 4, neighbours: 9 }], head: [8] }),
      'f.json: "model.discriminator.head" is [8], but must end in 1',
    ],
    [
      discriminator({
        layers: [
          { kind: "pool", points: 4, neighbours: 9 },
          { kind: "conv", channels: 1, points: 1, neighbours: 9 },
        ],
      }),
      'f.json: "model.discriminator.layers.1.neighbours" is 9, but must be at most 4: layer 0 has 4 points',
    ],
  ];
  for (const [value, message] of cases) {
    const error = assertThrows(() => resolveRunConfig({ file: { value, where: "f.json" } }), UserError);
    assertEquals(error.message, message);
  }
});

Deno.test("parseRunConfig() requires every field", () => {
  const value = edited((config) => delete config["seed"]);
  const error = assertThrows(() => parseRunConfig(value, "runs/a/config.json"), UserError);
  assertEquals(error.message, 'runs/a/config.json: "seed" is missing');
});

Deno.test("checkAgainstData() rejects data of other dimensions", () => {
  const small = { ...asData(digits), pointCount: 100 };
  assertEquals(
    assertThrows(() => checkAgainstData(digits, small), UserError).message,
    'the configuration: "model.discriminator.layers.0.points" is 196, but must be at most 100: ' +
      'the data "mnist" at this resolution have 100 points',
  );
  const colour = { ...asData(digits), name: "faces", featureDim: 3 };
  const error = assertThrows(() => checkAgainstData(digits, colour), ConfigError);
  assertEquals(error.message, '"model.featureDim" is 1, but must be 3 for the data "faces"');
  assertEquals([error.field, error.fitting], ["model.featureDim", 3]);
});
