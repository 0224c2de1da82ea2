/**
 * Runs an example as a reader would: in a process of its own, in a folder of its own.
 * @module
 */
import { assert } from "@std/assert";
import { LOCKED } from "./cli.ts";

/** The folder of the examples. */
export const EXAMPLES = new URL("../examples/", import.meta.url);
/** An example takes seconds; on a busy machine, more. */
const LIMIT = 180_000;

/**
 * The command that runs an example.
 *
 * @param folder Working folder.
 * @param example File of the example, from {@link EXAMPLES}.
 * @param args Its arguments.
 */
export function exampleCommand(folder: string, example: string, args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", ...LOCKED, new URL(example, EXAMPLES).pathname, ...args],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(LIMIT),
  });
}

/**
 * Runs an example to its end; it must succeed.
 *
 * @param folder Working folder.
 * @param example File of the example.
 * @param args Its arguments.
 * @returns What it printed.
 */
export async function runExample(folder: string, example: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await exampleCommand(folder, example, args).output();
  const decoder = new TextDecoder();
  assert(success, `${example}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
