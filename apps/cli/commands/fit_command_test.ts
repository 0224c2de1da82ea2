/** @module */
import { encodePng } from "@gasp/gasp";
import { parseNpy, writeNpz } from "@gasp/tensor";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ON_REFERENCE, withTinyRun } from "./explore_commands_testing.ts";
import { collectPrinted } from "../terminal/output_testing.ts";
import { fitCommand } from "./fit_command.ts";

const grey = (size: number, pixel: (i: number) => number) =>
  encodePng({
    height: size,
    width: size,
    channels: 1,
    pixels: Uint8Array.from({ length: size * size }, (_, i) => pixel(i)),
  });

/** Runs the command and returns its output. */
async function printed(args: readonly string[]): Promise<string> {
  using printed = collectPrinted();
  assertEquals(await fitCommand.execute(args), 0);
  return printed.text;
}

Deno.test("fit observes the points selected by all options, and writes an image and a latent", () =>
  withTinyRun(async (run, folder) => {
    await Deno.writeFile(`${folder}/input.png`, grey(10, (i) => i * 2));
    // Left three of five columns
    await Deno.writeFile(`${folder}/mask.png`, grey(5, (i) => i % 5 < 3 ? 255 : 0));
    const args = [
      run,
      "--input",
      `${folder}/input.png`,
      "--steps",
      "3",
      "--resolution",
      "8",
      ...ON_REFERENCE,
    ];
    const out = ["--out", `${folder}/out.png`, "--latent", `${folder}/latent.npy`];
    assert((await printed([...args, ...out])).includes("at the 25 observed points"));
    const some = ["--mask", `${folder}/mask.png`, "--region", "-1,-1,1,0", "--keep", "0.5"];
    // Three columns and three rows, a half of them
    const lines = await printed([...args, ...some, ...out]);
    assert(
      /^best fit: .* 5 observed points, [\d.]+ at all 25 known points\nmean of fits: /.test(lines),
      lines,
    );
    assert((await Deno.stat(`${folder}/out.png`)).size > 0);
    assertEquals(parseNpy(await Deno.readFile(`${folder}/latent.npy`)).shape, [4]);
  }));

Deno.test("fit reads values at arbitrary points from an npz file", () =>
  withTinyRun(async (run, folder) => {
    const coordinates = { shape: [3, 2], data: Float32Array.of(-0.3, 0.7, 0.1, 0.2, 0.9, -0.8) };
    const features = { shape: [3, 1], data: Float32Array.of(0.1, -0.5, 0.9) };
    await Deno.writeFile(
      `${folder}/points.npz`,
      writeNpz([["coordinates", coordinates], ["features", features]]),
    );
    const args = [
      run,
      "--input",
      `${folder}/points.npz`,
      "--steps",
      "2",
      "--out",
      `${folder}/out.png`,
      ...ON_REFERENCE,
    ];
    assert((await printed(args)).includes("at all 3 known points"));
    await assertRejects(
      () => fitCommand.execute([...args, "--mask", `${folder}/none.png`]),
      Error,
      "--mask requires an image",
    );
  }));

Deno.test("fit explains invalid options", () =>
  withTinyRun(async (run, folder) => {
    await Deno.writeFile(`${folder}/input.png`, grey(5, () => 9));
    const refuse = (options: string[], message: string) =>
      assertRejects(() => fitCommand.execute([run, ...options, ...ON_REFERENCE]), Error, message);
    await refuse([], "fit needs --input FILE");
    const input = ["--input", `${folder}/input.png`];
    await refuse([...input, "--keep", "2"], '--keep must be above 0 and at most 1; got "2"');
    await refuse([...input, "--noise", "-1"], '--noise must be at least 0; got "-1"');
    await refuse([...input, "--region", "0,1"], "--region must be 4 numbers x0,y0,x1,y1");
    await refuse([...input, "--region", "0.1,0.1,0.2,0.2"], "--mask and --region select no points");
    await refuse(["--input", `${folder}/none.png`], "there is no file");
  }));
