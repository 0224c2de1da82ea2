/**
 * Finding and running Node of a given version.
 * @module
 */

/** A Node to run, or why there is none. */
export type FoundNode = { readonly path: string } | { readonly missing: string };

/** The first start of a version downloads it; a run trains on a busy machine. */
const LIMIT = 120_000;

/**
 * Finds a version of Node: the machine's own, or what `npx` gives.
 *
 * @param major Version.
 */
export async function findNode(major: number): Promise<FoundNode> {
  try {
    if ((await output("node", ["--version"])).startsWith(`v${major}.`)) return { path: "node" };
  } catch {
    // Without Node on the path there may still be npx.
  }
  try {
    return { path: (await output("npx", ["--yes", `node@${major}`, "--print", "process.execPath"])).trim() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { missing: reason.replace(/\s+/g, " ").slice(0, 300) };
  }
}

/**
 * Runs a program to its end.
 *
 * @param command Program.
 * @param args Its arguments.
 * @returns What it printed.
 * @throws {Error} If it is not there, fails or takes too long.
 */
export async function output(command: string, args: readonly string[]): Promise<string> {
  const limit = AbortSignal.timeout(LIMIT);
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args], signal: limit })
    .output();
  if (success) return new TextDecoder().decode(stdout);
  const reason = limit.aborted
    ? `did not end within ${LIMIT / 1000} s`
    : new TextDecoder().decode(stderr).trim();
  throw new Error(`${command} ${args.join(" ")}: ${reason}`);
}
