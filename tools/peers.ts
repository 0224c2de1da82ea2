/**
 * Compares the packages with other TypeScript systems on the same device in the same run: alternating processes, the best
 * of their medians.
 *
 *     deno task peers [--device wasm] [--rounds 2] [--seconds 6]
 *
 * The systems are loaded by `peers/`, which is no part of the workspace: a package that is named in it would be
 * downloaded by everyone who starts the project.
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { type CaseName, CASES, gflopOf } from "./peers/cases.ts";

const SYSTEMS = ["gasp", "tfjs", "jaxjs"] as const;

/** What `peers/run.ts` prints. */
interface Timed {
  readonly median: number;
  readonly fastest: number;
  readonly runs: number;
  readonly results: readonly number[];
}

const options = parseArgs(Deno.args, {
  string: ["device", "rounds", "seconds"],
  default: { device: "wasm", rounds: "2", seconds: "6" },
});

async function timed(system: string, name: CaseName): Promise<Timed | string> {
  const args = [
    "run",
    "-A",
    "--unstable-webgpu",
    "tools/peers/run.ts",
    system,
    name,
    options.device,
    options.seconds,
  ];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (success) return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
  return new TextDecoder().decode(stderr).split("\n").find((line) => /error/i.test(line)) ?? "failed";
}

for (const name of CASES) {
  const best = new Map<string, Timed | string>();
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const system of SYSTEMS) {
      const now = await timed(system, name), before = best.get(system);
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
        `, ${ratio.toFixed(2)} of ours; first numbers ${
          result.results.slice(0, 3).map((x) => x.toPrecision(4))
        }`,
    );
  }
}
