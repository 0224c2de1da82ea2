/**
 * Packs all packages for npm. `deno pack` compiles the sources to JavaScript with types. This script adds what it omits: the
 * dependencies between packages of this workspace, optional peer dependencies for packages whose specifiers are computed, the
 * description, the README and the licence. It removes sources that `deno pack` includes as assets.
 *
 *     deno run -A tools/pack.ts [FOLDER] [--repository URL]
 *
 * writes one archive per package, such as `gasp-tensor-0.1.0.tgz`, into FOLDER (default: `npm`). Publishing with provenance
 * requires the URL of the repository.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { join } from "node:path/posix";
import { imports } from "./source.ts";
import { type ArchiveFiles, readArchive, writeArchive } from "./tar.ts";
import { type Member, readMembers } from "./workspace.ts";

/** The part of a `package.json` that is written or read here. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** Contents of an archive for npm. */
export interface PackedPackage {
  readonly manifest: Manifest;
  /** Files by path; paths begin with `package/`. */
  readonly files: ArchiveFiles;
}

/** Supported versions of Node. */
const ENGINES = { node: ">=20" };

const ROOT = "package/";
const decoder = new TextDecoder(), encoder = new TextEncoder();

/** Returns the package name in a specifier: `@a/b` for `@a/b/c`, `three` for `three/addons/x.js`. */
export function packageOf(specifier: string): string {
  return specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

/**
 * Finds the npm packages that a module imports by a computed specifier, so that they are fetched only when used. The source
 * declares them as `"npm:name@versions"` or `{ name: "…", versions: "…" }`.
 *
 * @param source Source text of the module.
 * @returns Version range of each package, by name.
 */
export function loadedByValue(source: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (
    const pattern of [
      /["'`]npm:(?<name>(?:@[\w.-]+\/)?[\w.-]+)@(?<versions>[^"'`$/]+)["'`]/g,
      /name: "(?<name>[^"]+)",\s*versions: "(?<versions>[^"]+)"/g,
    ]
  ) {
    for (const { groups } of source.matchAll(pattern)) found[groups!.name!] = groups!.versions!;
  }
  return found;
}

/**
 * Adds what `deno pack` omits.
 *
 * @param packed Output of `deno pack`.
 * @param versions Version of each package of the workspace, by name.
 * @param additions Further fields of the manifest, and further files.
 * @throws {Error} If an imported package is not a dependency in the manifest.
 */
export function mend(
  packed: ArchiveFiles,
  versions: ReadonlyMap<string, string>,
  additions: { readonly fields: Readonly<Record<string, unknown>>; readonly files: ArchiveFiles },
): PackedPackage {
  const files: ArchiveFiles = new Map(
    [...packed].filter(([path]) => !/(?<!\.d)\.ts$/.test(path)),
  );
  for (const [path, bytes] of additions.files) files.set(ROOT + path, bytes);
  const manifest: Manifest = JSON.parse(decoder.decode(packed.get(`${ROOT}package.json`)!));
  const dependencies: Record<string, string> = { ...manifest.dependencies },
    peers: Record<string, string> = {};
  for (const [path, bytes] of files) {
    if (!/\.(?:js|d\.ts)$/.test(path)) continue;
    const source = decoder.decode(bytes);
    Object.assign(peers, loadedByValue(source));
    for (const { specifier } of imports(source)) {
      if (/^(?:\.|node:)/.test(specifier)) continue;
      const name = packageOf(specifier), version = versions.get(name);
      if (version !== undefined && name !== manifest.name) dependencies[name] = `^${version}`;
      else if (dependencies[name] === undefined) {
        throw new Error(
          `${path} imports ${specifier}, which is not in the dependencies written by deno pack`,
        );
      }
    }
  }
  const mended: Manifest = {
    ...manifest,
    ...additions.fields,
    engines: ENGINES,
    sideEffects: false,
    dependencies: sorted(dependencies),
    ...(Object.keys(peers).length > 0 && {
      peerDependencies: sorted(peers),
      peerDependenciesMeta: Object.fromEntries(
        Object.keys(sorted(peers)).map((name) => [name, { optional: true }]),
      ),
    }),
  };
  files.set(`${ROOT}package.json`, encoder.encode(`${JSON.stringify(mended, null, 2)}\n`));
  return { manifest: mended, files };
}

function sorted(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => a < b ? -1 : 1));
}

/** Runs `deno pack` for a package. */
async function denoPack(folder: string): Promise<ArchiveFiles> {
  const archive = await Deno.makeTempFile({ suffix: ".tgz" });
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["pack", "--allow-dirty", "--no-source-maps", `--output=${archive}`],
      cwd: folder,
      stdout: "null",
    }).output();
    if (!success) throw new Error(`deno pack failed in ${folder}: ${decoder.decode(stderr)}`);
    return await readArchive(await Deno.readFile(archive));
  } finally {
    await Deno.remove(archive);
  }
}

async function filesBeside(root: string, folder: string): Promise<ArchiveFiles> {
  const files: ArchiveFiles = new Map([["LICENSE", await Deno.readFile(join(root, "LICENSE"))]]);
  files.set("README.md", await Deno.readFile(join(root, folder, "README.md")));
  return files;
}

/**
 * Packs the packages of a workspace.
 *
 * @param root Root of the workspace.
 * @param repository URL of the repository, for provenance.
 */
export async function packAll(root: string, repository?: string): Promise<PackedPackage[]> {
  const packages = (await readMembers(root)).filter(({ folder }) => folder.startsWith("packages/"));
  const versions = new Map(packages.map(({ name, version = "0.0.0" }) => [name, version]));
  const pack = async ({ folder, description }: Member) => {
    const files = await filesBeside(root, folder);
    const source = repository && { repository: { type: "git", url: repository, directory: folder } };
    return mend(await denoPack(join(root, folder)), versions, { fields: { description, ...source }, files });
  };
  const packed: PackedPackage[] = [];
  for (const member of packages) packed.push(await pack(member));
  return packed;
}

/**
 * Writes archives into a folder.
 *
 * @param packages Packages returned by {@link packAll}.
 * @param folder Folder, created if missing.
 * @returns Paths of the archives.
 */
export async function writePackages(packages: readonly PackedPackage[], folder: string): Promise<string[]> {
  await Deno.mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for (const { manifest: { name, version }, files } of packages) {
    const path = join(folder, `${name.slice(1).replace("/", "-")}-${version}.tgz`);
    await Deno.writeFile(path, await writeArchive(files));
    paths.push(path);
  }
  return paths;
}

if (import.meta.main) {
  const { _: [folder = "npm"], repository } = parseArgs(Deno.args, { string: ["repository", "_"] });
  for (const path of await writePackages(await packAll(".", repository), String(folder))) {
    console.log(`${path}  ${((await Deno.stat(path)).size / 1000).toFixed(0)} kB`);
  }
}
