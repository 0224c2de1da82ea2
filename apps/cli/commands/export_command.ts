/**
 * `export`: the generator of a run alone, as a safetensors file with the names of the reference.
 * @module
 */
import { openFileStore, type WeightsKind } from "@gasp/gasp";
import { generatorFile } from "@gasp/gasp/import";
import { type Command, defineCommand } from "./command.ts";
import { GENERATOR_OPTIONS, openRun } from "./explore.ts";
import { splitPath } from "../files/files.ts";
import { type OptionTable, UsageError } from "../options/options.ts";
import { print } from "../terminal/output.ts";

const EXPORT_OPTIONS = {
  out: {
    kind: "text",
    value: "FILE.safetensors",
    defaultText: "generator-step-STEP.safetensors in the run's folder",
    help: "Where to write",
  },
  step: GENERATOR_OPTIONS.step,
  weights: GENERATOR_OPTIONS.weights,
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
    if (out !== undefined && !/[^/]\.safetensors$/i.test(out)) {
      throw new UsageError(`--out is a safetensors file, so its name ends in .safetensors; got "${out}"`);
    }
    const checkpoint = await openRun(run!, step);
    const kind = checkpoint.weightsKind(weights === "latest" ? "latest" : "ema");
    const bytes = generatorFile(checkpoint, await checkpoint.readWeights(kind), kind);
    const path = out ?? `${run}/generator-step-${checkpoint.step}.safetensors`;
    const { folder, name } = splitPath(path);
    await (await openFileStore(folder)).write(name, bytes);
    print(`${path}: the generator of ${run} at step ${checkpoint.step}, ${WORDS[kind]}`);
    return 0;
  },
});

const WORDS: Readonly<Record<WeightsKind, string>> = {
  ema: "moving average of its weights",
  latest: "latest weights",
};
