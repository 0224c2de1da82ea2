/**
 * `parity`: compares results with those of the authors' code.
 * @module
 */
import { type Floors, messageOf, type ParityResult, runParityFile, UserError } from "@gasp/gasp";
import { type Command, defineCommand } from "../command/command.ts";
import { DEVICE_OPTIONS, withDevice } from "../device/device.ts";
import { print } from "../terminal/output.ts";

const ENDING = ".safetensors";
const FLOORS = "floors.json";

/** The command. */
export const parityCommand: Command = defineCommand({
  name: "parity",
  summary:
    "Compare with results of the authors' code: the largest error of each file, relative to its noise floor.",
  positionals: [{ name: "FOLDER", help: `Folder of ${ENDING} files and ${FLOORS}` }],
  options: DEVICE_OPTIONS,
  examples: ["deno task parity fixtures --device wasm"],
  async run(values, [folder = ""]) {
    const files = await fixtureNames(folder);
    const floors = await readFloors(folder);
    const counts = { pass: 0, fail: 0 };
    await withDevice(values, async (device) => {
      for (const file of files) {
        const bytes = await Deno.readFile(`${folder}/${file}`);
        const result = await runParityFile(file.slice(0, -ENDING.length), bytes, device, floors);
        counts[result.verdict]++;
        print(describe(result));
      }
    });
    print(`${counts.pass} passed, ${counts.fail} failed`);
    return counts.fail === 0 ? 0 : 1;
  },
});

async function fixtureNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) if (entry.name.endsWith(ENDING)) names.push(entry.name);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound ? "there is no such folder" : messageOf(error);
    throw new UserError(`cannot read ${folder}: ${reason}`, error);
  }
  if (names.length === 0) throw new UserError(`${folder} has no ${ENDING} files: pass a folder of fixtures`);
  return names.sort();
}

async function readFloors(folder: string): Promise<Record<string, Floors>> {
  const path = `${folder}/${FLOORS}`;
  try {
    return JSON.parse(await Deno.readTextFile(path)) as Record<string, Floors>;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      print(`no ${path}: using float32 rounding as the noise floor`);
      return {};
    }
    throw new UserError(`cannot read ${path}: ${messageOf(error)}`, error);
  }
}

function describe({ name, verdict, worst, reason }: ParityResult): string {
  const error = worst &&
    `${worst.group} ${worst.error.toExponential(1)}, ${worst.ratio.toFixed(2)} of the floor`;
  return `${verdict}  ${[name, error, reason].filter((part) => part !== undefined).join(": ")}`;
}
