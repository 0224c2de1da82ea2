/**
 * A case: files as people have them on their disks, the command that is given them, and what must happen.
 *
 * @module
 */
import type { CommandHost } from "../../tools/storm/command_host.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname } from "node:path/posix";

/** Files by path. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** What `data inspect` says of a set that is read. */
export interface Facts {
  /** Kind of data. */
  readonly kind?: string;
  /** Number of items. */
  readonly items?: number;
  /** Points of an item. */
  readonly points?: number | string;
  /** Ranges of features. */
  readonly features?: readonly string[];
}

/** What must happen: the set is read, and words are said of it; or it is refused, with these words. */
export type Expectation =
  | (Facts & { readonly says?: readonly string[] })
  | { readonly refused: readonly string[] };

/** A case. */
export interface Case {
  /** What is on the disk. */
  readonly name: string;
  /** Its files; a function for those that take time to write. */
  readonly files: Files | (() => Promise<Files>);
  /** What is given to `data inspect`: a path in the folder of the files, perhaps after a kind, and options. */
  readonly args: readonly [string, ...string[]];
  /** What must happen. */
  readonly expect: Expectation;
}

/** Cases of a kind: the one that was reported, and others. */
export interface CaseKind {
  /** Number of the case that was reported, and what is wrong with such files. */
  readonly title: string;
  /** Its files, copied. */
  readonly reported: readonly Case[];
  /** Others of the kind. */
  readonly others: readonly Case[];
}

/**
 * Returns a copied file of a reported case.
 *
 * @param path Path in `tests/fixtures/cases`.
 */
export function fixture(path: string): Uint8Array {
  return Deno.readFileSync(new URL(`../fixtures/cases/${path}`, import.meta.url));
}

/**
 * Returns the copied folder of a reported case.
 *
 * @param path Path in `tests/fixtures/cases`.
 */
export function fixtures(path: string): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  const visit = (folder: string) => {
    for (
      const { name, isDirectory } of Deno.readDirSync(
        new URL(`../fixtures/cases/${path}/${folder}`, import.meta.url),
      )
    ) {
      if (isDirectory) visit(`${folder}${name}/`);
      else files[folder + name] = fixture(`${path}/${folder}${name}`);
    }
  };
  visit("");
  return files;
}

/** Puts a path of a case into its folder: `shapes:a.obj` becomes `shapes:FOLDER/a.obj`. */
function placed(path: string, folder: string): string {
  const [, kind = "", rest = ""] = /^([a-z]+:)?(.*)$/.exec(path) ?? [];
  return `${kind}${folder}/${rest}`;
}

/**
 * Runs `data inspect` on a case.
 *
 * @param host Runs commands.
 * @param one Case.
 * @throws {AssertionError} If something else happens.
 */
export async function runCase(host: CommandHost, one: Case): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gasp-case-" });
  try {
    const files = typeof one.files === "function" ? await one.files() : one.files;
    for (const [path, bytes] of Object.entries(files)) {
      await Deno.mkdir(dirname(`${folder}/${path}`), { recursive: true });
      await Deno.writeFile(`${folder}/${path}`, bytes);
    }
    const [path, ...options] = one.args;
    const { code, stdout, stderr } = await host.run([
      ...["data", "inspect", placed(path, folder), "--json"],
      ...options.map((option) => option.replace(/^FOLDER\b/, folder)),
    ]);
    if ("refused" in one.expect) {
      assertEquals(code, 1, stdout);
      for (const words of one.expect.refused) assertStringIncludes(stderr, words);
      return;
    }
    const { says = [], ...facts } = one.expect;
    assertEquals(code, 0, stderr);
    const line = stdout.split("\n").find((text) => text.startsWith("{"));
    assert(line !== undefined, stdout);
    const found = JSON.parse(line) as Record<string, unknown>;
    for (const [fact, value] of Object.entries(facts)) assertEquals(found[fact], value, `${fact} of ${line}`);
    for (const words of says) assertStringIncludes(line + stderr, words);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
