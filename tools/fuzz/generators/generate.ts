/**
 * Random programs.
 * @module
 */
import { canShare } from "../program/arguments.ts";
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
  /** Families to choose from and how often; default: all. */
  readonly families?: Readonly<Record<string, number>>;
  /** Functions to choose from; default: all. */
  readonly calls?: ReadonlySet<string>;
  /** Kind of data; default: at random. */
  readonly data?: DataKind;
  /** Sizes of tensors and number of calls; default: at random among the common ones. */
  readonly scale?: ScaleName;
  /** Whether every function is as likely as any other, in programs of one or two of them; default: no. */
  readonly single?: boolean;
  /** How often a call takes the newest tensor; default: at random. */
  readonly chained?: number;
}

const SMALL = [0, 1, 1, 2, 3, 4, 5, 7],
  PRIMES = [1, 2, 3, 5, 11, 13, 17, 31],
  TILES = [1, 4, 8, 16, 31, 32, 33, 64, 65];
const LARGE = [1, 3, 127, 128, 257, 1000, 1021];

/** Few factors, so that axes split and merge in many ways. */
const FACTORS = [1, 2, 2, 2, 3, 3, 4, 6];

/** Axes longer than the parts that kernels split them into, by one or a few elements. */
const LONG = [
  2,
  3,
  63,
  67,
  127,
  131,
  251,
  257,
  509,
  1021,
  1031,
  2053,
  4093,
  4099,
  8191,
  20_011,
  65_537,
  70_001,
];

/** Sizes of axes, largest number of elements, most calls. */
interface Scale {
  /** How often it is chosen by itself. */
  readonly weight: number;
  readonly sizes: readonly number[];
  readonly maxSize: number;
  readonly calls: number;
}

const SCALES = {
  small: { weight: 10, sizes: SMALL, maxSize: 2000, calls: 24 },
  primes: { weight: 5, sizes: PRIMES, maxSize: 6000, calls: 16 },
  tiles: { weight: 5, sizes: TILES, maxSize: 20_000, calls: 10 },
  large: { weight: 1, sizes: LARGE, maxSize: 200_000, calls: 4 },
  factors: { weight: 0, sizes: FACTORS, maxSize: 600, calls: 12 },
  long: { weight: 0, sizes: LONG, maxSize: 400_000, calls: 3 },
} as const satisfies Record<string, Scale>;

/** Name of a scale. */
export type ScaleName = keyof typeof SCALES;

/** How often a program consists of few functions, each of which is then called several times. */
const SWARM = 0.4;

/** Attempts at a call before the program is taken as it is. */
const ATTEMPTS = 200;

/** How a program without steps runs. */
const IDLE: RunOptions = {
  threads: 1,
  donated: [],
  shared: [],
  repeats: 0,
  concurrent: false,
  order: 0,
  evaluated: false,
};

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
  const scale: Scale = wishes.scale ? SCALES[wishes.scale] : weighted(dice, Object.values(SCALES));
  const calm = wishes.derivatives === true;
  const data = wishes.data ?? dice.pick<DataKind>(
    calm ? ["uniform", "uniform", "positive", "whole", "sparse"] : wishes.scale === "long"
      // Sums of these are exact, so that a lost element shows
      ? ["whole", "whole", "whole", "uniform"]
      : ["uniform", "uniform", "uniform", "whole", "whole", "sparse", "positive", "special"],
  );
  const maxSize = calm ? Math.min(scale.maxSize, 3000) : scale.maxSize;
  const chained = wishes.chained ?? dice.pick([0, 0, 0.5, 0.9]);
  const flavour: Flavour = {
    data,
    maxSize,
    sizes: scale.sizes,
    chained,
    ...calm && { real: 0.8 },
    ...(calm || chained > 0.5) && { constants: 0.02 },
  };
  const draft = new Draft(dice, flavour), choose = chooser(dice, wishes);
  const wanted = dice.between(
      chained > 0.5 ? Math.min(3, scale.calls) : 1,
      wishes.single ? 2 : calm ? Math.min(8, scale.calls) : scale.calls,
    ),
    broken: { call: string; error: Error }[] = [];
  let refused = 0;
  for (let calls = 0, attempts = 0; calls < wanted && attempts < ATTEMPTS; attempts++) {
    const [call, generator] = choose();
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
  if (draft.steps.length === 0) return { program: { steps: [], outputs: [], run: IDLE }, refused, broken };
  const outputs = chooseOutputs(draft);
  const program = { steps: draft.steps, outputs, run: runOf(dice, draft, wishes) };
  return { program: limitRun(withoutUnused(program)), refused, broken };
}

