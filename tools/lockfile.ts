/**
 * Checks the lock files: they have no URLs, lock every package, and every task uses one. A lock file written where npm
 * packages come from a mirror has the mirror's host, from which everyone else would then download.
 *
 * `deno.json` has `"lock": false`, since `deno task` otherwise downloads all packages in the file, whatever the task needs:
 * so each task has to pass it explicitly.
 *
 * Run it with `deno run --allow-read tools/lockfile.ts`; `deno task lock` updates the files.
 *
 * @module
 */

/** The lock files of the workspace and of the libraries that `deno task peers` compares with. */
const LOCKS = ["deno.lock", "tools/peers/deno.lock"];

/**
 * Finds URLs and absolute paths in a lock file.
 *
 * @param text Contents of the file.
 * @param file File name.
 * @returns Problems, one per line, with line numbers.
 */
export function addresses(text: string, file: string): string[] {
  return text.split("\n").flatMap((line, i) => {
    const address = /\w+:\/\/[^"]*|"(?:\/|[A-Za-z]:\\)[^"]*/.exec(line)?.[0];
    return address === undefined ? [] : [`${file}:${i + 1}: has ${address}; remove the "tarball" lines`];
  });
}

/** The parts of a lock file that are checked. */
interface Lock {
  readonly specifiers: Readonly<Record<string, string>>;
  readonly workspace: { readonly dependencies: readonly string[] };
}

/**
 * Finds packages of the import map without a locked version. A frozen run detects changes of the import map, but not missing
 * versions of packages that are loaded on demand.
 *
 * @param lock Contents of `deno.lock`.
 * @returns Problems, one per line.
 */
export function unlocked({ specifiers, workspace }: Lock): string[] {
  return workspace.dependencies
    .filter((specifier) => specifier.startsWith("npm:") && !Object.hasOwn(specifiers, specifier))
    .map((specifier) => `deno.lock: has no version of ${specifier}: run deno task lock`);
}

/**
 * Finds tasks that load packages without a lock file.
 *
 * @param tasks Tasks of `deno.json`.
 * @returns Problems, one per line.
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
