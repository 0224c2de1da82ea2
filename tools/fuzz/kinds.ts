/**
 * Kinds of trials: what is generated from a seed and how it is judged.
 * @module
 */
import type { KernelDevice } from "@gasp/tensor";
import { generateSearch } from "./generators/clouds.ts";
import { generate, type Wishes } from "./generators/generate.ts";
import { checkDerivatives } from "./oracle/derivative.ts";
import type { Program } from "./program/program.ts";
import { type Failure, type Outcome, runProgram } from "./run_program.ts";

/** A kind of trial. */
export interface Kind {
  /** How often it is chosen. */
  readonly weight: number;
  /** Generates a program; throws if generating it broke something. */
  readonly generate: (seed: number) => Program;
  /** Runs a program. */
  readonly judge: (program: Program, device: KernelDevice, alone?: boolean) => Promise<Outcome>;
}

/** Exceptions that do not refuse arguments are failures by themselves. */
function sound(seed: number, wishes: Wishes): Program {
  const { program, broken } = generate(seed, wishes);
  const first = broken[0];
  if (first) throw new Error(`${first.call} broke while the graph was built`, { cause: first.error });
  return program;
}

const programs = (weight: number, wishes: Wishes = {}): Kind => ({
  weight,
  generate: (seed) => sound(seed, wishes),
  judge: runProgram,
});

/** Derivatives on the device against the oracle, and their rules against finite differences. */
async function judgeDerivatives(program: Program, device: KernelDevice, alone?: boolean): Promise<Outcome> {
  const outcome = await runProgram(program, device, alone);
  if (outcome.failure) return outcome;
  const { message, compared } = checkDerivatives(program);
  const failure: Failure | undefined = message === undefined ? undefined : { kind: "derivative", message };
  return { ...outcome, compared: outcome.compared + compared, ...(failure && { failure }) };
}

/** The kinds by name. */
export const KINDS = {
  programs: programs(6),
  derivatives: { weight: 3, generate: (seed) => sound(seed, { derivatives: true }), judge: judgeDerivatives },
  vmap: programs(1.5, { batched: true }),
  special: programs(1, { data: "special" }),
  layers: {
    weight: 1,
    generate: (seed) => sound(seed, { derivatives: true, families: ["layers", "spatial", "elementwise"] }),
    judge: judgeDerivatives,
  },
  searches: { weight: 1.5, generate: generateSearch, judge: runProgram },
} as const satisfies Record<string, Kind>;

/** Name of a kind. */
export type KindName = keyof typeof KINDS;

/** Names of all kinds. */
export const KIND_NAMES = Object.keys(KINDS) as KindName[];
