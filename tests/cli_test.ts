/**
 * End-to-end tests of the command line.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { cli, cliOk, filesIn, inFolder } from "./cli.ts";

/** Reads the width, height and colour type (0: grey) of a PNG file. */
function pngSize(bytes: Uint8Array): { width: number; height: number; colour: number } {
  assertEquals(new TextDecoder("latin1").decode(bytes.slice(1, 4)), "PNG");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20), colour: view.getUint8(25) };
}

const TINY = ["train", "--preset", "tiny", "--device", "wasm", "--steps", "6"];

Deno.test("each command lists every option with its default in --help", () =>
  inFolder(async (folder) => {
    for (const command of ["train", "sample", "parity"]) {
      for (const args of [[command, "--help"], [command, "--", "--help"], [command, "-h"]]) {
        const help = await cliOk(folder, ...args);
        assert(help.includes(`Usage: deno task ${command}`), help);
        assert(
          /--device NAME .*: auto, webgpu, wasm, reference\s+\(default: auto, a hardware GPU/.test(
            help.replaceAll(/\s+/g, " "),
          ),
          help,
        );
      }
    }
    const help = await cliOk(folder, "train", "--help");
    for (
      const option of ["preset", "config", "data", "steps", "batch", "seed", "device", "threads", "out"]
        .concat(["resume", "save-every", "sample-every", "help", "debug"])
    ) assert(help.includes(`--${option}`), `${option} is not in ${help}`);
    const overview = await cliOk(folder, "help");
    for (const command of ["train", "sample", "parity"]) assert(overview.includes(`  ${command}`), overview);
    assertEquals(await cliOk(folder), overview);
    assertEquals([...await filesIn(folder)], []);
  }));

Deno.test("train and sample need no options, number runs and print the path of the sheet", () =>
  inFolder(async (folder) => {
    const first = await cliOk(folder, ...TINY);
    assert(first.includes("samples: runs/tiny-1/samples/step-6.png"), first);
    assert(first.includes("more samples: deno task sample runs/tiny-1"), first);
    assert(/step 6\/6 {2}generator \d\.\d+ {2}discriminator \d\.\d+/.test(first), first);
    assert((await cliOk(folder, ...TINY)).includes("samples: runs/tiny-2/"));
    const { stdout: sampled, stderr } = await cli(folder, "sample", "--device", "wasm");
    assertEquals(stderr, "using the newest run, runs/tiny-2, at step 6\n");
    assert(
      sampled.includes("64 samples of runs/tiny-2 at step 6: runs/tiny-2/samples/step-6-seed-0.png"),
      sampled,
    );
    const sheet = await Deno.readFile(`${folder}/runs/tiny-2/samples/step-6-seed-0.png`);
    assertEquals(pngSize(sheet), { width: 8 * 66 - 2, height: 8 * 66 - 2, colour: 0 });
  }));

Deno.test("train merges preset, configuration file and options, and stores the result", () =>
  inFolder(async (folder) => {
    const config = { preset: "tiny", seed: 3, steps: 9, sheet: { count: 2 } };
    await Deno.writeTextFile(`${folder}/my.json`, JSON.stringify(config));
    await cliOk(folder, "train", "--config", "my.json", "--steps", "4", "--device", "wasm", "--out", "out");
    const stored = JSON.parse(await Deno.readTextFile(`${folder}/out/config.json`));
    assertEquals([stored.seed, stored.steps, stored.sheet.count, stored.batchSize], [3, 4, 2, 4]);
    await cliOk(folder, "train", "--config", "out/config.json", "--device", "wasm", "--out", "again");
    const [first, again] = [await filesIn(`${folder}/out`), await filesIn(`${folder}/again`)];
    assertEquals(again, first);
  }));

Deno.test("sample draws at any resolution, in separate files if requested, deterministically by seed", () =>
  inFolder(async (folder) => {
    await cliOk(folder, ...TINY);
    const sample = async (out: string, ...args: string[]) => {
      await cliOk(folder, "sample", "runs/tiny-1", "--device", "wasm", "--out", out, ...args);
      return await Deno.readFile(`${folder}/${out}`).catch(() => new Uint8Array());
    };
    const big = pngSize(await sample("big.png", "--count", "2", "--resolution", "100", "--columns", "2"));
    assertEquals([big.width, big.height], [202, 100]);
    const one = await sample("a/one.png", "--count", "4", "--seed", "5");
    assertEquals(await sample("two.png", "--count", "4", "--seed", "5"), one);
    assert((await sample("three.png", "--count", "4", "--seed", "6")).toString() !== one.toString());
    await sample("many", "--count", "11", "--separate");
    const names = [...(await filesIn(`${folder}/many`)).keys()];
    assertEquals([names.length, names[0], names[10]], [11, "00.png", "10.png"]);
    const latest = await sample("latest.png", "--count", "4", "--seed", "5", "--weights", "latest");
    assert(latest.toString() !== one.toString());
  }));

Deno.test("train reads a folder of MNIST files", () =>
  inFolder(async (folder) => {
    const images = new Uint8Array(16 + 20 * 784).map((_, i) => (i * 37) % 251);
    [0x803, 20, 28, 28].forEach((word, i) => new DataView(images.buffer).setUint32(4 * i, word));
    await Deno.mkdir(`${folder}/data`);
    await Deno.writeFile(`${folder}/data/train-images-idx3-ubyte`, images);
    const output = await cliOk(folder, ...TINY, "--data", "data");
    assert(output.includes('data "data": 20 items, images of 5×5'), output);
  }));

Deno.test("an error prints its stack trace only with --debug", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/my.json`, "{");
    const plain = await cli(folder, "train", "--config", "my.json");
    assertEquals(plain.code, 1);
    assert(plain.stderr.startsWith("error: my.json is not valid JSON"), plain.stderr);
    assert(!plain.stderr.includes("    at "), plain.stderr);
    const traced = await cli(folder, "train", "--config", "my.json", "--debug");
    assert(traced.stderr.startsWith(plain.stderr.trimEnd()), traced.stderr);
    assert(/^\s+at /m.test(traced.stderr), traced.stderr);
  }));
