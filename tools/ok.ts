/**
 * Runs all checks that a change must pass. It prints a line for each check with its duration, followed by the check's own
 * output if it failed, and exits with a non-zero status if any did.
 *
 * `deno task ok` runs all checks, `deno task ok --fast` skips the tests.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { join } from "node:path/posix";

/** A check: a `deno` command that succeeds if there are no problems. */
interface Gate {
  /** Display name. */
  readonly name: string;
  /** Arguments of `deno`. */
  readonly args: readonly string[];
  /** Whether `--fast` skips it. */
  readonly slow?: boolean;
  /** Returns the reason if the output of a failed run shows that the check could not run here. */
  readonly cannotRun?: (output: string) => string | undefined;
}

interface Outcome {
  readonly state: "ok" | "FAILED" | "skipped";
  /** Output of a failure, or reason of a skip. */
  readonly detail: string;
}

/** Options of commands that load packages: locked versions, with verified checksums. */
const LOCKED = ["--lock=deno.lock", "--frozen"];

/** Maximum bytes printed of each stream of a failed check. */
const SHOWN_BYTES = 100_000;

/** Detects that the registry was unreachable: `publish --dry-run` queries packages that no `links` entry replaces. */
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
    { name: "folders", args: ["run", "--allow-read", ...LOCKED, join("tools", "folders.ts")] },
    { name: "lock file", args: ["run", "--allow-read", join("tools", "lockfile.ts")] },
    { name: "docs", args: ["run", "--allow-read", "--allow-run", ...LOCKED, join("tools", "public_api.ts")] },
    {
      name: "categories",
      args: ["run", "--allow-read", "--allow-run", ...LOCKED, join("tools", "categories.ts")],
    },
    {
      name: "publish",
      args: ["publish", "--dry-run", "--allow-dirty", ...LOCKED],
      cannotRun: registryUnreachable,
    },
    { name: "published", args: ["run", "-A", ...LOCKED, join("tools", "published.ts")] },
    { name: "score", args: ["run", "-A", ...LOCKED, join("tools", "jsr_score.ts")] },
    { name: "doc tests", args: ["test", "-A", "--doc", ...LOCKED, ...examplesOnly], slow: true },
    { name: "tests", args: ["test", "-A", ...LOCKED], slow: true },
    { name: "wgpu tests", args: ["task", "test-wgpu"], slow: true },
  ];
}

/** Decodes the end of a command's output, whose length is limited. */
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
      console.error(`unknown option ${arg}: the only option of deno task ok is --fast`);
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
