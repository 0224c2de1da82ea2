/** @module */
import { checkpointPath, gasp, GASP_PRESETS, openFileStore, saveCheckpoint, UserError } from "@gasp/gasp";
import { assertEquals, assertRejects } from "@std/assert";
import { parseOptions, UsageError } from "../options/options.ts";
import { stderr } from "../terminal/output.ts";
import { collectPrinted } from "../terminal/output_testing.ts";
import { exportCommand } from "../commands/export_command.ts";
import { openRun, RUN_OPTIONS } from "./run_argument.ts";

/** Opens a run as a command does; returns its name, folder and step, and what stderr says. */
async function opened(
  ...args: string[]
): Promise<[name: string, folder: string, step: number, said: string]> {
  using printed = collectPrinted([stderr]);
  const { values, positionals } = parseOptions(RUN_OPTIONS, args);
  const { name, folder, checkpoint } = await openRun(positionals[0], values);
  return [name, folder, checkpoint.step, printed.text];
}

/** Runs a test in a working folder with a run of two checkpoints, `runs/tiny-1`. */
async function withRuns(use: () => Promise<void>): Promise<void> {
  const before = Deno.cwd(), folder = await Deno.makeTempDir();
  try {
    Deno.chdir(folder);
    const store = await openFileStore("runs/tiny-1"), config = GASP_PRESETS.tiny;
    const display = { kind: "image", height: 5, width: 5, channels: 1 } as const;
    for (const step of [3, 9]) {
      await saveCheckpoint(store, { step, config, display }, gasp.initialState(config));
    }
    await store.write("config.json", new TextEncoder().encode(JSON.stringify(config)));
    await use();
  } finally {
    Deno.chdir(before);
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("openRun() opens the newest run if none is named, and says which", () =>
  withRuns(async () => {
    const said = "using the newest run, runs/tiny-1, at step 9";
    assertEquals(await opened(), ["runs/tiny-1", "runs/tiny-1", 9, said]);
    await Deno.rename("runs", "others");
    await assertRejects(
      () => opened(),
      UserError,
      'there is no trained run in runs/: train one with "deno task train"',
    );
  }));

Deno.test("openRun() opens a folder, a checkpoint, or an exported file", () =>
  withRuns(async () => {
    const run = "runs/tiny-1", file = `${run}/${checkpointPath(3)}`;
    assertEquals(await opened(run), [run, run, 9, ""]);
    assertEquals(await opened(`${run}/`), [run, run, 9, ""]);
    assertEquals(await opened("--run", run), [run, run, 9, ""]);
    assertEquals(await opened(run, "--run", `${run}/`), [run, run, 9, ""]);
    assertEquals(await opened(file), [file, run, 3, ""]);
    await Deno.mkdir("elsewhere");
    await Deno.copyFile(file, "elsewhere/copy.safetensors");
    assertEquals(await opened("elsewhere/copy.safetensors"), [
      "elsewhere/copy.safetensors",
      "elsewhere",
      3,
      "",
    ]);
    using _printed = collectPrinted();
    assertEquals(await exportCommand.execute([run, "--out", "weights.safetensors"]), 0);
    assertEquals(await opened("weights.safetensors"), ["weights.safetensors", ".", 9, ""]);
  }));

Deno.test("openRun() opens the checkpoint of a step, the latest, or the best by a metric", () =>
  withRuns(async () => {
    const run = "runs/tiny-1", stepOf = async (...args: string[]) => (await opened(...args))[2];
    assertEquals(await stepOf(run, "--checkpoint", "3"), 3);
    assertEquals(await stepOf(run, "--checkpoint", "latest"), 9);
    await assertRejects(() => opened(run, "--checkpoint", "best"), UserError, "without a validation metric");
    const best = { step: 3, metric: "pca-fd", value: 0.1, low: 0.09, high: 0.11 };
    await Deno.writeTextFile(`${run}/best.json`, JSON.stringify(best));
    assertEquals(await stepOf("--checkpoint", "best"), 3);
  }));

Deno.test("openRun() says what to name instead", () =>
  withRuns(async () => {
    const run = "runs/tiny-1", file = `${run}/${checkpointPath(3)}`;
    await Deno.writeTextFile("model.pt", "");
    const cases: [string[], string][] = [
      [
        ["--step", "3"],
        "there is no option --step any more: --checkpoint STEP chooses the checkpoint of a step",
      ],
      [
        ["--checkpoint", "first"],
        '--checkpoint must be the step of a checkpoint, best or latest; got "first"',
      ],
      [
        [run, "--run", "runs/tiny-2"],
        "runs/tiny-1 and --run runs/tiny-2 are different runs: omit one of them",
      ],
      [[file, "--checkpoint", "9"], `${file} is of step 3: omit --checkpoint 9`],
    ];
    for (const [args, message] of cases) await assertRejects(() => opened(...args), UsageError, message);
    await assertRejects(() => opened("runs"), UserError, "runs has no checkpoint: pass the folder of a run");
    await assertRejects(
      () => opened(run, "--checkpoint", "4"),
      UserError,
      "there are checkpoints of steps 3, 9",
    );
    await assertRejects(() => opened("model.pt"), UserError, 'convert a model.pt with "deno task import"');
  }));
