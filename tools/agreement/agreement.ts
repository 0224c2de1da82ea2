/**
 * Compares a reader with an independent one in Python, on generated files of every option of a format.
 *
 * @module
 */

/** A file, what to compare it with, and how. */
export interface Entry {
  /** Name of the file. */
  readonly name: string;
  /** Option, or format, under which it is counted. */
  readonly group: string;
  /** Allowed difference; decoders may round differently. */
  readonly tolerance: number;
}

/** A comparison of readers. */
export interface Agreement<E extends Entry = Entry> {
  /** What is read: `pictures`. The Python script in this folder has that name. */
  readonly what: string;
  /** Modules of Python that the script needs. */
  readonly modules: readonly string[];
  /** The packages of Debian that have them. */
  readonly packages: readonly string[];
  /**
   * Reads a file and compares.
   *
   * @param path Path of the file.
   * @param entry What is known of it.
   * @param expected What the independent reader read.
   * @returns The largest difference.
   * @throws {Error} If it cannot be read, or has another shape.
   */
  compare(path: string, entry: E, expected: Uint8Array<ArrayBuffer>): Promise<number>;
}

/** Counts of a group. */
export interface Group {
  /** Name of the group. */
  readonly name: string;
  /** Number of files. */
  files: number;
  /** Files in which all values are equal. */
  equal: number;
  /** Largest difference. */
  worst: number;
  /** Files that cannot be read, or differ by more than is allowed, with the reasons. */
  readonly failures: string[];
}

/** The result of a comparison: groups, or the packages without which it cannot be made. */
export type Outcome = { readonly groups: readonly Group[] } | { readonly missing: string };

/** Interpreters to try; that of the distribution may have modules that another in the path does not have. */
const INTERPRETERS: readonly string[] = [
  ...[Deno.env.get("PYTHON") ?? []].flat(),
  "python3",
  "/usr/bin/python3",
];

async function output(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(program, { args: [...args], stderr: "null" }).output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Returns an interpreter that has some modules. */
async function interpreterWith(modules: readonly string[]): Promise<string | undefined> {
  for (const program of INTERPRETERS) {
    if (await output(program, ["-c", modules.map((name) => `import ${name}`).join("\n")]) !== undefined) {
      return program;
    }
  }
  return undefined;
}

/**
 * Returns why a comparison cannot be made: modules that no interpreter has, with their packages; `undefined` if it can.
 *
 * @param agreement What is compared.
 */
export async function missingFor(
  { what, modules, packages }: Pick<Agreement, "what" | "modules" | "packages">,
): Promise<string | undefined> {
  if (await interpreterWith(modules) !== undefined) return undefined;
  return `${what}: Python has not all of ${modules.join(", ")} (${packages.join(", ")})`;
}

/**
 * Makes a comparison.
 *
 * @param agreement What is compared.
 * @param every Of each group, every file of this number is written; default: all.
 */
export async function agree<E extends Entry>(agreement: Agreement<E>, every: number = 1): Promise<Outcome> {
  const { what, modules } = agreement, python = await interpreterWith(modules);
  if (python === undefined) return { missing: (await missingFor(agreement))! };
  const folder = await Deno.makeTempDir({ prefix: "gasp-agreement-" });
  try {
    const script = new URL(`./${what}.py`, import.meta.url).pathname;
    const command = new Deno.Command(python, { args: [script, folder, String(every)], stderr: "piped" });
    const { success, stdout, stderr } = await command.output(), decoder = new TextDecoder();
    if (!success) throw new Error(`${what}.py failed: ${decoder.decode(stderr).slice(-2000)}`);
    const entries: E[] = JSON.parse(decoder.decode(stdout).trim().split("\n").at(-1)!);
    const groups = new Map<string, Group>();
    for (const entry of entries) {
      const group: Group = groups.get(entry.group) ??
        { name: entry.group, files: 0, equal: 0, worst: 0, failures: [] };
      groups.set(entry.group, group);
      await count(group, entry, agreement, folder);
    }
    return { groups: [...groups.values()] };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function count<E extends Entry>(
  group: Group,
  entry: E,
  { compare }: Agreement<E>,
  folder: string,
): Promise<void> {
  const { name, tolerance } = entry, path = `${folder}/${name}`;
  group.files++;
  try {
    const difference = await compare(path, entry, await Deno.readFile(`${path}.raw`));
    group.worst = Math.max(group.worst, difference);
    if (difference === 0) group.equal++;
    if (!(difference <= tolerance)) group.failures.push(`${name}: values differ by up to ${difference}`);
  } catch (error) {
    group.failures.push(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * Returns the largest difference of numbers; NaN equals NaN.
 *
 * @param found Numbers that were read.
 * @param expected Numbers that the independent reader read.
 * @param isRelative Whether differences are relative to the expected number.
 * @throws {Error} If there are more of one than of the other.
 */
export function largestDifference(
  found: ArrayLike<number | bigint>,
  expected: ArrayLike<number>,
  isRelative: boolean = false,
): number {
  if (found.length !== expected.length) {
    throw new Error(`${found.length} numbers, expected ${expected.length}`);
  }
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const a = Number(found[i]!), b = expected[i]!;
    if (Object.is(a, b) || a === b) continue;
    const difference = Math.abs(a - b) / (isRelative ? Math.abs(b) : 1);
    worst = Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
  }
  return worst;
}

/**
 * Makes a comparison and prints counts by group.
 *
 * @param agreement What is compared.
 * @returns Exit code: 1 if a file failed.
 */
export async function printAgreement<E extends Entry>(agreement: Agreement<E>): Promise<number> {
  const outcome = await agree(agreement);
  if ("missing" in outcome) {
    console.log(`nothing was compared: ${outcome.missing}`);
    return 0;
  }
  let failed = 0;
  for (const { name, files, equal, worst, failures } of outcome.groups) {
    const counts = `${files} files, ${equal} equal, largest difference ${Number(worst.toPrecision(3))}`;
    console.log(`${name.padEnd(12)} ${counts}, ${failures.length} failed`);
    for (const failure of failures.slice(0, 8)) console.log(`  ${failure}`);
    failed += failures.length;
  }
  return failed === 0 ? 0 : 1;
}
