/**
 * The mutation check: inserts small faults, one at a time, into a copy of the repository, runs the tests that should catch
 * each, and prints the results. It fails if a fault survives, which means that a test is missing.
 *
 * `deno task mutate` inserts all faults of `tools/faults`, `deno task mutate --only knn,adam` those with one of these texts
 * in their names. The tests run without a fault first, since a test that fails anyway does not catch anything.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { copyTree } from "./faults/copy_tree.ts";
import { type Fault, FAULTS, planted } from "./faults/mod.ts";

/** Time limit in seconds for the tests of a fault; a fault that makes them hang counts as caught. */
const LIMIT_SECONDS = 300;

const USAGE = `deno task mutate [--only NAME,NAME] [--jobs N] [--unchecked]
  --only       Faults with one of these texts in their names; default: all
  --jobs       Copies of the repository to work in side by side; default: 1
  --unchecked  Leave out the run of the tests without any fault`;

/** Result for a fault. */
export type Verdict =
  | { readonly state: "caught"; readonly by: string }
  | { readonly state: "SURVIVED" }
  | { readonly state: "BROKEN"; readonly why: string };

/**
 * Determines from the output of `deno test` whether a fault was caught.
 *
 * @param success Whether all tests passed.
 * @param output Output of `deno test`.
 * @returns The result; a fault is caught only by a failing test, not by a program that fails to load.
 */
export function verdictOf(success: boolean, output: string): Verdict {
  // deno-lint-ignore no-control-regex -- colours
  const text = output.replace(/\x1b\[[0-9;]*m/g, "");
  const summary = /^(?:ok|FAILED) \| (\d+) passed.* \| (\d+) failed/m.exec(text);
  if (success) {
    if (Number(summary?.[1]) > 0) return { state: "SURVIVED" };
    return { state: "BROKEN", why: "no test ran" };
  }
  const unloadable = /^.*(?:SyntaxError|Module not found|\(uncaught error\)).*$/m.exec(text);
  if (unloadable) return { state: "BROKEN", why: unloadable[0].trim() };
  const failed = /^(.*?) \.\.\. .*FAILED/m.exec(text);
  if (failed) return { state: "caught", by: failed[1]!.trim() };
  return { state: "caught", by: "the tests broke off" };
}

/** Runs tests in a copy. */
async function runTests(
  folder: string,
  tests: readonly string[],
  flags: readonly string[],
): Promise<Verdict> {
  const signal = AbortSignal.timeout(LIMIT_SECONDS * 1000);
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--lock=deno.lock", "--frozen", ...flags, ...tests],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
    signal,
  });
  const { success, stdout, stderr } = await command.output();
  if (signal.aborted) return { state: "caught", by: `timed out after ${LIMIT_SECONDS} s` };
  return verdictOf(success, [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n"));
}

/** Inserts a fault into a copy, runs its tests, and reverts the file. */
async function tryFault(folder: string, fault: Fault): Promise<Verdict> {
  const path = `${folder}/${fault.file}`, sound = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, planted(sound, fault));
  try {
    const filter = fault.filter === undefined ? [] : [`--filter=${fault.filter}`];
    return await runTests(folder, fault.tests, ["--fail-fast", ...filter]);
  } finally {
    await Deno.writeTextFile(path, sound);
  }
}

/** Throws if the tests fail without a fault, since their results would be meaningless. */
async function checkSound(folder: string, faults: readonly Fault[]): Promise<void> {
  const tests = [...new Set(faults.flatMap((fault) => fault.tests))];
  const verdict = await runTests(folder, tests, []);
  if (verdict.state !== "SURVIVED") {
    throw new Error(`the tests fail without a fault: ${JSON.stringify(verdict)}`);
  }
}

function line({ name, file, what }: Fault, verdict: Verdict, seconds: number): string {
  const detail = verdict.state === "caught" ? verdict.by : verdict.state === "BROKEN" ? verdict.why : "";
  const cells = [verdict.state, name, file, what, detail, `${seconds.toFixed(0)} s`];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** Inserts faults one by one into a separate copy until none are left. */
async function work(left: Fault[], report: (fault: Fault, verdict: Verdict, seconds: number) => void) {
  const folder = await copyTree();
  try {
    for (let fault = left.shift(); fault; fault = left.shift()) {
      const begun = performance.now();
      const verdict = await tryFault(folder, fault);
      report(fault, verdict, (performance.now() - begun) / 1000);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function main(args: readonly string[]): Promise<number> {
  const { only, jobs, unchecked, help } = parseArgs([...args], {
    string: ["only", "jobs"],
    boolean: ["unchecked", "help"],
    default: { jobs: "1" },
    unknown: (arg) => {
      throw new Error(`unknown argument ${arg}\n${USAGE}`);
    },
  });
  if (help) {
    console.log(USAGE);
    return 0;
  }
  if (!/^[1-9]\d?$/.test(jobs)) throw new Error(`--jobs must be an integer from 1 to 99, got ${jobs}`);
  const wanted = only?.split(",");
  const faults = FAULTS.filter(({ name }) => wanted?.some((part) => name.includes(part)) ?? true);
  if (faults.length === 0) {
    throw new Error(`no fault has ${only} in its name: ${FAULTS.map(({ name }) => name).join(", ")}`);
  }
  if (!unchecked) {
    const folder = await copyTree();
    try {
      await checkSound(folder, faults);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
  console.log("| result | fault | file | what | caught by | time |\n| --- | --- | --- | --- | --- | --- |");
  let caught = 0;
  const left = [...faults];
  await Promise.all(Array.from({ length: Number(jobs) }, () =>
    work(left, (fault, verdict, seconds) => {
      if (verdict.state === "caught") caught++;
      console.log(line(fault, verdict, seconds));
    })));
  console.log(`\n${caught} of ${faults.length} faults caught`);
  return caught === faults.length ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
