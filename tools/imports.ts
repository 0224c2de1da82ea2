/**
 * Checks the layering of packages. A package may import only packages below it, by name; there are no circular imports; and
 * everything in `packages/` runs in any JavaScript runtime, so it neither uses the `Deno` namespace nor imports `node:`
 * modules statically.
 *
 * Run it with `deno run --allow-read tools/imports.ts [ROOT]`.
 *
 * @module
 */
import { dirname, join, normalize, relative } from "node:path/posix";
import { imports, uses } from "./source.ts";
import { type Member, readMembers } from "./workspace.ts";

/** The members of the workspace that each member may import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "packages/tensor": [],
  "packages/autograd": ["packages/tensor"],
  "packages/pointconv": ["packages/tensor", "packages/autograd"],
  "packages/datasets": ["packages/tensor"],
  "packages/gasp": ["packages/tensor", "packages/autograd", "packages/pointconv", "packages/datasets"],
  "apps/cli": [
    "packages/tensor",
    "packages/autograd",
    "packages/pointconv",
    "packages/datasets",
    "packages/gasp",
  ],
  "apps/studio": [
    "packages/tensor",
    "packages/autograd",
    "packages/pointconv",
    "packages/datasets",
    "packages/gasp",
  ],
};

/** Tests and their helpers, which are not published, and the helpers that they may import from packages below by path. */
const UNPUBLISHED = /_test(?:ing)?\.ts$/, HELPER = /testing\.ts$/;

/** Files that run in Deno only. */
const DENO_ONLY = /_(?:test|bench)\.ts$/;

/** Reports a problem. */
type Report = (file: string, line: number, message: string) => void;

async function* filesUnder(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory && entry.name !== "node_modules" && !entry.name.startsWith(".")) {
      yield* filesUnder(path);
    }
    if (entry.isFile && /\.(?:ts|tsx|js|mjs)$/.test(entry.name)) yield path;
  }
}

/** Checks an import of a file of `from`; returns the imported file if it is in the workspace. */
function follow(
  members: readonly Member[],
  from: Member,
  file: string,
  specifier: string,
  problem: (message: string) => void,
): string | undefined {
  if (/^\.{1,2}\//.test(specifier)) {
    const target = normalize(join(dirname(file), specifier));
    if (target.startsWith(`${from.folder}/`)) return target;
    const to = members.find(({ folder }) => target.startsWith(`${folder}/`));
    const isBelow = to !== undefined && MAY_IMPORT[from.folder]?.includes(to.folder);
    if (isBelow && UNPUBLISHED.test(file) && HELPER.test(target)) return target;
    problem(`"${specifier}" leaves ${from.folder}: import ${to?.name ?? "from inside it"} instead`);
    return undefined;
  }
  const to = members.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (to === undefined) return undefined;
  const allowed = MAY_IMPORT[from.folder] ?? [];
  if (to === from) problem(`"${specifier}" is its own package: use a relative path`);
  else if (!allowed.includes(to.folder)) {
    problem(
      `${from.folder} may not import "${specifier}", only ${
        allowed.join(", ") || "nothing of the workspace"
      }`,
    );
  }
  const key = `.${specifier.slice(to.name.length)}`;
  const target = to.exports[key];
  if (target === undefined) problem(`"${specifier}": ${to.folder}/deno.json exports no "${key}"`);
  return target;
}

/**
 * Finds cycles in a directed graph.
 *
 * @param edges Successors of each node.
 * @returns One cycle per strongly connected component, as a path that returns to its start.
 */
export function cycles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const reported = new Set<string>();
  for (const start of edges.keys()) {
    if (reported.has(start)) continue;
    const cycle = shortestCycle(edges, start);
    if (cycle === undefined || cycle.some((node) => reported.has(node))) continue;
    cycle.forEach((node) => reported.add(node));
    found.push(cycle);
  }
  return found;
}

/** Searches breadth-first from `start` until an edge leads back to it. */
function shortestCycle(edges: ReadonlyMap<string, readonly string[]>, start: string): string[] | undefined {
  const paths: string[][] = [[start]];
  const seen = new Set<string>();
  for (const path of paths) {
    for (const next of edges.get(path.at(-1) ?? start) ?? []) {
      if (next === start) return [...path, start];
      if (seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return undefined;
}

function checkRuntime(file: string, source: string, report: Report): void {
  for (const line of uses(source, "Deno")) {
    report(
      file,
      line,
      `uses the Deno namespace: packages also run in Node and browsers, so inject the dependency`,
    );
  }
  for (const { specifier, dynamic, line } of imports(source)) {
    if (!dynamic && specifier.startsWith("node:")) {
      report(
        file,
        line,
        `imports "${specifier}" statically: browsers do not have it, so use import() on demand`,
      );
    }
  }
}

/**
 * Checks a workspace.
 *
 * @param root Root of the workspace.
 * @returns Problems, one per line.
 */
export async function check(root: string): Promise<string[]> {
  const problems: string[] = [];
  const report: Report = (file, line, message) => problems.push(`${file}:${line}: ${message}`);
  const members = await readMembers(root);
  const edges = new Map<string, string[]>();
  for (const member of members) {
    if (MAY_IMPORT[member.folder] === undefined) {
      problems.push(`${member.folder}: not listed in tools/imports.ts`);
    }
    for await (const path of filesUnder(join(root, member.folder))) {
      const file = relative(root, path);
      const source = await Deno.readTextFile(path);
      const targets = imports(source).flatMap(({ specifier, line }) =>
        follow(members, member, file, specifier, (message) => report(file, line, message)) ?? []
      );
      edges.set(file, targets);
      if (file.startsWith("packages/") && !DENO_ONLY.test(file)) checkRuntime(file, source, report);
    }
  }
  for (const cycle of cycles(edges)) problems.push(`circular import: ${cycle.join(" -> ")}`);
  return problems.sort();
}

if (import.meta.main) {
  const problems = await check(Deno.args[0] ?? ".");
  for (const problem of problems) console.log(problem);
  Deno.exit(problems.length > 0 ? 1 : 0);
}
