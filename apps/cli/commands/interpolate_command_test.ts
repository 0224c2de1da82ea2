/** @module */
import {
  encodePng,
  openFileStore,
  openNewestCheckpoint,
  rasterFromValues,
  sampleForDisplay,
  sampleLatents,
  Sampler,
} from "@gasp/gasp";
import { reference, writeNpy } from "@gasp/tensor";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ON_REFERENCE, withTinyRun } from "./explore_commands_testing.ts";
import { interpolateCommand } from "./interpolate_command.ts";

/** Returns the image of a sample of seed 0. */
async function sampleOf(run: string, index: number, resolution: number): Promise<Uint8Array> {
  const checkpoint = (await openNewestCheckpoint(await openFileStore(run)))!,
    { generator, display } = checkpoint;
  const sampler = new Sampler(generator, reference);
  const latents = sampleLatents(0, index + 1, generator.latentDim).slice(index * generator.latentDim);
  const weights = await checkpoint.readWeights("ema");
  const shown = await sampleForDisplay(sampler, weights, { latents, display, resolution });
  sampler.release();
  return encodePng(rasterFromValues(shown.values, { height: resolution, width: resolution, channels: 1 }));
}

Deno.test("interpolate writes frames that start and end with the samples themselves", () =>
  withTinyRun(async (run, folder) => {
    const out = `${folder}/frames`;
    const args = [
      run,
      "--from",
      "2",
      "--to",
      "0:7",
      "--steps",
      "12",
      "--format",
      "frames",
      "--resolution",
      "6",
    ];
    assertEquals(await interpolateCommand.execute([...args, "--out", out, ...ON_REFERENCE]), 0);
    const names = [...Deno.readDirSync(out)].map(({ name }) => name).sort();
    assertEquals([names.length, names[0], names[11]], [12, "00.png", "11.png"]);
    assertEquals(await Deno.readFile(`${out}/00.png`), await sampleOf(run, 2, 6));
    assertEquals(await Deno.readFile(`${out}/11.png`), await sampleOf(run, 7, 6));
  }));

Deno.test("interpolate writes sheets and animations, including between latents from files", () =>
  withTinyRun(async (run, folder) => {
    const latent = `${folder}/latent.npy`;
    await Deno.writeFile(latent, writeNpy({ shape: [4], data: Float32Array.of(1, 2, 3, 4) }));
    const args = [run, "--from", latent, "--steps", "4", ...ON_REFERENCE];
    assertEquals(await interpolateCommand.execute(args), 0);
    assert((await Deno.stat(`${run}/samples/interpolation.png`)).size > 0);
    const out = `${folder}/way.png`;
    assertEquals(
      await interpolateCommand.execute([...args, "--format", "apng", "--resolution", "4", "--out", out]),
      0,
    );
    const text = new TextDecoder("latin1").decode(await Deno.readFile(out));
    // Four frames there, two back
    assertEquals(text.split("fcTL").length - 1, 6);
  }));

Deno.test("interpolate explains invalid latents", () =>
  withTinyRun(async (run, folder) => {
    const refuse = (from: string, message: string) =>
      assertRejects(() => interpolateCommand.execute([run, "--from", from, ...ON_REFERENCE]), Error, message);
    await refuse(
      "seven",
      '--from must be an index N of a sample of seed 0, SEED:N, or a FILE.npy written by fit; got "seven"',
    );
    await refuse(`${folder}/none.npy`, "there is no file");
    await Deno.writeFile(`${folder}/wrong.npy`, writeNpy({ shape: [3], data: new Float32Array(3) }));
    await refuse(`${folder}/wrong.npy`, "shape (3), but a latent of this run has 4 finite elements");
    await Deno.writeTextFile(`${folder}/damaged.npy`, "no");
    await refuse(`${folder}/damaged.npy`, "damaged.npy cannot be read");
  }));
