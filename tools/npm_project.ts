/**
 * A project of npm that uses the packages as they are packed for it, with bundlers and runtimes to try them in.
 *
 * @module
 */
import { packAll, type PackedPackage, writePackages } from "./pack.ts";

/** What is installed beside the packages. */
const TOOLS = ["esbuild@^0.28", "vite@^8", "bun@^1.4", "typescript@^5.9"];

/** What npm and its parts say where a registry cannot be reached and the cache lacks a package. */
const UNREACHABLE =
  /\b(?:ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EIDLETIMEOUT)\b/;

/** A folder with the packages installed, or why there is none. */
export type NpmProject =
  & AsyncDisposable
  & { readonly packages: readonly PackedPackage[] }
  & ({ readonly folder: string } | { readonly missing: string });

/** What a program printed, and whether it succeeded. */
export interface Ran {
  readonly success: boolean;
  readonly stdout: string;
  /** Warnings of bundlers are here. */
  readonly stderr: string;
}

/** A first run of a runtime compiles, on a busy machine. */
const LIMIT = 180_000;

/**
 * Runs a program in a folder to its end.
 *
 * @param folder Folder.
 * @param command Program, or its path from the folder.
 * @param args Its arguments.
 * @throws {Deno.errors.NotFound} If there is no such program.
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
    if (UNREACHABLE.test(stderr)) return "npm reaches no registry, and its cache lacks a package";
    throw new Error(`npm install failed: ${stderr}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "npm is not installed";
    throw error;
  }
}

/**
 * Packs the packages and installs them, from npm's cache as far as it goes.
 *
 * @param root The root of the workspace.
 * @throws {Error} If they cannot be packed, or npm refuses them.
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
