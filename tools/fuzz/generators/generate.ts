/**
 * Random programs.
 * @module
 */
import { Dice } from "../program/dice.ts";
import {
  type DataKind,
  type Program,
  type Reference,
  type RunOptions,
  withoutUnused,
} from "../program/program.ts";
import { Draft, type Flavour } from "./draft.ts";
import { FAMILIES, type Family } from "./table.ts";

/** What programs to generate. */
export interface Wishes {
  /** Derivatives of every program; default: none. */
  readonly derivatives?: boolean;
  /** Whether to run with `vmap`; default: no. */
  readonly batched?: boolean;
  /** Families to choose from; default: all. */
  readonly families?: readonly string[];
  /** Functions to choose from; default: all. */
  readonly calls?: ReadonlySet<string>;
  /** Kind of data; default: at random. */
  readonly data?: DataKind;
}

const SMALL = [0, 1, 1, 2, 3, 4, 5, 7],
  PRIMES = [1, 2, 3, 5, 11, 13, 17, 31],
  TILES = [1, 4, 8, 16, 31, 32, 33, 64, 65];
const LARGE = [1, 3, 127, 128, 257, 1000, 1021];

/** Sizes, largest number of elements, most calls. */
const SCALES = [
  { weight: 10, sizes: SMALL, maxSize: 2000, calls: 24 },
  { weight: 5, sizes: PRIMES, maxSize: 6000, calls: 16 },
  { weight: 5, sizes: TILES, maxSize: 20_000, calls: 10 },
  { weight: 1, sizes: LARGE, maxSize: 200_000, calls: 4 },
] as const;

/** Attempts at a call before the program is taken as it is. */
const ATTEMPTS = 200;

/** Outcome of generating a program. */
export interface Generated {
  readonly program: Program;
  /** Calls that a function refused or that were too large. */
  readonly refused: number;
  /** Exceptions that are not refusals of arguments. */
  readonly broken: readonly { readonly call: string; readonly error: Error }[];
}

/**
 * Generates a program.
 *
 * @param seed Determines the program.
 * @param wishes What kind of program.
 */
export function generate(seed: number, wishes: Wishes = {}): Generated {
  const dice = new Dice(seed, "program");
  const scale = weighted(dice, SCALES), calm = wishes.derivatives === true;
  const data = wishes.data ?? dice.pick<DataKind>(
    calm
      ? ["uniform", "uniform", "positive", "whole"]
      : ["uniform", "uniform", "uniform", "whole", "whole", "positive", "special"],
  );
  const maxSize = calm ? Math.min(scale.maxSize, 3000) : scale.maxSize;
  const flavour: Flavour = { data, maxSize, sizes: scale.sizes };
  const draft = new Draft(dice, flavour), families = familiesOf(wishes);
  const wanted = dice.between(1, calm ? Math.min(8, scale.calls) : scale.calls),
    broken: { call: string; error: Error }[] = [];
  let refused = 0;
  for (let calls = 0, attempts = 0; calls < wanted && attempts < ATTEMPTS; attempts++) {
    const [call, generator] = dice.pick(weighted(dice, families).members);
    const scope = dice.chance(0.15) ? dice.pick(["encoder", "decoder/layer 1"]) : undefined;
    const before = draft.steps.length;
    try {
      const args = draft.arguments(generator);
      const made = args && draft.call(call, args, scope);
      if (made && made.length > 0) calls++;
      else refused++;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      refused++;
      if (!(error instanceof RangeError || error instanceof TypeError)) broken.push({ call, error });
    }
    if (draft.steps.length === before) continue;
  }
  const outputs = chooseOutputs(draft);
  const program = { steps: draft.steps, outputs, run: runOf(dice, draft, wishes) };
  return { program: limitRun(withoutUnused(program)), refused, broken };
}

/** The families of functions that are wished for. */
function familiesOf({ families, calls }: Wishes): Family[] {
  return FAMILIES.filter(({ name }) => families?.includes(name) ?? true).map((family) => ({
    ...family,
    members: family.members.filter(([call]) => calls?.has(call) ?? true),
  })).filter(({ members }) => members.length > 0);
}

function weighted<T extends { readonly weight: number }>(dice: Dice, options: readonly T[]): T {
  let left = dice.unit() * options.reduce((sum, { weight }) => sum + weight, 0);
  for (const option of options) {
    left -= option.weight;
    if (left < 0) return option;
  }
  return options.at(-1)!;
}

/** The last result, others, now and then an input or the same tensor twice. */
function chooseOutputs({ dice, known, steps }: Draft): Reference[] {
  if (known.length === 0) return [];
  const results = known.filter(({ reference }) => steps[reference.step]!.kind === "call");
  const from = results.length > 0 ? results : known;
  const outputs = [from.at(-1)!, ...Array.from({ length: dice.below(4) }, () => dice.pick(from))];
  if (dice.chance(0.15)) outputs.push(dice.pick(known));
  if (dice.chance(0.15)) outputs.push(dice.pick(outputs));
  return outputs.map(({ reference }) => reference);
}

function runOf(dice: Dice, { steps }: Draft, wishes: Wishes): RunOptions {
  const leaves = steps.flatMap((step, i) => (step.kind === "leaf" && step.role === "argument" ? [i] : []));
  const some = (probability: number) => leaves.filter(() => dice.chance(probability));
  const batch = wishes.batched
    ? { size: dice.pick([1, 2, 3]), mapped: some(0.6).filter((i) => isMappable(steps[i]!)) }
    : undefined;
  return {
    threads: dice.chance(0.5) ? 1 : 2,
    ...dice.chance(0.25) && { memoryPart: dice.pick([0.9, 0.6, 0.3, 0.01]) },
    donated: dice.chance(0.4) ? some(0.5) : [],
    repeats: dice.chance(0.3) ? dice.between(1, 3) : 0,
    concurrent: dice.chance(0.3),
    order: wishes.derivatives ? dice.pick([1, 1, 1, 2, 2, 3]) : 0,
    ...(batch && batch.mapped.length > 0 && { batch }),
    evaluated: dice.chance(0.1),
  };
}

/** Offsets of clouds and the like are the same for every example. */
function isMappable(step: Program["steps"][number]): boolean {
  return step.kind === "leaf" && step.data.kind !== "values";
}

/** Programs that are evaluated have no arguments to donate; unused leaves are mapped no more. */
function limitRun({ steps, outputs, run }: Program): Program {
  const { batch, ...rest } = run;
  const isMapped = batch !== undefined && batch.mapped.length > 0;
  return {
    steps,
    outputs,
    run: { ...rest, donated: run.evaluated ? [] : run.donated, ...(isMapped && { batch }) },
  };
}