/** A function and its arguments. */
type Member = Family["members"][number];

/**
 * Returns what chooses the functions that a program calls: among all of them, or among few, so that a program has
 * several calls of the same ones. Faults that take two or three of certain calls in a row are found so.
 */
function chooser(dice: Dice, wishes: Wishes): () => Member {
  const families = familiesOf(wishes), any = () => dice.pick(weighted(dice, families).members);
  if (wishes.single) {
    const all = families.flatMap(({ members }) => members);
    const few = Array.from({ length: dice.pick([1, 1, 2]) }, () => dice.pick(all));
    return () => dice.pick(few);
  }
  if (!dice.chance(SWARM)) return any;
  const few = Array.from({ length: dice.between(2, 6) }, any);
  return () => (dice.chance(0.1) ? any() : dice.pick(few));
}

/** The families of functions that are wished for. */
function familiesOf({ families, calls }: Wishes): Family[] {
  return FAMILIES.filter(({ name }) => !families || name in families).map((family) => ({
    ...family,
    weight: families?.[family.name] ?? family.weight,
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
function chooseOutputs({ dice, known, steps, flavour: { chained = 0 } }: Draft): Reference[] {
  if (known.length === 0) return [];
  const results = known.filter(({ reference }) => steps[reference.step]!.kind === "call");
  const from = results.length > 0 ? results : known;
  // What is returned is stored: other results stay parts of kernels
  const others = dice.chance(chained) ? 0 : dice.below(4);
  const outputs = [from.at(-1)!, ...Array.from({ length: others }, () => dice.pick(from))];
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
  const donated = dice.chance(0.4) ? some(0.5) : [];
  return {
    threads: dice.chance(0.5) ? 1 : 2,
    ...dice.chance(0.25) && { memoryPart: dice.pick([0.9, 0.6, 0.3, 0.01]) },
    donated,
    shared: dice.chance(0.2) ? pairsOf(dice, steps, leaves.filter((i) => !donated.includes(i))) : [],
    repeats: dice.chance(0.3) ? dice.between(1, 3) : 0,
    concurrent: dice.chance(0.3),
    order: wishes.derivatives ? dice.pick([1, 1, 1, 2, 2, 3]) : 0,
    ...(batch && batch.mapped.length > 0 && { batch }),
    evaluated: dice.chance(0.1),
  };
}

/** Pairs of arguments of the same shape and type, of which the second receives the tensor of the first. */
function pairsOf(
  dice: Dice,
  steps: Program["steps"],
  leaves: readonly number[],
): (readonly [number, number])[] {
  const order = dice.shuffled(leaves);
  const partner = (b: number, at: number) => order.slice(0, at).find((a) => canShare(steps[a]!, steps[b]!));
  const pairs = order.map((b, at) => [partner(b, at), b] as const);
  return pairs.filter((pair): pair is readonly [number, number] => pair[0] !== undefined).slice(0, 1);
}

/** Offsets of clouds and the like are the same for every example. */
function isMappable(step: Program["steps"][number]): boolean {
  return step.kind === "leaf" && step.data.kind !== "values";
}

/**
 * Programs that are evaluated have no arguments to donate, and a derivative by a tensor that they receive twice is that
 * by both; unused leaves are mapped no more.
 */
function limitRun({ steps, outputs, run }: Program): Program {
  const { batch, ...rest } = run;
  const isMapped = batch !== undefined && batch.mapped.length > 0;
  return {
    steps,
    outputs,
    run: {
      ...rest,
      donated: run.evaluated ? [] : run.donated,
      shared: run.evaluated && run.order > 0 ? [] : run.shared,
      ...(isMapped && { batch }),
    },
  };
}
