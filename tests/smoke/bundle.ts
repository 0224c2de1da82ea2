/**
 * Bundles the entry into a single ES module, for runtimes without TypeScript and this workspace.
 *
 * @module
 */
import { LOCKED } from "../cli.ts";

const ENTRY = new URL("entry.ts", import.meta.url);

/** A bundle in a folder of its own. */
export interface Bundle {
  /** Path of the module. */
  readonly path: string;
  /** Deletes the folder. */
  remove(): Promise<void>;
}

/**
 * Bundles the entry. The same file serves Node and browsers.
 *
 * @throws {Error} If bundling fails.
 */
export async function bundleEntry(): Promise<Bundle> {
  const folder = await Deno.makeTempDir({ prefix: "gasp-smoke-" });
  const remove = () => Deno.remove(folder, { recursive: true });
  const path = `${folder}/smoke.mjs`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", ...LOCKED, "--quiet", "--platform=browser", `--output=${path}`, ENTRY.href],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return { path, remove };
  await remove();
  throw new Error(`deno bundle failed: ${new TextDecoder().decode(stderr)}`);
}
