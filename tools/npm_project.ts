/**
 * An npm project with the packed packages, and with bundlers and runtimes to test them.
 *
 * @module
 */
import { packAll, type PackedPackage, writePackages } from "./pack.ts";

/** Packages installed besides those of this repository. */
const TOOLS = ["esbuild@^0.28", "vite@^8", "bun@^1.4", "typescript@^5.9"];

/** Error codes of npm when the registry cannot be reached and the cache lacks a package. */
const UNREACHABLE =
  /\b(?:ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EIDLETIMEOUT)\b/;

/** A folder with the packages installed, or the reason why there is none. */
export type NpmProject =
  & AsyncDisposable
  & { readonly packages: readonly PackedPackage[] }
  & ({ readonly folder: string } | { readonly missing: string });

/** Output of a program, and whether it succeeded. */
export interface Ran {
  readonly success: boolean;
  readonly stdout: string;
  /** Includes warnings of bundlers. */
  readonly stderr: string;
}

/** Time limit in milliseconds; the first run of a runtime compiles, which takes long on a busy machine. */
const LIMIT = 600_000;

/**
 * Runs a program in a folder and waits until it ends.
 *
 * @param folder Working folder.
 * @param command Name of the program, or its path relative to the folder.
 * @param args Arguments.
 * @throws {Deno.errors.NotFound} If the program does not exist.
 */
export async function runIn(folder: string, command: string, ...args: string[]): Promise<Ran> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd: folder,
    env: { NO_COLOR: "1", NO_UPDATE_NOTIFIER: "1" },
    signal: AbortSignal.timeout(LIMIT),
  }).output();
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

async function install(folder: string, archives: readonly string[]): Promise<string | undefined> {
  await Deno.writeTextFile(`${folder}/package.json`, '{ "private": true, "type": "module" }\n');
  const args = ["install", "--prefer-offline", "--no-audit", "--no-fund", ...archives, ...TOOLS];
  try {
    const { success, stderr } = await runIn(folder, "npm", ...args);
    if (success) return undefined;
    if (UNREACHABLE.test(stderr)) return "the npm registry cannot be reached, and the cache lacks a package";
    throw new Error(`npm install failed: ${stderr}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "npm is not installed";
    throw error;
  }
}

/**
 * Packs the packages and installs them, preferring npm's cache.
 *
 * @param root Root of the workspace.
 * @throws {Error} If packing or `npm install` fails.
 */
export async function openNpmProject(root: string): Promise<NpmProject> {
  const packages = await packAll(root), folder = await Deno.makeTempDir({ prefix: "gasp-npm-" });
  const dispose = { [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
  try {
    const missing = await install(folder, await writePackages(packages, `${folder}/packed`));
    return { packages, ...dispose, ...(missing === undefined ? { folder } : { missing }) };
  } catch (error) {
    await dispose[Symbol.asyncDispose]();
    throw error;
  }
}
