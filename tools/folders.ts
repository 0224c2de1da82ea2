/**
 * The part of the gate that keeps the folders within a package apart: a file may import its own folder and those that stand
 * before it in {@link FOLDERS}, every folder with source files stands there, and none holds more than {@link MOST_FILES}.
 * Tests, benchmarks and their helpers may import anything of their package, and do not count.
 *
 * Run it alone with `deno run --allow-read tools/folders.ts [ROOT]`; `--list` prints how many files and lines each folder has.
 *
 * @module
 */
import { dirname, join, normalize, relative } from "node:path/posix";
import { imports } from "./source.ts";

/** The folders of each package, lowest first; `.` is the package's own folder with its entry points. */
export const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  "packages/tensor": [
    "memory",
    "io",
    "random",
    "ir",
    "ir/functions",
    "device",
    "graph",
    ...["shape", "elementwise", "reduction", "index", "linear", "spatial", "random"].map((name) =>
      `ops/${name}`
    ),
    "vmap",
    "reference",
    "compile/lowering",
    "compile",
    "run",
    ...["module", "loop", "gemm", "search", "sort", "neighbour", "chain", "program", "runtime"].map((name) =>
      `wasm/${name}`
    ),
    ...["shader", "gemm", "search", "sort", "neighbour", "chain", "program", "runtime"].map((name) =>
      `webgpu/${name}`
    ),
    ".",
  ],
  "packages/autograd": ["rules", "nn", "optim", "."],
  "packages/pointconv": ["."],
  "packages/datasets": ["core", "netcdf", "arrays", "images", "shapes", "fields", "points", "."],
  "packages/gasp": [
    "config",
    "image",
    "metrics",
    "state",
    "model",
    "methods/core",
    "methods/gasp/discriminators/core",
    "methods/gasp/discriminators/pointconv",
    "methods/gasp/discriminators",
    "methods/gasp",
    "methods",
    "sampling",
    "show/draw",
    "show/sphere",
    "show/surface",
    "show",
    "explore",
    "runs",
    "training",
    "import",
    "parity",
    ".",
  ],
  "apps/cli": ["options", "device", "files", "terminal", "bench", "commands", "."],
};

/** Most source files of a folder. */
export const MOST_FILES = 20;

/** Tests, benchmarks, and what only they use. */
const HELPER = /(?:_test|_bench|_testing|\/testing)\.ts$/;

/** One source file of a package. */
interface SourceFile {
  /** Its path from the root of the workspace. */
  readonly path: string;
  /** Its folder from the package's own. */
  readonly folder: string;
  readonly text: string;
}

async function* sourceFiles(root: string, member: string): AsyncGenerator<SourceFile> {
  const visit = async function* (folder: string): AsyncGenerator<SourceFile> {
    for await (const { name, isDirectory, isFile } of Deno.readDir(join(root, member, folder))) {
      const path = join(member, folder, name);
      if (isDirectory && name !== "node_modules" && !name.startsWith(".")) yield* visit(join(folder, name));
      if (isFile && name.endsWith(".ts") && !HELPER.test(path)) {
        yield { path, folder, text: await Deno.readTextFile(join(root, path)) };
      }
    }
  };
  yield* visit(".");
}

function upwardImports(
  { path, folder, text }: SourceFile,
  member: string,
  order: readonly string[],
): string[] {
  return imports(text).flatMap(({ specifier, line }) => {
    if (!specifier.startsWith(".")) return [];
    const target = relative(member, dirname(normalize(join(dirname(path), specifier)))) || ".";
    if (target === folder || target.startsWith("..") || order.indexOf(target) < order.indexOf(folder)) {
      return [];
    }
    return [`${path}:${line}: "${specifier}" is in ${target}, which tools/folders.ts puts above ${folder}`];
  });
}

/**
 * Checks a tree.
 *
 * @param root The root of the workspace.
 * @param folders The order of the folders of each package. Default: {@link FOLDERS}.
 * @returns What is wrong, a line each; nothing when all is well.
 */
export async function check(root: string, folders = FOLDERS): Promise<string[]> {
  const problems: string[] = [];
  for (const [member, order] of Object.entries(folders)) {
    const counts = new Map<string, number>();
    for await (const file of sourceFiles(root, member)) {
      counts.set(file.folder, (counts.get(file.folder) ?? 0) + 1);
      if (order.includes(file.folder)) problems.push(...upwardImports(file, member, order));
    }
    for (const [folder, count] of counts) {
      const path = join(member, folder);
      if (!order.includes(folder)) problems.push(`${path}: tools/folders.ts does not say where it stands`);
      if (count > MOST_FILES) problems.push(`${path} holds ${count} source files, more than ${MOST_FILES}`);
    }
  }
  return problems.sort();
}

/** How many source files and lines each folder has, and its longest file. */
async function list(root: string): Promise<void> {
  for (const member of Object.keys(FOLDERS)) {
    const totals = new Map<string, { files: number; lines: number; longest: number }>();
    for await (const { folder, text } of sourceFiles(root, member)) {
      const lines = text.split("\n").length - 1;
      const total = totals.get(folder) ?? { files: 0, lines: 0, longest: 0 };
      totals.set(folder, {
        files: total.files + 1,
        lines: total.lines + lines,
        longest: Math.max(total.longest, lines),
      });
    }
    for (const [folder, { files, lines, longest }] of totals) {
      console.log(`${join(member, folder).padEnd(40)}${files} files, ${lines} lines, longest ${longest}`);
    }
  }
}

if (import.meta.main) {
  const args = Deno.args.filter((arg) => arg !== "--list");
  if (args.length < Deno.args.length) await list(args[0] ?? ".");
  const problems = await check(args[0] ?? ".");
  for (const problem of problems) console.log(problem);
  Deno.exit(problems.length > 0 ? 1 : 0);
}
