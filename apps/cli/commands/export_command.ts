/**
 * `export`: writes the generator of a run as a safetensors file, with the tensor names of the reference code.
 * @module
 */
import { openFileStore, type WeightsKind } from "@gasp/gasp";
import { generatorFile } from "@gasp/gasp/import";
import { type Command, defineCommand } from "../command/command.ts";
import { GENERATOR_OPTIONS } from "./explore.ts";
import { splitPath } from "../files/files.ts";
import { openRun, RUN, RUN_OPTIONS } from "../command/run_argument.ts";
import { type OptionTable, UsageError } from "../options/options.ts";
import { during } from "../terminal/activity.ts";
import { print } from "../terminal/output.ts";

const EXPORT_OPTIONS = {
  out: {
    kind: "text",
    value: "FILE.safetensors",
    defaultText: "generator-step-STEP.safetensors in the folder of the run",
    help: "Output file",
  },
  ...RUN_OPTIONS,
  weights: GENERATOR_OPTIONS.weights,
} satisfies OptionTable;

/** The command. */
export const exportCommand: Command = defineCommand({
  name: "export",
  summary: "Export the generator of a run to a safetensors file.",
  positionals: [RUN],
  options: EXPORT_OPTIONS,
  examples: [
    "deno task export runs/digits-1",
    "deno task export runs/digits-1 --weights latest --out digits.safetensors",
  ],
  async run({ out, weights, ...choice }, [argument]) {
    if (out !== undefined && !/[^/]\.safetensors$/i.test(out)) {
      throw new UsageError(`--out must be a file with a name ending in .safetensors; got "${out}"`);
    }
    const { name: run, folder, checkpoint } = await openRun(argument, choice);
    const kind = checkpoint.weightsKind(weights === "latest" ? "latest" : "ema");
    const path = out ?? `${folder}/generator-step-${checkpoint.step}.safetensors`;
    const target = splitPath(path);
    await during(`exporting ${run}`, async () => {
      const bytes = generatorFile(checkpoint, await checkpoint.readWeights(kind), kind);
      await (await openFileStore(target.folder)).write(target.name, bytes);
    });
    print(`${path}: generator of ${run} at step ${checkpoint.step}, ${DESCRIPTIONS[kind]}`);
    return 0;
  },
});

const DESCRIPTIONS: Readonly<Record<WeightsKind, string>> = {
  ema: "moving average of the weights",
  latest: "latest weights",
};
