/**
 * Compares the speed of the packages with other TypeScript libraries on the same device in the same run: the best median
 * time of alternating processes.
 *
 *     deno task peers --help
 *
 * The libraries are imported by `peers/`, which is not part of the workspace and has its own lock file, so that nothing else
 * depends on them.
 *
 * @module
 */
import { type Command, defineCommand } from "../apps/cli/command/command.ts";
import type { OptionTable, Values } from "../apps/cli/options/options.ts";
import { reportError } from "../apps/cli/terminal/report_error.ts";
import { type CaseName, CASES, gflopOf } from "./peers/cases.ts";

const SYSTEMS = ["gasp", "tfjs", "jaxjs"] as const;

/** Output of `peers/run.ts`. */
interface Timed {
  readonly median: number;
  readonly fastest: number;
  readonly runs: number;
  readonly results: readonly number[];
}

const OPTIONS = {
  device: { kind: "choice", choices: ["wasm", "webgpu"], default: "wasm", help: "Device of all libraries" },
  rounds: { kind: "integer", min: 1, max: 100, default: 2, help: "Processes per library and case" },
  seconds: { kind: "integer", min: 1, max: 600, default: 6, help: "Minimum time of a process" },
} satisfies OptionTable;

type Options = Values<typeof OPTIONS>;

const peersCommand: Command = defineCommand({
  name: "peers",
  summary: "Compare the speed of the packages with other TypeScript libraries, which are downloaded first.",
  options: OPTIONS,
  examples: ["deno task peers", "deno task peers --rounds 1 --seconds 2"],
  async run(options) {
    for (const name of CASES) await compare(name, options);
    return 0;
  },
});

async function timed(system: string, name: CaseName, { device, seconds }: Options): Promise<Timed | string> {
  const args = [
    "run",
    "-A",
    "--lock=tools/peers/deno.lock",
    "--frozen",
    "--unstable-webgpu",
    "tools/peers/run.ts",
    system,
    name,
    device,
    String(seconds),
  ];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (success) return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
  return new TextDecoder().decode(stderr).split("\n").find((line) => /error/i.test(line)) ?? "failed";
}

async function compare(name: CaseName, options: Options): Promise<void> {
  const best = new Map<string, Timed | string>();
  for (let round = 0; round < options.rounds; round++) {
    for (const system of SYSTEMS) {
      const now = await timed(system, name, options), before = best.get(system);
      if (typeof before !== "object" || (typeof now === "object" && now.median < before.median)) {
        best.set(system, now);
      }
    }
  }
  const ours = best.get("gasp");
  for (const [system, result] of best) {
    if (typeof result === "string") {
      console.log(`${name.padEnd(10)} ${system.padEnd(6)} ${result}`);
      continue;
    }
    const gflop = gflopOf(name), ratio = typeof ours === "object" ? result.median / ours.median : NaN;
    console.log(
      `${name.padEnd(10)} ${system.padEnd(6)} ${(1000 * result.median).toFixed(2)} ms` +
        (gflop ? `, ${(gflop / result.median).toFixed(1)} GFLOP/s` : "") +
        `, ${ratio.toFixed(2)} times ours; first results ${
          result.results.slice(0, 3).map((x) => x.toPrecision(4))
        }`,
    );
  }
}

try {
  Deno.exitCode = await peersCommand.execute(Deno.args);
} catch (error) {
  Deno.exitCode = reportError(error, { command: "peers", debug: Deno.args.includes("--debug") });
}
