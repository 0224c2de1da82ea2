/** @module */
import { UserError } from "@gasp/gasp";
import { writeNpy } from "@gasp/tensor";
import { mnistPackage } from "@gasp/datasets";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { UsageError } from "../options/options.ts";
import { collectPrinted } from "../terminal/output_testing.ts";
import { evaluateCommand } from "./evaluate_command.ts";
import { withTinyRun } from "./explore_commands_testing.ts";
import { distanceCommand, scoreCommand } from "../command/moved_commands.ts";

const FEW = ["--samples", "60", "--reference", "80", "--device", "wasm", "--threads", "1"];
const INCEPTION = new URL("../../../tests/fixtures/metrics/inception.safetensors", import.meta.url).pathname;

async function evaluate(...args: string[]): Promise<string> {
  using printed = collectPrinted();
  assertEquals(await evaluateCommand.execute([...args, ...FEW]), 0);
  return printed.text;
}

Deno.test("evaluate prints each value beside that of real items, and writes JSON", () =>
  withTinyRun(async (run, folder) => {
    const text = await evaluate(run, "--metrics", "pca-fd,recall", "--json", `${folder}/scores.json`);
    assertMatch(text, /^value +samples +real items +better\npca-fd +\d+\.\d+ ± \d+\.\d+ +/);
    assertMatch(text, /^60 samples and 60 other real items, each compared with 80 real items/m);
    const report = JSON.parse(await Deno.readTextFile(`${folder}/scores.json`));
    assertEquals([report.step, report.weights, report.data, report.resolution], [9, "ema", "mnist", 5]);
    assertEquals(report.sizes, { reference: 80, heldOut: 60, samples: 60 });
    assertEquals(Object.keys(report.values), ["pca-fd", "precision", "recall", "density", "coverage"]);
    const { value, low, high, floor, direction } = report.values["pca-fd"];
    assert(low < value && value < high && floor.high < low && direction === "lower");
    assertEquals(report.metrics.manifold.protocol, { features: "principal", neighbours: 5 });
  }));

Deno.test("evaluate with weights of Inception computes FID and KID, and prints their protocol", () =>
  withTinyRun(async (run) => {
    const few = ["--samples", "6", "--reference", "6"];
    const text = await evaluate(run, "--metrics", "fid,kid", "--inception", INCEPTION, ...few);
    assertMatch(text, /^fid +[\d.]+/m);
    assertMatch(
      text,
      /^fid: resize pytorch-fid, 5×5 to 299×299; weights inception\.safetensors; sha256 [0-9a-f]{64}; /m,
    );
    await assertRejects(
      () => evaluate(run, "--metrics", "fid"),
      UserError,
      "pass --inception FILE",
    );
    await assertRejects(() => evaluate(run, "--features", "inception"), UsageError, "pass --inception FILE");
    await assertRejects(
      () => evaluate(run, "--inception", "a.pth"),
      UsageError,
      "a .safetensors or .onnx file",
    );
  }));

Deno.test("evaluate compares samples of a file", () =>
  withTinyRun(async (_run, folder) => {
    const file = `${folder}/samples.npy`, data = ["--data", "mnist", "--resolution", "5"];
    const digits = await mnistPackage(5),
      real = await digits.batch(Array.from({ length: 60 }, (_, i) => 150 * i));
    await Deno.writeFile(file, writeNpy({ shape: [60, 5, 5], data: real }));
    const text = await evaluate("--input", file, ...data, "--metrics", "pca-fd");
    const [value, floor] = [...text.matchAll(/([\d.]+) ± [\d.]+/g)].map((match) => Number(match[1]));
    assert(value! < 2 * floor!, text);
    await assertRejects(() => evaluate("--input", file), UsageError, "--input needs --data");
    await assertRejects(
      () => evaluate("--input", file, "--data", "mnist", "--resolution", "6"),
      UserError,
      "shape (60, 5, 5), but samples like those of",
    );
  }));

Deno.test("evaluate rejects data of another kind and unknown metrics", () =>
  withTinyRun(async (run) => {
    await assertRejects(() => evaluate(run, "--data", "chairs"), UserError, "pass data of the kind");
    await assertRejects(() => evaluate(run, "--metrics", "seam"), UserError, "needs other data");
    await assertRejects(
      () => evaluate(run, "--checkpoint", "best"),
      UserError,
      "without a validation metric",
    );
  }));

Deno.test("score and distance say that they are now evaluate", async () => {
  await assertRejects(() => scoreCommand.execute(["--run", "x"]), UserError, "--metrics classes");
  await assertRejects(() => distanceCommand.execute(["x"]), UserError, "deno task evaluate RUN");
});
