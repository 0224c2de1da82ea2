/**
 * The part of the gate that looks at what the packages export. Each package's documentation must be complete by itself:
 * every type that its exports refer to is exported from it too. And a name that several modules export must be one and the
 * same declaration, so that it has one meaning.
 *
 * Run it alone with `deno run --allow-read --allow-run tools/public_api.ts`.
 *
 * @module
 */
import { readDocumentation } from "./documentation.ts";
import { type Member, readMembers } from "./workspace.ts";

/** One module and what it exports: the place of each name's declaration. */
export interface ModuleExports {
  /** What it is imported by: `@gasp/tensor/compiler`. */
  readonly specifier: string;
  /** The name of each export and where it is declared: `file:line`. */
  readonly names: readonly (readonly [name: string, place: string])[];
}

/**
 * Finds names that mean different things in different modules.
 *
 * @param modules What each module exports.
 * @returns A line for each such name; nothing when all is well.
 */
export function clashes(modules: readonly ModuleExports[]): string[] {
  const places = new Map<string, Map<string, string>>();
  for (const { specifier, names } of modules) {
    for (const [name, place] of names) {
      const known = places.get(name) ?? new Map<string, string>();
      if (!known.has(place)) known.set(place, specifier);
      places.set(name, known);
    }
  }
  return [...places].filter(([, known]) => known.size > 1).map(([name, known]) => {
    const meanings = [...known].map(([place, specifier]) => `${specifier} (${place})`);
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

/** The lines of `deno doc --lint` that say what is wrong with one package. */
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
