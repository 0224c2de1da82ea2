/** @module */
import {
  asGasp,
  initialState,
  openFileStore,
  presetOf,
  PRESETS,
  resolveRunConfig,
  saveCheckpoint,
  UserError,
} from "@gasp/gasp";
import { assertEquals, assertRejects } from "@std/assert";
import { parseOptions, UsageError } from "../options/options.ts";
import { emojiDataset, mnistPackage } from "@gasp/datasets";
import { configFor, runName, TRAIN_OPTIONS, trainingOf } from "./train_request.ts";

const training = (...args: string[]) => {
  const { values, positionals } = parseOptions(TRAIN_OPTIONS, args);
  return trainingOf(values, positionals[0]);
};

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Saves a checkpoint of the preset `tiny`. */
async function saveStep(folder: string, step: number, overrides: object): Promise<void> {
  const config = asGasp(resolveRunConfig({ preset: "tiny", overrides }));
  const display = { kind: "image", height: 5, width: 5, channels: 1 } as const;
  const state = initialState(config.model, config.training, config.seed);
  await saveCheckpoint(await openFileStore(folder), { step, config, display }, state);
}

Deno.test("trainingOf() uses the default preset, overridden by options", async () => {
  assertEquals((await training()).config, PRESETS.digits);
  const { config } = await training("--preset", "tiny", "--batch", "8", "--seed", "4", "--save-every", "3");
  assertEquals(config, {
    ...PRESETS.tiny,
    seed: 4,
    saveEvery: 3,
    batchSize: 8,
  });
});

Deno.test("trainingOf() selects the preset of a method, which a resumed run keeps", () =>
  inFolder(async (folder) => {
    const { config } = await training("--preset", "tiny", "--model", "autodecoder", "--steps", "7");
    assertEquals(config, { ...presetOf("tiny", "autodecoder"), steps: 7 });
    await assertRejects(
      () => training("--preset", "mnist", "--model", "autodecoder"),
      UserError,
      'the method autodecoder has no preset "mnist"',
    );
    await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(config));
    assertEquals((await training("--resume", folder, "--model", "autodecoder")).config, config);
    await assertRejects(
      () => training("--resume", folder, "--model", "gasp"),
      UsageError,
      "which has autodecoder",
    );
  }));

Deno.test("runName() has the method, unless it is the first with that preset", () => {
  assertEquals(runName(presetOf("digits")), "digits");
  assertEquals(runName(presetOf("digits", "latent-flow")), "digits-latent-flow");
});

Deno.test("configFor() uses the feature dimension of the data, unless a file or the run sets it", () =>
  inFolder(async (folder) => {
    const colour = await emojiDataset(14), grey = await mnistPackage(14), { digits } = PRESETS;
    const request = await training();
    assertEquals(configFor(request, grey), digits);
    assertEquals(configFor(request, colour), { ...digits, model: { ...digits.model, featureDim: 3 } });
    await Deno.writeTextFile(`${folder}/mine.json`, JSON.stringify({ model: { featureDim: 1 } }));
    assertEquals(configFor(await training("--config", `${folder}/mine.json`), colour), digits);
    await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(digits));
    assertEquals(configFor(await training("--resume", folder), colour), digits);
  }));

Deno.test("trainingOf() keeps the configuration of a resumed run, except what may change", () =>
  inFolder(async (folder) => {
    const stored = { ...PRESETS.tiny, seed: 9 };
    await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(stored));
    const same = await training("--resume", folder);
    assertEquals([same.config, same.resume, same.hasCheckpoint, same.step], [stored, true, false, 0]);
    assertEquals((await training("--out", folder, "--resume")).config, stored);
    assertEquals((await training(folder, "--resume")).config, stored);
    await assertRejects(() => training(folder), UsageError, `add --resume to continue that run`);
    const longer = await training("--resume", folder, "--steps", "99", "--seed", "9", "--sample-every", "2");
    assertEquals(longer.config, { ...stored, steps: 99, sampleEvery: 2 });

    await assertRejects(
      () => training("--resume", folder, "--seed", "8"),
      UsageError,
      "does not match the run, which has 9",
    );
    await assertRejects(() => training("--resume", folder, "--config", "x"), UsageError, "--config cannot");
    await assertRejects(
      () => training("--resume", folder, "--out", "x"),
      UsageError,
      "are different runs",
    );
    await assertRejects(() => training("--out", folder), UserError, "already contains a run");
    await saveStep(folder, 0, { seed: 9 });
    const imported = await training("--resume", folder);
    assertEquals([imported.hasCheckpoint, imported.step], [true, 0]);
    await saveStep(folder, 20, { seed: 9 });
    await assertRejects(
      () => training("--resume", folder, "--steps", "9"),
      UserError,
      "--steps must be at least 20",
    );
  }));

Deno.test("trainingOf() restores a missing configuration from the checkpoint, and names an edited field", () =>
  inFolder(async (folder) => {
    await saveStep(folder, 20, { seed: 9 });
    const restored = await training("--resume", folder);
    assertEquals([restored.config, restored.step], [{ ...PRESETS.tiny, seed: 9 }, 20]);
    const model = { ...PRESETS.tiny.model, latentDim: 3 };
    await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify({ ...PRESETS.tiny, seed: 9, model }));
    await assertRejects(
      () => training("--resume", folder),
      UserError,
      `${folder}/config.json was changed after the checkpoint of step 20: "model.latentDim" is 3, but was`,
    );
  }));

Deno.test("trainingOf() accepts a byte order mark before a configuration", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/mine.json`, '\ufeff{"preset": "tiny"}');
    assertEquals((await training("--config", `${folder}/mine.json`)).config, PRESETS.tiny);
  }));

Deno.test("trainingOf() reports a damaged stored configuration", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/config.json`, '{"preset": "tiny"}');
    await assertRejects(
      () => training("--resume", folder),
      UserError,
      `${folder}/config.json: "method" is missing`,
    );
  }));
