/**
 * Computes the JSR score of each package, by criterion, and counts how many of its functions and classes have an example.
 * Fails if a package has fewer than the required 17 points, or too few examples.
 *
 * Weights and rules follow the registry's source, `api/src/api/types.rs` and `api/src/analysis.rs`. Description and runtimes,
 * which the release workflow sends to the site, and provenance, which publishing adds, count as declared in the repository.
 *
 *     deno run -A tools/jsr_score.ts
 *
 * @module
 */
import { parse } from "yaml";
import { type Declaration, readDocumentation } from "./documentation.ts";
import { type Member, readMembers } from "./workspace.ts";

/** Points of a package by criterion. */
export type Score = Readonly<Record<string, number>>;

/** Points of a full score; the criteria add up to one more. */
export const FULL_SCORE = 17;

/** Minimum fraction of exported functions and classes with an example. */
const MIN_EXAMPLES = 0.6;

/** Properties of a package that determine its score. */
export interface PackageFacts {
  readonly readme: string | undefined;
  /** Whether each entry point has module documentation. */
  readonly documentedEntries: readonly boolean[];
  readonly declarations: readonly Declaration[];
  /** Whether no type of the public API has to be inferred. */
  readonly hasFastTypes: boolean;
  /** Whether it is published with a signed provenance statement. */
  readonly hasProvenance: boolean;
  readonly description: string | undefined;
  readonly runtimes: readonly string[];
}

/** Returns the fraction of declarations with documentation, counted as the registry does. */
export function documentedFraction(declarations: readonly Declaration[]): number {
  if (declarations.length === 0) return 1;
  return declarations.filter(({ isDocumented }) => isDocumented).length / declarations.length;
}

/** Returns the functions and classes, each once even if several entry points export it. */
function callables(declarations: readonly Declaration[]): Declaration[] {
  const found = declarations.filter(({ kind }) => kind === "function" || kind === "class");
  return [...new Map(found.map((each) => [each.place, each])).values()];
}

/**
 * Returns the points of a package by criterion.
 *
 * @param facts Properties of the package.
 */
export function scoreOf(facts: PackageFacts): Score {
  const { readme, documentedEntries, declarations, description, runtimes } = facts;
  // A README counts as the documentation of the main module, which comes first.
  const entries = documentedEntries.map((has, i) => has || (i === 0 && readme !== undefined));
  return {
    readme: readme === undefined ? 0 : 2,
    examples: readme?.includes("```") ? 1 : 0,
    modules: entries.every(Boolean) ? 1 : 0,
    symbols: Math.floor(Math.min(1, documentedFraction(declarations) / 0.8) * 5),
    types: facts.hasFastTypes ? 5 : 0,
    provenance: facts.hasProvenance ? 1 : 0,
    description: description ? 1 : 0,
    runtimes: Math.min(2, runtimes.length),
  };
}

async function deno(...args: string[]): Promise<{ success: boolean; stderr: string }> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, stdout: "null" }).output();
  return { success, stderr: new TextDecoder().decode(stderr) };
}

/** Checks that no public type has to be inferred, as publishing requires. If the registry is needed but unreachable, prints a note and returns true. */
async function hasFastTypes(): Promise<boolean> {
  const { success, stderr } = await deno(
    "publish",
    "--dry-run",
    "--allow-dirty",
    "--lock=deno.lock",
    "--frozen",
  );
  if (!success && !/slow type|missing-explicit/i.test(stderr)) {
    console.log(`cannot check for slow types: ${stderr.trim().split("\n").at(-1)}`);
    return true;
  }
  return success;
}

/** Whether the publishing workflow has an identity to sign with. */
async function hasProvenance(): Promise<boolean> {
  const { jobs } = parse(await Deno.readTextFile(".github/workflows/release.yml")) as {
    jobs: Record<string, { permissions?: Record<string, string>; steps: { run?: string }[] }>;
  };
  return Object.values(jobs).some(({ permissions, steps }) =>
    permissions?.["id-token"] === "write" &&
    steps.some(({ run }) => run?.startsWith("deno publish") && !run.includes("--no-provenance"))
  );
}

async function factsOf(
  { folder, exports, description, runtimes }: Member,
  shared: Pick<PackageFacts, "hasFastTypes" | "hasProvenance">,
): Promise<PackageFacts> {
  const documentation = await readDocumentation(Object.values(exports));
  return {
    readme: await Deno.readTextFile(`${folder}/README.md`).catch(() => undefined),
    documentedEntries: documentation.map(({ isDocumented }) => isDocumented),
    declarations: documentation.flatMap(({ declarations }) => declarations),
    description,
    runtimes,
    ...shared,
  };
}

if (import.meta.main) {
  const shared = { hasFastTypes: await hasFastTypes(), hasProvenance: await hasProvenance() };
  const packages = (await readMembers(".")).filter(({ folder }) => folder.startsWith("packages/"));
  const problems: string[] = [];
  for (const member of packages) {
    const facts = await factsOf(member, shared), score = scoreOf(facts);
    const total = Object.values(score).reduce((sum, points) => sum + points, 0);
    const all = callables(facts.declarations), shown = all.filter(({ hasExample }) => hasExample);
    console.log(
      `${member.name.padEnd(16)} ${Math.min(total, FULL_SCORE)}/${FULL_SCORE}  ` +
        Object.entries(score).map(([name, points]) => `${name} ${points}`).join(", ") +
        `; ${(100 * documentedFraction(facts.declarations)).toFixed(0)} % of symbols documented, ` +
        `${shown.length} of ${all.length} functions and classes with an example`,
    );
    if (total < FULL_SCORE) problems.push(`${member.name} has ${total} points`);
    if (shown.length < MIN_EXAMPLES * all.length) {
      const without = all.filter(({ hasExample }) => !hasExample).map(({ name }) => name);
      problems.push(`${member.name} has too few examples; without one are ${without.join(", ")}`);
    }
  }
  for (const problem of problems) console.log(problem);
  Deno.exit(problems.length > 0 ? 1 : 0);
}
