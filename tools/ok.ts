/**
 * The whole gate: everything that must hold before a change lands. It prints a line for each check with the time it took,
 * below it the check's own output where it failed, and ends with a non-zero status if any did.
 *
 * `deno task ok` runs it all, `deno task ok --fast` leaves out the tests.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { join } from "node:path/posix";

/** One check: a `deno` command that succeeds when all is well. */
interface Gate {
  /** The name that is printed. */
  readonly name: string;
  /** The arguments of `deno`. */
  readonly args: readonly string[];
  /** Whether `--fast` leaves it out. */
  readonly slow?: boolean;
  /** Tells from the output of a failed run why it could not be done at all, if that is so. */
  readonly cannotRun?: (output: string) => string | undefined;
}

interface Outcome {
  readonly state: "ok" | "FAILED" | "skipped";
  /** What is worth reading: all output of a failure, the reason of a skip. */
  readonly detail: string;
}

/** The commands that load packages take them in the versions of the lock file, checked against its checksums. */
const LOCKED = ["--lock=deno.lock", "--frozen"];

/** How much of a stream of a failed check is shown. */
const SHOWN_BYTES = 100_000;

/** `publish --dry-run` asks the registry about packages that no `links` entry replaces. */
function registryUnreachable(output: string): string | undefined {
  const line = output.split("\n").find((line) =>
    /error sending request|dns error|connection refused|timed out|jsr.*could not be (?:resolved|loaded)/i
      .test(line)
  );
  return line === undefined ? undefined : `the registry cannot be reached: ${line.trim()}`;
}

function gates(): Gate[] {
  const examplesOnly = ["--ignore=**/*_test.ts", "--permit-no-files"];
  return [
    { name: "format", args: ["fmt", "--check"] },
    { name: "lint", args: ["lint"] },
    { name: "types", args: ["check", ...LOCKED, "."] },
    { name: "imports", args: ["run", "--allow-read", join("tools", "imports.ts")] },
    { name: "lock file", args: ["run", "--allow-read", join("tools", "lockfile.ts")] },
    { name: "docs", args: ["run", "--allow-read", "--allow-run", ...LOCKED, join("tools", "public_api.ts")] },
    {
      name: "publish",
      args: ["publish", "--dry-run", "--allow-dirty", ...LOCKED],
      cannotRun: registryUnreachable,
    },
    { name: "published", args: ["run", "-A", ...LOCKED, join("tools", "published.ts")] },
    { name: "score", args: ["run", "-A", ...LOCKED, join("tools", "jsr_score.ts")] },
    { name: "doc tests", args: ["test", "-A", "--doc", ...LOCKED, ...examplesOnly], slow: true },
    { name: "tests", args: ["test", "-A", ...LOCKED], slow: true },
  ];
}

/** The end of a command's output as text; a check gone wild must not take the memory of the gate. */
function lastText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(-SHOWN_BYTES));
}

async function run(gate: Gate): Promise<Outcome> {
  const env: Record<string, string> = Deno.stdout.isTerminal() ? {} : { NO_COLOR: "1" };
  const command = new Deno.Command(Deno.execPath(), { args: [...gate.args], env });
  const { success, stdout, stderr } = await command.output();
  if (success) return { state: "ok", detail: "" };
  const output = [stdout, stderr].map(lastText).join("").trimEnd();
  const reason = gate.cannotRun?.(output);
  return reason === undefined ? { state: "FAILED", detail: output } : { state: "skipped", detail: reason };
}

function print(name: string, { state, detail }: Outcome, seconds: number): void {
  const reason = state === "skipped" ? `  ${detail}` : "";
  console.log(`${state.padEnd(8)}${name.padEnd(12)}${seconds.toFixed(1).padStart(6)} s${reason}`);
  if (state === "FAILED") console.log(`\n${detail}\n`);
}

if (import.meta.main) {
  const { fast } = parseArgs(Deno.args.filter((arg) => arg !== "--"), {
    boolean: ["fast"],
    unknown: (arg) => {
      console.error(`deno task ok knows only --fast, not ${arg}`);
      Deno.exit(2);
    },
  });
  const failed: string[] = [];
  for (const gate of gates()) {
    const started = performance.now();
    const skip = fast && gate.slow === true;
    const outcome: Outcome = skip ? { state: "skipped", detail: "because of --fast" } : await run(gate);
    print(gate.name, outcome, (performance.now() - started) / 1000);
    if (outcome.state === "FAILED") failed.push(gate.name);
  }
  if (failed.length > 0) console.error(`failed: ${failed.join(", ")}`);
  Deno.exit(failed.length > 0 ? 1 : 0);
}
