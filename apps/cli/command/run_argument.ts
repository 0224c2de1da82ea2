/**
 * The argument RUN: every command that uses a trained model names it in the same way. RUN is the folder of a run, one of its
 * checkpoints, or a file written by `export`; without it, the newest run is used.
 * @module
 */
import {
  type Checkpoint,
  CONFIG_FILE,
  openCheckpoint,
  openCheckpointFile,
  openFileStore,
  openNewestCheckpoint,
  readBest,
  UserError,
} from "@gasp/gasp";
import type { RandomAccess } from "@gasp/tensor";
import { splitPath } from "../files/files.ts";
import { newestRun, RUNS } from "../files/runs.ts";
import { type OptionTable, UsageError, type Values } from "../options/options.ts";
import { printError } from "../terminal/output.ts";
import type { Positional } from "./command.ts";

/** The argument RUN. */
export const RUN: Positional = {
  name: "RUN",
  optional: true,
  help:
    `Folder of a run, one of its checkpoints, or a file written by export (default: the newest run in ${RUNS}/)`,
};

/** Options of all commands that have the argument {@link RUN}. */
export const RUN_OPTIONS = {
  checkpoint: {
    kind: "text",
    value: "STEP|best|latest",
    default: "latest",
    help: "Checkpoint of the run: that of a step, the best by a validation metric, or the latest",
  },
  run: { kind: "text", value: "RUN", hidden: true, help: "Another spelling of the argument RUN" },
  step: {
    kind: "former",
    remedy:
      "--checkpoint STEP chooses the checkpoint of a step; --steps, where a command has it, is a number of steps",
  },
} satisfies OptionTable;

/** Values of {@link RUN_OPTIONS}. */
export type RunChoice = Pick<Values<typeof RUN_OPTIONS>, "checkpoint" | "run">;

/** An opened run. */
export interface OpenedRun {
  /** The run as named, for messages. */
  readonly name: string;
  /** Folder for results without `--out`: that of the run, or of the file. */
  readonly folder: string;
  /** The chosen checkpoint. */
  readonly checkpoint: Checkpoint;
}

/**
 * Opens the run that a command names. If it names none, the newest one is opened, and stderr says which.
 *
 * @param argument The argument RUN.
 * @param choice Values of {@link RUN_OPTIONS}.
 * @throws {UserError} If there is no such run or checkpoint.
 */
export async function openRun(argument: string | undefined, choice: RunChoice): Promise<OpenedRun> {
  const which = checkpointChoice(choice.checkpoint);
  const named = namedRun(argument, choice.run);
  const opened = named !== undefined && await isFile(named)
    ? await openFile(named, which)
    : await openFolder(named ?? await newest(), which);
  for (const note of opened.checkpoint.notes) printError(note);
  if (named === undefined) {
    printError(`using the newest run, ${opened.name}, at step ${opened.checkpoint.step}`);
  }
  return opened;
}

/**
 * Returns the run named by the argument RUN or by an option, without trailing slashes.
 *
 * @param argument The argument.
 * @param option Value of the option.
 * @param name Name of the option. Default: `run`.
 * @returns `undefined` if neither names one.
 * @throws {UsageError} If they name different runs.
 */
export function namedRun(
  argument: string | undefined,
  option: string | undefined,
  name = "run",
): string | undefined {
  const [first, second] = [argument, option].map((run) => run?.replace(/(?<=.)\/+$/, ""));
  if (first !== undefined && second !== undefined && first !== second) {
    throw new UsageError(`${first} and --${name} ${second} are different runs: omit one of them`);
  }
  return first ?? second;
}

type CheckpointChoice = number | "best" | "latest";

function checkpointChoice(text: string): CheckpointChoice {
  if (text === "best" || text === "latest") return text;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(`--checkpoint must be the step of a checkpoint, best or latest; got "${text}"`);
}

async function newest(): Promise<string> {
  const run = await newestRun("checkpoints");
  if (run !== undefined) return run;
  throw new UserError(`there is no trained run in ${RUNS}/: train one with "deno task train"`);
}

async function openFolder(folder: string, which: CheckpointChoice): Promise<OpenedRun> {
  const store = await openFileStore(folder);
  if (typeof which === "number") {
    return { name: folder, folder, checkpoint: await openCheckpoint(store, which) };
  }
  const best = which === "best" ? await readBest(store) : undefined;
  if (which === "best" && best === undefined) {
    throw new UserError(
      `${folder} was trained without a validation metric, so no checkpoint is known to be the best: ` +
        "use --checkpoint latest, or that of a step",
    );
  }
  const checkpoint = await (best ? openCheckpoint(store, best.step) : openNewestCheckpoint(store));
  if (checkpoint !== undefined) return { name: folder, folder, checkpoint };
  throw new UserError(`${folder} has no checkpoint: pass the folder of a run that has saved one`);
}

async function openFile(path: string, which: CheckpointChoice): Promise<OpenedRun> {
  if (!/\.safetensors$/i.test(path)) {
    throw new UserError(
      `${path} is not a run: pass its folder, a checkpoint or a file written by export; ` +
        'convert a model.pt with "deno task import"',
    );
  }
  const checkpoint = await openCheckpointFile(await accessTo(path), path);
  if (typeof which === "number" && which !== checkpoint.step) {
    throw new UsageError(`${path} is of step ${checkpoint.step}: omit --checkpoint ${which}`);
  }
  return { name: path, folder: await folderOf(path), checkpoint };
}

/** Returns the folder of the run that a checkpoint belongs to, or that of the file. */
async function folderOf(path: string): Promise<string> {
  const { folder } = splitPath(path), { folder: run, name } = splitPath(folder);
  return name === "checkpoints" && await isFile(`${run}/${CONFIG_FILE}`) ? run : folder;
}

async function accessTo(path: string): Promise<RandomAccess> {
  const { folder, name } = splitPath(path), store = await openFileStore(folder);
  return {
    size: await store.size(name) ?? 0,
    read: async (offset, length) => await store.read(name, offset, offset + length) ?? new Uint8Array(),
  };
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => !info.isDirectory, () => false);
}
