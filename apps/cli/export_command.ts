/**
 * `export`: the generator of a run alone, as a safetensors file with the names of the reference.
 * @module
 */
import {
  type Checkpoint,
  openCheckpoint,
  openFileStore,
  openNewestCheckpoint,
  UserError,
  type WeightsKind,
} from "@gasp/gasp";
import { generatorFile } from "@gasp/gasp/import";
import { type Command, defineCommand } from "./command.ts";
import type { OptionTable } from "./options.ts";

const EXPORT_OPTIONS = {
  out: {
    kind: "text",
    value: "FILE.safetensors",
    defaultText: "generator-step-STEP.safetensors in the run's folder",
    help: "Where to write",
  },
  step: {
    kind: "integer",
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    defaultText: "the newest",
    help: "Checkpoint to use, by its step",
  },
  weights: {
    kind: "choice",
    choices: ["average", "latest"],
    default: "average",
    help: "Moving average of the weights, where the run keeps one, or the latest ones",
  },
} satisfies OptionTable;

/** The command. */
export const exportCommand: Command = defineCommand({
  name: "export",
  summary: "Write the generator of a run to a safetensors file.",
  positionals: [{ name: "RUN", help: "Folder of the run" }],
  options: EXPORT_OPTIONS,
  examples: [
    "deno task export runs/digits-1",
    "deno task export runs/digits-1 --weights latest --out digits.safetensors",
  ],
  async run({ out, step, weights }, [run]) {
    const checkpoint = await openRun(run!, step), { averageDecay } = checkpoint.config.training;
    const kind: WeightsKind = weights === "latest" || averageDecay === null ? "latest" : "average";
    const parts = await generatorFile(checkpoint, await checkpoint.readGenerator(kind), kind);
    const path = out ?? `${run}/generator-step-${checkpoint.step}.safetensors`;
    const cut = path.lastIndexOf("/");
    const folder = cut < 0 ? "." : path.slice(0, cut) || "/";
    await (await openFileStore(folder)).write(path.slice(cut + 1), ...parts);
    console.log(`${path}: the generator of ${run} at step ${checkpoint.step}, ${WORDS[kind]}`);
    return 0;
  },
});

const WORDS: Readonly<Record<WeightsKind, string>> = {
  average: "moving average of its weights",
  latest: "latest weights",
};

async function openRun(folder: string, step: number | undefined): Promise<Checkpoint> {
  const store = await openFileStore(folder);
  const checkpoint = step === undefined
    ? await openNewestCheckpoint(store)
    : await openCheckpoint(store, step);
  if (checkpoint) return checkpoint;
  throw new UserError(`${folder} has no checkpoint to export: give the folder of a run that has saved one`);
}
