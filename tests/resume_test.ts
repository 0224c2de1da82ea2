/**
 * A run is a function of configuration, seed and data: repeated, stopped and resumed, or killed during a save and resumed, it
 * yields the same bytes.
 *
 * @module
 */
import { checkpointPath } from "@gasp/gasp";
import { assert, assertEquals } from "@std/assert";
import { cli, cliOk, exists, filesIn, inFolder, outcomeOf, startCli, until } from "./cli.ts";

const DEVICE = "wasm";
const TRAIN = ["train", "--preset", "tiny", "--device", DEVICE, "--steps", "50", "--out", "run"];
const CHECKPOINT = checkpointPath(50);

async function train(folder: string, ...more: string[]): Promise<Map<string, Uint8Array>> {
  await cliOk(folder, ...TRAIN, ...more);
  return await filesIn(`${folder}/run`);
}

let whole: Promise<Map<string, Uint8Array>> | undefined;

/** Returns the files of an uninterrupted run. */
function uninterrupted(): Promise<Map<string, Uint8Array>> {
  return whole ??= (async () => {
    let files = new Map<string, Uint8Array>();
    await inFolder(async (folder) => void (files = await train(folder)));
    return files;
  })();
}

/** Asserts that a run has the files of the uninterrupted one, except for earlier checkpoints. */
async function assertSameResult(folder: string): Promise<void> {
  const files = await filesIn(`${folder}/run`);
  const expected = [...await uninterrupted()].filter(([path]) => !isCheckpoint(path) || path === CHECKPOINT);
  assertEquals(expected.map(([path]) => path), [
    "best.json",
    CHECKPOINT,
    "config.json",
    "metrics.jsonl",
    "samples/step-25.png",
    "samples/step-50.png",
  ]);
  for (const [path, bytes] of expected) assertEquals(files.get(path), bytes, `${path} differs`);
  assertEquals([...files.keys()].filter((path) => path.endsWith(".tmp")), [], "leftovers");
}

function isCheckpoint(path: string): boolean {
  return /\/step-\d+\.safetensors$/.test(path);
}

Deno.test("train yields the same bytes for the same seed, and others for another", () =>
  inFolder(async (folder) => {
    const files = await train(folder);
    assertEquals(files, await uninterrupted());
    await cliOk(folder, ...TRAIN.slice(0, -1), "other", "--seed", "1");
    const other = await filesIn(`${folder}/other`);
    assert(other.get("metrics.jsonl")?.toString() !== files.get("metrics.jsonl")?.toString());
  }));

Deno.test("train stopped by Ctrl-C prints how to resume, and yields the same bytes when resumed", () =>
  inFolder(async (folder) => {
    const child = startCli(folder, TRAIN);
    await until(() => exists(`${folder}/run/metrics.jsonl`), "a first line of metrics");
    child.kill("SIGINT");
    const { code, stdout, stderr } = await outcomeOf(child);
    assertEquals({ code, stderr }, { code: 130, stderr: "" }, stdout);
    const step = Number(/stopped after step (\d+)/.exec(stdout)?.[1]);
    assert(step > 0 && step < 50, stdout);
    assert(await exists(`${folder}/run/${checkpointPath(step)}`), stdout);
    const command = /resume with: deno task (.*)/.exec(stdout)?.[1];
    assert(command, stdout);
    await cliOk(folder, ...command.split(" "));
    await assertSameResult(folder);
  }));

Deno.test("train stopped at step 25 and resumed yields the same bytes", () =>
  inFolder(async (folder) => {
    await cliOk(folder, ...TRAIN.filter((word) => word !== "50").toSpliced(6, 0, "25"));
    await cliOk(folder, "train", "--resume", "run", "--steps", "50", "--device", DEVICE);
    await assertSameResult(folder);
  }));

/**
 * Kills a process while it saves a checkpoint other than its first. Polls without a pause, since saving is fast.
 *
 * @returns False if the process finished before a save was detected.
 */
async function killDuringSave(child: Deno.ChildProcess, checkpoints: string): Promise<boolean> {
  await until(() => exists(checkpoints), "a first checkpoint");
  for (;;) {
    const names = [...Deno.readDirSync(checkpoints)].map(({ name }) => name);
    const isSaving = names.some((name) => name.endsWith(".tmp"));
    if (isSaving && names.length > 1) break;
    if (names.includes(CHECKPOINT.split("/")[1]!)) break;
  }
  child.kill("SIGKILL");
  await child.output();
  return (await filesIn(checkpoints)).keys().some((name) => name.endsWith(".tmp"));
}

Deno.test("train killed during a save resumes from the earlier checkpoint and yields the same bytes", () =>
  inFolder(async (folder) => {
    const run = `${folder}/run`;
    for (let attempt = 1;; attempt++) {
      const child = startCli(folder, [...TRAIN, "--save-every", "1"]);
      if (await killDuringSave(child, `${run}/checkpoints`)) break;
      assert(attempt < 20, "no process was killed during a save in 20 attempts");
      await Deno.remove(run, { recursive: true });
    }
    const checkpoints = [...(await filesIn(run)).keys()].filter(isCheckpoint);
    assert(checkpoints.length > 0 && !checkpoints.includes(CHECKPOINT), checkpoints.join(", "));
    await cliOk(folder, "train", "--resume", "run", "--device", DEVICE, "--save-every", "25");
    await assertSameResult(folder);
  }));

Deno.test("train resumed after its last step changes nothing, and removes the lock of one that died", () =>
  inFolder(async (folder) => {
    await train(folder);
    await Deno.writeTextFile(`${folder}/run/training.lock`, "");
    const { code, stdout } = await cli(folder, "train", "--resume", "run", "--device", DEVICE);
    assertEquals(code, 0);
    assert(stdout.includes("run has already completed its 50 steps: pass a larger --steps N"), stdout);
    assertEquals(await filesIn(`${folder}/run`), await uninterrupted());
  }));
