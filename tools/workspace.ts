/**
 * Reads the members of the workspace and their exports from their `deno.json` files.
 *
 * @module
 */
import { join } from "node:path/posix";

/** A member of the workspace: a package or an app. */
export interface Member {
  /** Folder relative to the root. */
  readonly folder: string;
  /** Package name. */
  readonly name: string;
  /** Version; absent if the member is not published. */
  readonly version?: string;
  /** Description for registries; absent if the member is not published. */
  readonly description?: string;
  /** Supported runtimes: `browser`, `bun`, `deno`, `node`. */
  readonly runtimes: readonly string[];
  /** File of each export relative to the root, by `.` or `./sub`. */
  readonly exports: Readonly<Record<string, string>>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function readMember(root: string, folder: string): Promise<Member> {
  const file = join(folder, "deno.json");
  const json: unknown = JSON.parse(await Deno.readTextFile(join(root, file)));
  if (!isRecord(json) || typeof json.name !== "string") throw new Error(`${file} must have a "name"`);
  const listed = isRecord(json.exports) ? json.exports : { ".": json.exports };
  const exports: Record<string, string> = {};
  for (const [key, target] of Object.entries(listed)) {
    if (typeof target !== "string") {
      throw new Error(`${file}: the export "${key}" must be a file path`);
    }
    exports[key] = join(folder, target);
  }
  const { name, version, description, runtimes } = json;
  return {
    folder,
    name,
    ...(typeof version === "string" && { version }),
    ...(typeof description === "string" && { description }),
    runtimes: Array.isArray(runtimes) ? runtimes.map(String) : [],
    exports,
  };
}

/**
 * Reads the members of a workspace.
 *
 * @param root Root of the workspace.
 * @returns Members in `packages/` and `apps/`, sorted by folder.
 * @throws {Error} If a member's `deno.json` is missing, or lacks a name or usable exports.
 */
export async function readMembers(root: string): Promise<Member[]> {
  const members: Member[] = [];
  for (const parent of ["packages", "apps"]) {
    for await (const entry of Deno.readDir(join(root, parent))) {
      if (entry.isDirectory) members.push(await readMember(root, join(parent, entry.name)));
    }
  }
  return members.sort((a, b) => a.folder.localeCompare(b.folder));
}
