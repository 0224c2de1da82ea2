/**
 * A short training for the storm, its undisturbed result, and what must hold for a disturbed one.
 * @module
 */
import { checkpointPath, checkpointSteps, CONFIG_FILE, openCheckpoint, openFileStore } from "@gasp/gasp";
import { exists } from "../../tests/cli.ts";
import { require } from "./kind.ts";
import { type Ending, run, type StartOptions, tail } from "./program.ts";
import type { Random } from "./random.ts";

/** Steps of the training. */
export const STEPS = 90;
/** Folder of the run, relative to that of the trial. */
export const RUN = "run";
/** Arguments of the training; it saves often, so that many interruptions meet a save. */
export const TRAIN: readonly string[] = ["train", "--preset", "tiny", "--device", "wasm", "--threads", "1"]
  .concat(["--steps", String(STEPS), "--save-every", "3", "--sample-every", "30", "--out", RUN]);
/** Arguments that resume it. */
export const RESUME: readonly string[] = ["train", "--resume", RUN, "--device", "wasm", "--threads", "1"];

/** Files whose bytes a disturbed training must reproduce. */
const RESULTS = [checkpointPath(STEPS), `samples/step-${STEPS}.png`, "metrics.jsonl", CONFIG_FILE];

/** How a training is started. */
export interface Launch extends Pick<StartOptions, "script" | "env"> {
  /** Names the result: trainings that are started alike have the same bytes. */
  readonly name: string;
  /** More arguments. */
  readonly args: readonly string[];
}

/** As the only process. */
const ALONE: Launch = { name: "alone", args: [] };

/** An undisturbed training. */
interface Undisturbed {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly seconds: number;
}

const references = new Map<string, Promise<Undisturbed>>();

/** Trains once without a disturbance. */
function undisturbed(launch: Launch): Promise<Undisturbed> {
  const known = references.get(launch.name) ?? (async () => {
    const folder = await Deno.makeTempDir({ prefix: "gasp-storm-" });
    try {
      const { code, stderr, seconds } = await run([...TRAIN, ...launch.args], { folder, ...launch });
      require(code === 0, `the undisturbed training failed: ${stderr}`);
      return { files: await resultsIn(folder), seconds };
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  })();
  references.set(launch.name, known);
  // Another trial may find the machine less loaded
  known.catch(() => references.delete(launch.name));
  return known;
}

/**
 * Waits for a random time, in parts of that which a whole training takes on this machine: so a slow one is disturbed in all of
 * its moments too.
 *
 * @param random Random numbers.
 * @param low Shortest time; 1 is a whole training.
 * @param high Longest time.
 * @param launch How it was started.
 */
export async function waitPart(
  random: Random,
  low: number,
  high: number,
  launch: Launch = ALONE,
): Promise<void> {
  const milliseconds = 1000 * (await undisturbed(launch)).seconds;
  await new Promise((resolve) =>
    setTimeout(resolve, random.between(low * milliseconds, high * milliseconds))
  );
}

async function resultsIn(folder: string): Promise<Map<string, Uint8Array>> {
  return new Map(
    await Promise.all(
      RESULTS.map(async (path) => [path, await Deno.readFile(`${folder}/${RUN}/${path}`)] as const),
    ),
  );
}

/**
 * Checks that the newest checkpoint is whole.
 *
 * @param folder Folder of the trial.
 * @returns Its step; undefined if there is none.
 */
export async function requireWhole(folder: string): Promise<number | undefined> {
  const store = await openFileStore(`${folder}/${RUN}`);
  const step = (await checkpointSteps(store)).at(-1);
  if (step === undefined) return undefined;
  try {
    // Verifies the checksums of all tensors
    await (await openCheckpoint(store, step)).readState();
  } catch (error) {
    require(false, `the checkpoint of step ${step} is damaged: ${error}`);
  }
  return step;
}

/**
 * Returns the arguments that continue a training, or start it if nothing has been saved.
 *
 * @param folder Folder of the trial.
 * @param launch How it will be started.
 */
export async function continuation(folder: string, launch: Launch = ALONE): Promise<readonly string[]> {
  // Known before anything is started that will be disturbed after a part of its time
  await undisturbed(launch);
  const hasConfig = await exists(`${folder}/${RUN}/${CONFIG_FILE}`);
  return [...hasConfig || await requireWhole(folder) !== undefined ? RESUME : TRAIN, ...launch.args];
}

/**
 * Continues a training to its end, and checks that it has the bytes of an undisturbed one and left nothing behind.
 *
 * @param folder Folder of the trial.
 * @param except Files that the trial has deleted.
 * @param launch How it is started.
 */
export async function requireSameEnd(
  folder: string,
  except: readonly string[] = [],
  launch: Launch = ALONE,
): Promise<void> {
  await requireEnd(folder, launch);
  const expected = (await undisturbed(launch)).files, found = await resultsIn(folder);
  for (const [path, bytes] of expected) {
    if (except.includes(path)) continue;
    const same = found.get(path)!;
    require(
      bytes.length === same.length && bytes.every((byte, i) => byte === same[i]),
      `${path} has other bytes`,
    );
  }
}

/**
 * Continues a training to its end, and checks that nothing is left behind.
 *
 * @param folder Folder of the trial.
 * @param launch How it is started.
 */
export async function requireEnd(folder: string, launch: Launch = ALONE): Promise<void> {
  const ending = await run(await continuation(folder, launch), { folder, ...launch });
  require(ending.code === 0, `it does not continue: ${tail(ending.stderr)}`);
  for await (const { name } of Deno.readDir(`${folder}/${RUN}`)) {
    require(!/\.tmp$|\.lock$/.test(name), `${name} was left behind`);
  }
  for await (const { name } of Deno.readDir(`${folder}/${RUN}/checkpoints`)) {
    require(!/\.tmp$/.test(name), `${name} was left behind`);
  }
}

/**
 * Checks that a stopped or failed training says how to go on.
 *
 * @param ending How it ended.
 */
export function requireAdvice({ stdout, stderr }: Ending): void {
  require(/resume with: deno task train/.test(stdout + stderr), `no advice: ${tail(stdout + stderr)}`);
}
