/**
 * `import`: converts a released or exported generator to a run.
 * @module
 */
import { CONFIG_FILE, GASP_PRESETS, type GaspPresetName, openFileStore, UserError } from "@gasp/gasp";
import { importGenerator, type ImportOptions, SAMPLE_KINDS, writeImportedRun } from "@gasp/gasp/import";
import { type Command, defineCommand } from "../command/command.ts";
import type { OptionTable, Values } from "../options/options.ts";
import { readBytes } from "../files/files.ts";
import { nextRun } from "../files/runs.ts";
import { during } from "../terminal/activity.ts";
import { print } from "../terminal/output.ts";

const IMPORT_OPTIONS = {
  out: {
    kind: "text",
    value: "FOLDER",
    defaultText: "runs/imported-N, with the next free number N",
    help: "Folder of the new run",
  },
  kind: {
    kind: "choice",
    choices: SAMPLE_KINDS,
    defaultText: "inferred from the coordinate and feature dimensions",
    help: "Kind of the samples",
  },
  resolution: {
    kind: "integer",
    min: 2,
    max: 65536,
    defaultText: "the preset's",
    help: "Display resolution: rows of images and maps, or voxels along each axis of shapes",
  },
  preset: {
    kind: "choice",
    choices: Object.keys(GASP_PRESETS),
    defaultText: "the one with the same networks",
    help: "Preset for the discriminator and the training settings, which the file does not contain",
  },
} satisfies OptionTable;

/** The command. */
export const importCommand: Command = defineCommand({
  name: "import",
  summary: "Import a released model.pt, or a safetensors file written by export, as a run.",
  positionals: [{
    name: "FILE",
    help: "The authors' model.pt, a PyTorch state dictionary, or FILE.safetensors",
  }],
  options: IMPORT_OPTIONS,
  examples: [
    "deno task import trained-models/celebahq64/model.pt",
    "deno task import model.pt --kind sphere --out runs/era5-released",
    "deno task import digits.safetensors && deno task sample runs/imported-1",
  ],
  async run(values, [file]) {
    const { out } = values;
    if (out !== undefined && await (await openFileStore(out)).size(CONFIG_FILE) !== undefined) {
      throw new UserError(`${out} already contains a run: choose another folder with --out`);
    }
    const imported = await during(`reading ${file}`, async () => {
      const bytes = await readBytes(file!, "pass a model.pt or a file written by export");
      return importGenerator(bytes, file!, importOptions(values));
    });
    const folder = out ?? await nextRun("imported");
    await during(
      `writing ${folder}`,
      async () => await writeImportedRun(await openFileStore(folder), imported),
    );
    print(`imported ${file} as ${folder} at step 0`);
    for (const note of imported.notes) print(`- ${note}`);
    print("- discriminator and optimiser states are newly initialised: the file does not contain them");
    print(`sample from it: deno task sample ${folder}`);
    return 0;
  },
});

function importOptions({ kind, resolution, preset }: Values<typeof IMPORT_OPTIONS>): ImportOptions {
  const shown = SAMPLE_KINDS.find((name) => name === kind);
  return {
    ...(shown === undefined ? {} : { kind: shown }),
    ...(resolution === undefined ? {} : { resolution }),
    ...(preset === undefined ? {} : { preset: preset as GaspPresetName }),
  };
}
