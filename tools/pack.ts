/**
 * Packs every package for npm. `deno pack` compiles the sources to JavaScript with types; what it leaves out is added here:
 * the packages of this workspace as dependencies of each other, packages that are loaded by a name in a value as optional
 * peers, the description, the README and the licence. Sources that it takes for assets are dropped.
 *
 *     deno run -A tools/pack.ts [FOLDER] [--repository URL]
 *
 * writes one archive a package, `gasp-tensor-0.1.0.tgz`, into FOLDER (`npm` unless given). The URL of the repository is
 * needed to publish with provenance.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { join } from "node:path/posix";
import { imports } from "./source.ts";
import { type ArchiveFiles, readArchive, writeArchive } from "./tar.ts";
import { type Member, readMembers } from "./workspace.ts";

/** The parts of a `package.json` that are written or read here. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** An archive for npm. */
export interface PackedPackage {
  readonly manifest: Manifest;
  /** Its files, by paths that begin with `package/`. */
  readonly files: ArchiveFiles;
}

/** Versions of Node that the packages run in. */
const ENGINES = { node: ">=20" };

const ROOT = "package/";
const decoder = new TextDecoder(), encoder = new TextEncoder();

/** The name of the package that a specifier leads to: `@a/b` of `@a/b/c`, `three` of `three/addons/x.js`. */
export function packageOf(specifier: string): string {
  return specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

/**
 * The packages of npm that a module loads by a name in a value, so that nothing is fetched before it is used. They stand in the
 * source as `"npm:name@versions"` or `{ name: "…", versions: "…" }`.
 *
 * @param source The module's text.
 * @returns The versions by name.
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
 * Adds what `deno pack` leaves out.
 *
 * @param packed What it wrote.
 * @param versions Version of each package of the workspace, by name.
 * @param additions Further fields of the manifest, and files.
 * @throws {Error} If a package is imported that no field of the manifest names.
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
        throw new Error(`${path} imports ${specifier}, which deno pack lists in no dependency`);
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

/** What `deno pack` makes of a package. */
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
 * @param root The root of the workspace.
 * @param repository Address of the repository, for provenance.
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
 * @param packages From {@link packAll}.
 * @param folder Folder; it is made.
 * @returns The paths of the archives.
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
