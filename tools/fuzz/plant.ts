/**
 * Plants faults, one at a time, into a copy of the repository and runs the fuzzer until it finds each or the time is
 * over. A trial that never returns is a failure. A failure counts only if the same trial passes without the fault. Prints a
 * table of what it found, and after how much processor time.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { copyTree } from "../faults/copy_tree.ts";
import { planted } from "../faults/fault.ts";
import { FUZZ_FAULTS, type FuzzFault } from "../faults/fuzz.ts";
import { fuzzUntilFailure } from "./watched.ts";

const USAGE = `deno task fuzz-faults [--only NAME,NAME] [--minutes N] [--seed N] [--least N]
  --only       Faults with one of these texts in their names; default: all
  --minutes    Limit of processor time per fault; default: 10
  --seed       First seed; default: 1
  --least      Number of faults to find for success; default: all but a tenth`;

/** How the fuzzer met a fault. */
type Verdict =
  | { readonly state: "found"; readonly kind: string; readonly seed: number }
  | { readonly state: "MISSED" }
  | { readonly state: "BROKEN"; readonly why: string };

async function tryFault(
  folder: string,
  fault: FuzzFault,
  { minutes, seed }: { readonly minutes: string; readonly seed: string },
): Promise<{ readonly verdict: Verdict; readonly seconds: number }> {
  const path = `${folder}/${fault.file}`, sound = await Deno.readTextFile(path);
  const device = ["--device", fault.device], limits = { seconds: 60 * Number(minutes) };
  await Deno.writeTextFile(path, planted(sound, fault));
  const run = await fuzzUntilFailure(folder, [...device, "--seed", seed], limits)
    .finally(() => Deno.writeTextFile(path, sound));
  const { seconds } = run;
  if (run.state === "passed") return { verdict: { state: "MISSED" }, seconds };
  if (run.state === "broken") return { verdict: { state: "BROKEN", why: run.why }, seconds };
  const again = await fuzzUntilFailure(
    folder,
    [...device, "--seed", String(run.seed), "--trials", "1"],
    limits,
  );
  if (again.state !== "passed") {
    const why = again.state === "broken" ? again.why : `seed ${run.seed} fails without the fault`;
    return { verdict: { state: "BROKEN", why }, seconds };
  }
  return { verdict: { state: "found", kind: run.kind, seed: run.seed }, seconds };
}

function line({ name, device, what }: FuzzFault, verdict: Verdict, seconds: number): string {
  const detail = verdict.state === "found"
    ? `${verdict.kind}, seed ${verdict.seed}`
    : verdict.state === "BROKEN"
    ? verdict.why
    : "";
  const cells = [verdict.state, name, device, what, detail, `${seconds.toFixed(1)} s`];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}

async function main(args: readonly string[]): Promise<number> {
  const { only, help, least, ...limits } = parseArgs([...args], {
    string: ["only", "minutes", "seed", "least"],
    boolean: ["help"],
    default: { minutes: "10", seed: "1" },
    unknown: (arg) => {
      throw new Error(`unknown argument ${arg}\n${USAGE}`);
    },
  });
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const parts = only?.split(",");
  const faults = FUZZ_FAULTS.filter(({ name }) => parts?.some((part) => name.includes(part)) ?? true);
  if (faults.length === 0) throw new Error(`no fault has ${only} in its name`);
  const wanted = least === undefined ? Math.ceil(0.9 * faults.length) : Number(least);
  console.log(
    "| result | fault | device | what | by | processor time |\n| --- | --- | --- | --- | --- | --- |",
  );
  const folder = await copyTree();
  let found = 0;
  try {
    for (const fault of faults) {
      const { verdict, seconds } = await tryFault(folder, fault, limits);
      if (verdict.state === "found") found++;
      console.log(line(fault, verdict, seconds));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  console.log(`\n${found} of ${faults.length} faults found`);
  return found >= wanted ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
