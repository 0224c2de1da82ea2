/** @module */
import type { Display } from "@gasp/datasets";
import { gasp, GASP_PRESETS, type GaspState, openFileStore, saveCheckpoint, UserError } from "@gasp/gasp";
import { MemoryError, parseNpz, tensor, writeNpz } from "@gasp/tensor";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { collectPrinted } from "../terminal/output_testing.ts";
import { sampleCommand } from "./sample_command.ts";

const SCALE = { low: 200, high: 300, units: "K", quantity: "temperature" };
const KINDS: Record<Display["kind"], { dimension: number; display: Display }> = {
  image: { dimension: 2, display: { kind: "image", height: 5, width: 5, channels: 1 } },
  volume: { dimension: 3, display: { kind: "volume", resolution: 6 } },
  sphere: { dimension: 3, display: { kind: "sphere", latitudes: 5, longitudes: 8, scale: SCALE } },
  curve: { dimension: 1, display: { kind: "curve", samples: 9, rate: 100 } },
  cloud: { dimension: 2, display: { kind: "cloud", scales: [SCALE] } },
};

/** Creates a run of a kind for a test, which receives its folder and a function that samples it and returns the output. */
async function withRun(
  kind: Display["kind"],
  use: (folder: string, sample: (...args: string[]) => Promise<string>) => Promise<void>,
  edit: (state: GaspState) => GaspState = (state) => state,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gasp-test-" });
  try {
    const { dimension, display } = KINDS[kind];
    const { tiny } = GASP_PRESETS;
    const config = { ...tiny, seed: 4, model: { ...tiny.model, coordinateDim: dimension } };
    const state = edit(gasp.initialState(config));
    await saveCheckpoint(await openFileStore(folder), { step: 3, config, display }, state);
    await use(folder, async (...args) => {
      using printed = collectPrinted();
      assertEquals(await sampleCommand.execute(["--run", folder, "--device", "reference", ...args]), 0);
      return printed.text;
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

const startOf = async (path: string) => String.fromCharCode(...(await Deno.readFile(path)).slice(0, 4));

for (const kind of ["image", "volume", "sphere", "curve"] as const) {
  Deno.test(`sample draws a sheet of samples of kind ${kind}`, () =>
    withRun(kind, async (folder, sample) => {
      const printed = await sample("--count", "2", "--resolution", "6");
      assertEquals(printed, `2 samples of ${folder} at step 3: ${folder}/samples/step-3-seed-0.png`);
      assertEquals(await startOf(`${folder}/samples/step-3-seed-0.png`), "\x89PNG");
    }));
}

Deno.test("sample writes a mesh and an image of it, selected by extension or by format", () =>
  withRun("volume", async (folder, sample) => {
    const one = await sample("--count", "1", "--resolution", "7", "--out", `${folder}/one/chair.glb`);
    const files = `${folder}/one/chair.glb and ${folder}/one/chair.png`;
    assert(one.endsWith(`1 sample of ${folder} at step 3: ${files}`), one);
    assertEquals(await namesIn(`${folder}/one`), ["chair.glb", "chair.png"]);
    assertEquals(await startOf(`${folder}/one/chair.glb`), "glTF");
    for (const format of ["obj", "ply"]) {
      const out = `${folder}/${format}`;
      await sample("--count", "2", "--resolution", "5", "--format", format, "--out", out);
      assertEquals(await namesIn(out), [`0.${format}`, "0.png", `1.${format}`, "1.png"]);
    }
    await sample("--count", "1", "--resolution", "5", "--separate", "--out", `${folder}/pictures`);
    assertEquals(await namesIn(`${folder}/pictures`), ["0.png"]);
  }));

/** A generator whose functions are 0 everywhere. */
const withoutWeights = (state: GaspState): GaspState => {
  const zeros = (shape: readonly number[]) =>
    tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
  const generator = Object.fromEntries(
    Object.entries(state.generator).map(([name, { shape }]) => [name, zeros(shape)]),
  );
  return { ...state, generator, ema: generator };
};

Deno.test("sample warns of empty shapes, but writes their files", () =>
  withRun("volume", async (folder, sample) => {
    const output = await sample("--count", "2", "--resolution", "5", "--out", `${folder}/out.glb`);
    assert(
      output.startsWith("warning: 2 of 2 shapes are empty: train longer, or try another --seed\n"),
      output,
    );
    assertEquals(await namesIn(`${folder}/out`), ["0.glb", "0.png", "1.glb", "1.png"]);
  }, withoutWeights));

Deno.test("sample writes fields on the sphere as one file, or as maps and globes", () =>
  withRun("sphere", async (folder, sample) => {
    await sample("--count", "2", "--resolution", "7", "--out", `${folder}/fields.nc`);
    assertEquals(await startOf(`${folder}/fields.nc`), "CDF\x01");
    await sample("--count", "2", "--separate", "--resolution", "7", "--out", `${folder}/maps`);
    assertEquals(await namesIn(`${folder}/maps`), ["0-globe.png", "0.png", "1-globe.png", "1.png"]);
  }));

Deno.test("sample writes curves as sounds and tables", () =>
  withRun("curve", async (folder, sample) => {
    await sample("--count", "11", "--format", "wav", "--out", `${folder}/sounds`);
    assertEquals((await namesIn(`${folder}/sounds`)).slice(0, 2), ["00.wav", "01.wav"]);
    await sample("--count", "2", "--resolution", "5", "--out", `${folder}/table.csv`);
    assertEquals((await Deno.readTextFile(`${folder}/table.csv`)).split("\n").length, 7);
  }));

Deno.test("sample evaluates clouds at given coordinates", () =>
  withRun("cloud", async (folder, sample) => {
    await assertRejects(() => sample(), UserError, "specify the points with --coordinates");
    await assertRejects(() => sample("--coordinates", `${folder}/none.npz`), UserError, "there is no file");
    const coordinates = { shape: [3, 2], data: Float32Array.of(0, 0, 1, 1, 0.5, -0.5) };
    await Deno.writeFile(`${folder}/at.npz`, writeNpz([["coordinates", coordinates]]));
    await sample("--coordinates", `${folder}/at.npz`, "--count", "4", "--out", `${folder}/out.npz`);
    const features = parseNpz(await Deno.readFile(`${folder}/out.npz`)).get("features")!;
    assertEquals(features.shape, [4, 3, 1]);
    assert(features.data.every((value) => value > 200 && value < 300));
    await sample("--coordinates", `${folder}/at.npz`, "--count", "4");
    assertEquals(await startOf(`${folder}/samples/step-3-seed-0.png`), "\x89PNG");
  }));

Deno.test("sample names the supported formats", () =>
  withRun("image", async (folder, sample) => {
    const cases: [string[], string][] = [
      [["--format", "glb"], "images cannot be written as glb: supported formats are png, npz"],
      [["--out", "a.nc"], "images cannot be written as netcdf"],
      [["--out", "a.gif"], "no format has the extension .gif"],
      [["--format", "npz", "--out", "a.png"], "change it to .npz"],
      [["--format", "jpg"], "--format must be one of png, glb"],
      [["--coordinates", "a.npz"], "omit --coordinates"],
    ];
    for (const [args, message] of cases) await assertRejects(() => sample(...args), UserError, message);
    assertEquals(await namesIn(folder), ["checkpoints"]);
  }));

Deno.test("sample refuses requests that do not fit in memory", () =>
  withRun("volume", async (_folder, sample) => {
    const cases = [
      ["--resolution", "3000"],
      ["--count", "65536", "--resolution", "300"],
      ["--format", "glb", "--count", "1", "--resolution", "60000"],
    ];
    for (const args of cases) await assertRejects(() => sample(...args), MemoryError, "a resolution of ");
  }));

Deno.test("sample writes a single file into a folder that --out names", () =>
  withRun("image", async (folder, sample) => {
    await Deno.mkdir(`${folder}/sheets`);
    for (const out of [`${folder}/sheets`, `${folder}/new/`]) {
      const printed = await sample("--count", "2", "--resolution", "6", "--out", out);
      const path = `${out.replace(/\/$/, "")}/step-3-seed-0.png`;
      assert(printed.endsWith(`: ${path}`), printed);
      assertEquals(await startOf(path), "\x89PNG");
    }
    assertEquals((await namesIn(folder)).filter((name) => name.startsWith("sheets")), ["sheets"]);
  }));
