/**
 * The part of the gate that looks after the lock files: they hold no addresses, name every package, and every task uses
 * one. Written where npm packages come from a mirror, a lock file names the mirror's host, and everyone else would then
 * download from there.
 *
 * `deno.json` has `"lock": false`, since `deno task` otherwise downloads all that the file lists, whatever the task needs:
 * so each task has to name it.
 *
 * Run it alone with `deno run --allow-read tools/lockfile.ts`; `deno task lock` brings the files up to date.
 *
 * @module
 */

/** The lock files: of the workspace, and of the systems that `deno task peers` compares with. */
const LOCKS = ["deno.lock", "tools/peers/deno.lock"];

/**
 * Finds addresses in a lock file.
 *
 * @param text The text of the file.
 * @param file Its name.
 * @returns A line for each, with its line number.
 */
export function addresses(text: string, file: string): string[] {
  return text.split("\n").flatMap((line, i) => {
    const address = /\w+:\/\/[^"]*|"(?:\/|[A-Za-z]:\\)[^"]*/.exec(line)?.[0];
    return address === undefined ? [] : [`${file}:${i + 1}: names ${address}; remove the "tarball" lines`];
  });
}

/** What is read of a lock file. */
interface Lock {
  readonly specifiers: Readonly<Record<string, string>>;
  readonly workspace: { readonly dependencies: readonly string[] };
}

/**
 * Finds packages of the import map without a locked version. A frozen run notices a change of the import map, but not that
 * the version of a package is missing which is loaded only when it is needed.
 *
 * @param lock The content of `deno.lock`.
 * @returns A line for each.
 */
export function unlocked({ specifiers, workspace }: Lock): string[] {
  return workspace.dependencies
    .filter((specifier) => specifier.startsWith("npm:") && !Object.hasOwn(specifiers, specifier))
    .map((specifier) => `deno.lock: has no version of ${specifier}: run deno task lock`);
}

/**
 * Finds tasks that load packages without a lock file.
 *
 * @param tasks The tasks of `deno.json`.
 * @returns A line for each.
 */
export function unlockedTasks(tasks: Readonly<Record<string, { readonly command: string }>>): string[] {
  return Object.entries(tasks)
    .filter(([name]) => name !== "lock") // It writes the files.
    .filter(([, { command }]) =>
      command.split("&&").some((part) => !/ --lock=\S+ --frozen(?: |$)/.test(part))
    )
    .map(([name]) => `deno.json: the task ${name} lacks --lock=deno.lock --frozen`);
}

if (import.meta.main) {
  const texts = await Promise.all(LOCKS.map(async (file) => [file, await Deno.readTextFile(file)] as const));
  const problems = [
    ...texts.flatMap(([file, text]) => addresses(text, file)),
    ...unlocked(JSON.parse(await Deno.readTextFile("deno.lock"))),
    ...unlockedTasks(JSON.parse(await Deno.readTextFile("deno.json")).tasks),
  ];
  for (const problem of problems) console.log(problem);
  Deno.exit(problems.length > 0 ? 1 : 0);
}
