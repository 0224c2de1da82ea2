/** @module */
import { limitMemory, writeNpz } from "@gasp/tensor";
import { encodePng } from "@gasp/gasp";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { withTinyRun } from "./explore_commands_testing.ts";
import { main } from "../main.ts";
import { stderr, stdout } from "../terminal/output.ts";
import { collectPrinted } from "../terminal/output_testing.ts";

/** Runs a command with a memory limit; returns its exit code and error output. */
async function runWith(bytes: number, ...args: string[]): Promise<{ code: number; text: string }> {
  using _printed = collectPrinted([stdout]);
  using errors = collectPrinted([stderr]);
  using _limit = limitMemory(bytes);
  const code = await main(args);
  return { code, text: errors.text };
}

/** Asserts that a command is refused for lack of memory, and succeeds with the suggested value of an option. */
async function assertRefused(bytes: number, option: string, ...args: string[]): Promise<void> {
  const { code, text } = await runWith(bytes, ...args);
  assertEquals(code, 1, text);
  assertMatch(text, /^error: .* needs .* of memory, .* are free: /);
  const value = new RegExp(`--${option} (\\d+) would fit`).exec(text)?.[1];
  assert(value !== undefined, text);
  const at = args.indexOf(`--${option}`);
  const fitting = at < 0 ? [...args, `--${option}`, value] : args.with(at + 1, value);
  const again = await runWith(bytes, ...fitting);
  // Progress is shown if the machine is slow
  const problems = again.text.replaceAll(/^.* \d+ % .*\n?/gm, "");
  assertEquals([again.code, problems], [0, ""], fitting.join(" "));
}

Deno.test("data inspect refuses resolutions and suggests one that works", async () => {
  await assertRefused(8e6, "resolution", "data", "inspect", "chairs", "--resolution", "65536");
  await assertRefused(8e7, "resolution", "data", "inspect", "mnist", "--resolution", "65536");
});

Deno.test("sample, interpolate, upscale, zoom and fit refuse what does not fit, before a device is opened", () =>
  withTinyRun(async (run, folder) => {
    const on = ["--device", "reference"], out = ["--out", `${folder}/a.png`];
    await assertRefused(
      2e5,
      "resolution",
      "sample",
      run,
      ...on,
      ...out,
      "--count",
      "2",
      "--resolution",
      "65536",
    );
    await assertRefused(2e5, "count", "sample", run, ...on, ...out, "--count", "65536", "--resolution", "5");
    await assertRefused(
      2e5,
      "resolution",
      "interpolate",
      run,
      ...on,
      ...out,
      "--steps",
      "2",
      "--resolution",
      "65536",
    );
    await assertRefused(
      2e5,
      "steps",
      "interpolate",
      run,
      ...on,
      ...out,
      "--steps",
      "4096",
      "--resolution",
      "8",
    );
    await assertRefused(2e5, "resolution", "zoom", run, ...on, ...out, "--resolution", "16384");
    await assertRefused(2e5, "frames", "zoom", run, ...on, ...out, "--resolution", "16", "--frames", "4096");
    await assertRefused(6e6, "count", "upscale", run, ...on, ...out, "--count", "64");
    const input = `${folder}/in.png`;
    const png = encodePng({ height: 5, width: 5, channels: 1, pixels: new Uint8Array(25).fill(7) });
    await Deno.writeFile(input, png);
    const fit = ["fit", run, "--input", input, "--steps", "1", ...on, ...out];
    await assertRefused(3e5, "resolution", ...fit, "--restarts", "2", "--resolution", "65536");
  }));

Deno.test("train refuses sheets that do not fit, and names the fields of the configuration", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const config = `${folder}/config.json`;
    await Deno.writeTextFile(config, JSON.stringify({ sheet: { count: 4096, resolution: 65536 } }));
    const args = [
      "train",
      "--preset",
      "tiny",
      "--config",
      config,
      "--device",
      "reference",
      "--out",
      `${folder}/run`,
    ];
    const { code, text } = await runWith(2e9, ...args);
    assertEquals(code, 1, text);
    assertMatch(text, /a sheet of 4096 samples at a resolution of 65536 needs .* TiB of memory/);
    assertMatch(text, /"sheet\.resolution": \d+ in a --config file would fit/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a file that is larger than the memory is refused before it is read", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(
      `${folder}/a.npz`,
      writeNpz([["data", { shape: [9, 2000], data: new Float32Array(18000) }]]),
    );
    const { code, text } = await runWith(5e4, "data", "inspect", `${folder}/a.npz`);
    assertEquals(code, 1);
    assertMatch(text, /the file .*a\.npz needs .* of memory/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("freeMemory() needs no permission", async () => {
  const url = new URL("../device/free_memory.ts", import.meta.url).href;
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      script,
      `import { freeMemory } from ${JSON.stringify(url)};\nconsole.log(freeMemory());\n`,
    );
    for (const permission of [[], ["--allow-sys=systemMemoryInfo"]]) {
      const args = ["run", "--no-prompt", "--no-check", ...permission, script];
      const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
      const bytes = Number(new TextDecoder().decode(stdout));
      assert(bytes > 2 ** 26 && bytes < 2 ** 50, `${permission}: ${bytes}`);
    }
  } finally {
    await Deno.remove(script);
  }
});
