/**
 * Runs an example as a user would, in a separate process and folder.
 * @module
 */
import { assert } from "@std/assert";
import { HANG, LOCKED } from "./cli.ts";

/** Folder of the examples. */
export const EXAMPLES = new URL("../examples/", import.meta.url);

/**
 * Returns the command that runs an example.
 *
 * @param folder Working folder.
 * @param example File of the example, relative to {@link EXAMPLES}.
 * @param args Arguments.
 */
export function exampleCommand(folder: string, example: string, args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", ...LOCKED, new URL(example, EXAMPLES).pathname, ...args],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(HANG),
  });
}

/**
 * Runs an example and asserts that it succeeds.
 *
 * @param folder Working folder.
 * @param example File of the example, relative to {@link EXAMPLES}.
 * @param args Arguments.
 * @returns Its output.
 */
export async function runExample(folder: string, example: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await exampleCommand(folder, example, args).output();
  const decoder = new TextDecoder();
  assert(success, `${example}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
