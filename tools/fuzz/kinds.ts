/**
 * Kinds of trials: what is generated from a seed and how it is judged.
 * @module
 */
import type { KernelDevice } from "@gasp/tensor";
import { generateSearch } from "./generators/clouds.ts";
import { generate, type Wishes } from "./generators/generate.ts";
import { twinOf } from "./generators/twin.ts";
import { checkDerivatives } from "./oracle/derivative.ts";
import { argumentsOf } from "./program/arguments.ts";
import { Dice } from "./program/dice.ts";
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

/** Attempts at a program that has derivatives. */
const RULE_ATTEMPTS = 8;

/** A program of one or two functions, of f32 arguments if possible. */
function rule(seed: number): Program {
  for (let attempt = 0;; attempt++) {
    const program = sound(seed + attempt * 2 ** 40, { derivatives: true, single: true, scale: "small" });
    const isReal = argumentsOf(program).some(([, { dtype }]) => dtype === "f32");
    if (isReal || attempt === RULE_ATTEMPTS) return program;
  }
}

/** Two programs on one device: a twin, or one that has nothing to do with the first. */
function pair(seed: number): Program {
  const dice = new Dice(seed, "pair"), scale = dice.pick(["small", "factors"] as const);
  const first = sound(seed, { scale }), evaluated = dice.chance(0.6), concurrent = dice.chance(0.4);
  const run = { evaluated, concurrent, repeats: 0, ...evaluated && { donated: [] } };
  const beside = dice.chance(0.7) ? twinOf(first, dice) : sound(seed + 2 ** 40, { scale });
  const alone = { ...first, run: { ...first.run, ...run } };
  if (!beside || beside.outputs.length === 0) return alone;
  return { ...alone, beside: { ...beside, run: { ...beside.run, ...run } } };
}

/** Derivatives on the device against the oracle, and their rules against finite differences. */
async function judgeDerivatives(program: Program, device: KernelDevice, alone?: boolean): Promise<Outcome> {
  const outcome = await runProgram(program, device, alone);
  if (outcome.failure) return outcome;
  const { message, compared } = checkDerivatives(program);
  const failure: Failure | undefined = message === undefined ? undefined : { kind: "derivative", message };
  return { ...outcome, compared: outcome.compared + compared, ...(failure && { failure }) };
}

const named = (...names: string[]): ReadonlySet<string> => new Set(names.map((name) => `t.${name}`));

/** Functions that one kernel may read through by index arithmetic, and readers; the second are the core of the first. */
const MOVEMENTS = [
  named(
    ...["reshape", "transpose", "broadcastTo", "slice", "pad", "flip", "unfold", "repeat", "concatenate"],
    ...["neg", "add", "sum", "max"],
  ),
  named("reshape", "transpose", "slice", "pad", "flip", "neg"),
] as const;

/** Operations with epilogues, and what may be part of one; the second are those of convolutions with two operands. */
const FUSED = [
  named(
    ...["conv", "convTranspose", "convGeneral", "avgPool", "matmul", "einsum", "sum", "max", "neighbourSum"],
    ...["add", "sub", "mul", "maximum", "where", "leakyRelu", "tanh", "clamp", "div"],
  ),
  named("conv", "convTranspose", "convGeneral", "add", "sub", "mul", "maximum"),
] as const;

/** Operations, and what is computed on their results before these are stored. */
function fused(seed: number): Program {
  return sound(seed, {
    families: { spatial: 4, reduction: 1, indexing: 0.5, elementwise: 5 },
    calls: new Dice(seed, "fused").pick(FUSED),
    scale: "small",
    chained: 0.9,
  });
}

/** A chain of movements. */
function movements(seed: number): Program {
  const calls = new Dice(seed, "movements").pick([MOVEMENTS[0], MOVEMENTS[1], MOVEMENTS[1]]);
  return sound(seed, {
    families: { movement: 8, elementwise: 1, reduction: 1 },
    calls,
    scale: "factors",
    chained: 0.97,
  });
}

/** The kinds by name. */
export const KINDS = {
  programs: programs(5),
  derivatives: { weight: 2, generate: (seed) => sound(seed, { derivatives: true }), judge: judgeDerivatives },
  /** Derivatives of one or two functions, each as likely as any other. */
  rules: {
    weight: 4,
    generate: rule,
    judge: judgeDerivatives,
  },
  /** Chains of movements, whose indices are split and merged. */
  movements: { weight: 4, generate: movements, judge: runProgram },
  /** Convolutions, products and sums, and what is computed on their results before these are stored. */
  fused: { weight: 3, generate: fused, judge: runProgram },
  /** Axes longer than the parts that kernels split them into. */
  long: programs(1, { families: { reduction: 6, movement: 1, elementwise: 1 }, scale: "long" }),
  pairs: { weight: 1.5, generate: pair, judge: runProgram },
  vmap: programs(1.5, { batched: true }),
  special: programs(1, { data: "special" }),
  layers: {
    weight: 1,
    generate: (seed) =>
      sound(seed, { derivatives: true, families: { layers: 1, spatial: 1, elementwise: 6 } }),
    judge: judgeDerivatives,
  },
  searches: { weight: 1.5, generate: generateSearch, judge: runProgram },
} as const satisfies Record<string, Kind>;

/** Name of a kind. */
export type KindName = keyof typeof KINDS;

/** Names of all kinds. */
export const KIND_NAMES = Object.keys(KINDS) as KindName[];
