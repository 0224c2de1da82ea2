/**
 * Checks the exports of the packages. Each package's documentation must be self-contained: every type that its exports refer
 * to is exported too. And a name exported by several modules must be the same declaration everywhere.
 *
 * Run it with `deno run --allow-read --allow-run tools/public_api.ts`.
 *
 * @module
 */
import { readDocumentation } from "./documentation.ts";
import { type Member, readMembers } from "./workspace.ts";

/** The exports of a module. */
export interface ModuleExports {
  /** Import specifier: `@gasp/tensor/compiler`. */
  readonly specifier: string;
  /** Names of the exports and the locations of their declarations, `file:line`. */
  readonly names: readonly (readonly [name: string, location: string])[];
}

/**
 * Finds names that have different declarations in different modules.
 *
 * @param modules Exports of each module.
 * @returns Problems, one per line.
 */
export function clashes(modules: readonly ModuleExports[]): string[] {
  const locations = new Map<string, Map<string, string>>();
  for (const { specifier, names } of modules) {
    for (const [name, location] of names) {
      const known = locations.get(name) ?? new Map<string, string>();
      if (!known.has(location)) known.set(location, specifier);
      locations.set(name, known);
    }
  }
  return [...locations].filter(([, known]) => known.size > 1).map(([name, known]) => {
    const meanings = [...known].map(([location, specifier]) => `${specifier} (${location})`);
    return `"${name}" has ${known.size} meanings: ${meanings.join(", ")}`;
  });
}

async function deno(args: readonly string[]): Promise<{ success: boolean; stdout: string; stderr: string }> {
  const command = new Deno.Command(Deno.execPath(), { args: [...args], env: { NO_COLOR: "1" } });
  const { success, stdout, stderr } = await command.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { success, stdout: out!, stderr: err! };
}

async function exportsOf(specifier: string, file: string): Promise<ModuleExports> {
  const [{ declarations } = { declarations: [] }] = await readDocumentation([file]);
  const names = new Map<string, string>();
  for (const { name, place } of declarations) {
    if (!names.has(name)) names.set(name, place.replace(/^.*\/(?=packages\/)/, ""));
  }
  if (names.size === 0) throw new Error(`deno doc --json ${file} lists no symbol: has its format changed?`);
  return { specifier, names: [...names] };
}

/** Returns the errors of `deno doc --lint` for a package. */
async function lint({ name, exports }: Member): Promise<string[]> {
  const { success, stdout, stderr } = await deno(["doc", "--lint", ...Object.values(exports)]);
  if (success) return [];
  const lines = `${stdout}\n${stderr}`.split("\n");
  const found = lines.flatMap((line, i) =>
    line.startsWith("error[") ? [`${name}: ${line} ${lines[i + 1]?.trim() ?? ""}`] : []
  );
  return found.length > 0 ? found : [`${name}: ${stderr}`];
}

if (import.meta.main) {
  const packages = (await readMembers(".")).filter(({ folder }) => folder.startsWith("packages/"));
  const problems: string[] = [];
  for (const member of packages) problems.push(...await lint(member));
  const modules = packages.flatMap(({ name, exports }) =>
    Object.entries(exports).map(([key, file]) => exportsOf(`${name}${key.slice(1)}`, file))
  );
  problems.push(...clashes(await Promise.all(modules)));
  for (const problem of problems) console.log(problem);
  Deno.exit(problems.length > 0 ? 1 : 0);
}
