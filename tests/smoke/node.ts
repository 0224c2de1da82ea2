/**
 * Finds and runs a given version of Node.
 *
 * @module
 */

/** Path of Node, or the reason why it is missing. */
export type FoundNode = { readonly path: string } | { readonly missing: string };

/** Time limit in milliseconds; the first start of a version downloads it. */
const LIMIT = 600_000;

/**
 * Finds a version of Node: the installed one, or one provided by `npx`.
 *
 * @param major Major version.
 */
export async function findNode(major: number): Promise<FoundNode> {
  try {
    if ((await output("node", ["--version"])).startsWith(`v${major}.`)) return { path: "node" };
  } catch {
    // There may be npx without Node on the path.
  }
  try {
    return { path: (await output("npx", ["--yes", `node@${major}`, "--print", "process.execPath"])).trim() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { missing: reason.replace(/\s+/g, " ").slice(0, 300) };
  }
}

/**
 * Runs a program until it exits.
 *
 * @param command Program.
 * @param args Arguments.
 * @returns Standard output.
 * @throws {Error} If it does not exist, fails or exceeds the time limit.
 */
export async function output(command: string, args: readonly string[]): Promise<string> {
  const limit = AbortSignal.timeout(LIMIT);
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args], signal: limit })
    .output();
  if (success) return new TextDecoder().decode(stdout);
  const reason = limit.aborted
    ? `did not exit within ${LIMIT / 1000} s`
    : new TextDecoder().decode(stderr).trim();
  throw new Error(`${command} ${args.join(" ")}: ${reason}`);
}
