/**
 * Checks the layering of folders within each package: a file may import its own folder and those before it in
 * {@link FOLDERS}, every folder with source files is listed there, and none has more than {@link MAX_FILES}. Tests,
 * benchmarks and their helpers are exempt, and are not counted.
 *
 * Run it with `deno run --allow-read tools/folders.ts [ROOT]`; `--list` prints the number of files and lines of each folder.
 *
 * @module
 */
import { dirname, join, normalize, relative } from "node:path/posix";
import { imports } from "./source.ts";

/** The folders of each package, lowest layer first; `.` is the root of the package with its entry points. */
export const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  "packages/tensor": [
    "memory",
    "io",
    "io/torch",
    "random",
    "ir",
    "ir/functions",
    "device",
    "graph",
    ...["shape", "elementwise", "reduction", "index", "linear", "spatial", "random", "ranks"].map((name) =>
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
  "packages/pointconv": ["search", "tables", "layers", "."],
  "packages/datasets": [
    "core",
    "archives",
    "netcdf",
    "arrays",
    "images",
    "images/sets",
    "shapes/formats",
    "shapes/surface",
    "shapes",
    "fields",
    "points",
    ".",
  ],
  "packages/gasp": [
    "config",
    "image",
    "state",
    "model",
    "methods/core",
    "methods/gasp/discriminators/core",
    "methods/gasp/discriminators/pointconv",
    "methods/gasp/discriminators/set",
    "methods/gasp/discriminators",
    "methods/gasp",
    "methods/set",
    "methods/grid",
    "methods/convgan",
    "methods/convnp",
    "methods/vae",
    "methods/autodecoder",
    "methods/latent_flow",
    "methods",
    "sampling",
    "show/draw",
    "show/sphere",
    "show/surface",
    "show",
    "metrics/core",
    "metrics/statistics",
    "metrics/features",
    "metrics/distribution",
    "metrics/classifier",
    "metrics/images",
    "metrics/shapes",
    "metrics/sphere",
    "metrics",
    "explore",
    "runs",
    "training",
    "compare",
    "import",
    "parity",
    ".",
  ],
  "apps/cli": [
    "options",
    "device",
    "terminal",
    "files",
    "mpi",
    "command",
    "bench",
    "experiments",
    "commands",
    ".",
  ],
  "apps/studio": [
    "rpc",
    "worker/core",
    "worker/training",
    "worker/handlers",
    "worker",
    "state",
    "ui",
    ...[
      "start",
      "train",
      "explore/shared",
      "explore/stage",
      "explore/panel",
      "explore",
      "fit",
      "compare",
      "explain",
    ].map((
      name,
    ) => `views/${name}`),
    "app",
    "server",
    "tools",
    ".",
  ],
};

/** Maximum number of source files per folder. */
export const MAX_FILES = 20;

/** Tests, benchmarks and their helpers. */
const HELPER = /(?:_test|_bench|_testing|\/testing)\.tsx?$/;

/** A source file of a package. */
interface SourceFile {
  /** Path relative to the root of the workspace. */
  readonly path: string;
  /** Folder relative to the package. */
  readonly folder: string;
  readonly text: string;
}

async function* sourceFiles(root: string, member: string): AsyncGenerator<SourceFile> {
  const visit = async function* (folder: string): AsyncGenerator<SourceFile> {
    for await (const { name, isDirectory, isFile } of Deno.readDir(join(root, member, folder))) {
      const path = join(member, folder, name);
      if (isDirectory && name !== "node_modules" && !name.startsWith(".")) yield* visit(join(folder, name));
      if (isFile && /\.tsx?$/.test(name) && !HELPER.test(path)) {
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
    return [`${path}:${line}: "${specifier}" is in ${target}, which is above ${folder} in tools/folders.ts`];
  });
}

/**
 * Checks a workspace.
 *
 * @param root Root of the workspace.
 * @param folders Order of the folders of each package; default: {@link FOLDERS}.
 * @returns Problems, one per line.
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
      if (!order.includes(folder)) problems.push(`${path}: not listed in tools/folders.ts`);
      if (count > MAX_FILES) problems.push(`${path} has ${count} source files, more than ${MAX_FILES}`);
    }
  }
  return problems.sort();
}

/** Prints the number of source files and lines of each folder, and the length of its longest file. */
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
