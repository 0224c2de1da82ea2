/**
 * Combines kernels into chains: loops and products over the same rows, such as the layers of a network evaluated at
 * many points, so that a device can run all of them for a block of rows at a time, with intermediates in a cache or in
 * workgroup memory.
 * @module
 */
import type {
  ChainKernel,
  ChainLink,
  ChainLocal,
  GemmKernel,
  LoopKernel,
  Program,
  Step,
} from "../ir/kernel.ts";
import { type RowAccess, rowAccesses, type RowAxes } from "../ir/row_access.ts";

/** Minimum number of rows of a chain. */
const MIN_ROWS = 256;
/** Maximum elements of all weights of a chain: they have to stay in the cache while rows are processed. */
const MAX_WEIGHTS = 160 * 1024;

/** Maximum number of links of a chain: it is code of one function. */
const MAX_LINKS = 64;

/** How a chain under construction accesses a program buffer. */
interface Known extends RowAccess {
  readonly written: boolean;
}

/** Merges one more access of a buffer; the row stride becomes 0 if the two disagree. */
function merged(known: Known, access: RowAccess, writes: boolean): Known {
  const agree = known.row === access.row && known.repeat === access.repeat;
  return {
    row: agree ? known.row : 0,
    repeat: known.repeat,
    low: Math.min(known.low, access.low),
    high: Math.max(known.high, access.high),
    written: known.written || writes,
  };
}

/** A step that can join a chain. */
interface Candidate extends RowAxes {
  readonly step: Step;
  /** Repeats of the chain up to this step. */
  readonly repeats: number;
  readonly kernel: LoopKernel | GemmKernel;
  readonly accesses: readonly RowAccess[];
}

/** Consecutive links of a program. */
class ChainBuilder {
  readonly links: Candidate[] = [];
  readonly #rows: number;
  #repeats = 1;
  #weights = 0;
  #known: ReadonlyMap<number, Known> = new Map();

  constructor(rows: number) {
    this.#rows = rows;
  }

  /** Appends a step to the chain, if possible. */
  take(step: Step): boolean {
    const { kernel } = step;
    if (kernel.kind !== "loop" && kernel.kind !== "gemm" || this.links.length === MAX_LINKS) return false;
    const weights = this.#weights + (kernel.kind === "gemm" ? kernel.n * kernel.k : 0);
    if (weights > MAX_WEIGHTS) return false;
    for (const axes of axesOf(kernel, this.#rows)) {
      const repeats = axes.repeatAxis === undefined ? 1 : sizesOf(kernel)[axes.repeatAxis] ?? 1;
      // Links without repeats come first; the others have the same number of repeats.
      if (this.#repeats > 1 && repeats !== this.#repeats) continue;
      const accesses = rowAccesses(kernel, axes);
      const known = accesses && this.#joined(step, accesses, axes);
      if (!known) continue;
      this.links.push({ step, kernel, accesses, repeats, ...axes });
      this.#repeats = repeats;
      this.#weights = weights;
      this.#known = known;
      return true;
    }
    return false;
  }

  /** Computes the accesses of all buffers including a step; `undefined` if the step needs rows other than its own. */
  #joined(
    { kernel, args }: Step,
    accesses: readonly RowAccess[],
    { repeatAxis }: RowAxes,
  ): ReadonlyMap<number, Known> | undefined {
    const joined = new Map(this.#known);
    for (const [slot, access] of accesses.entries()) {
      const buffer = args[slot] ?? -1, known = joined.get(buffer);
      const writes = kernel.buffers[slot]?.access !== "read";
      const next = known ? merged(known, access, writes) : { ...access, written: writes };
      if (next.written && !this.#isRow(next)) return undefined;
      // Repeats run in any order, so each has to write its own
      if (writes && repeatAxis !== undefined && access.repeat === 0) return undefined;
      joined.set(buffer, next);
    }
    return joined;
  }

  /** Whether a buffer is `[repeats, rows, width]`, or `[rows, width]`, and every row is only accessed by itself. */
  #isRow({ row, repeat, low, high }: Known): boolean {
    return row > 0 && low >= 0 && high < row && (repeat === 0 || repeat === row * this.#rows);
  }

  /**
   * Builds the step that executes the first links.
   *
   * @param program Program of the steps.
   * @param uses Number of uses of each buffer in the program.
   * @param length Number of links.
   * @returns The step; `undefined` if it has no local arrays.
   */
  finish(
    program: Program,
    uses: ReadonlyMap<number, number>,
    length: number,
  ): Step & { readonly kernel: ChainKernel } | undefined {
    const taken = this.links.slice(0, length), inside = usesOf(taken.map(({ step }) => step));
    const locals: { readonly buffer: number; readonly local: ChainLocal }[] = [];
    const outer: number[] = [],
      seen = new Set<number>(),
      accesses = new Map<number, ChainKernel["buffers"][number]>();
    for (const { step: { args }, kernel, accesses: reached, repeatAxis } of taken) {
      args.forEach((buffer, slot) => {
        const declared = kernel.buffers[slot]!, known = accesses.get(buffer);
        const access = known && known.access !== declared.access ? "readwrite" : declared.access;
        accesses.set(buffer, { ...declared, access });
        if (seen.has(buffer)) return;
        seen.add(buffer);
        const isLocal = program.buffers[buffer]?.role === "temporary" && declared.access === "write" &&
          uses.get(buffer) === inside.get(buffer);
        if (!isLocal) return outer.push(buffer);
        const local = {
          dtype: declared.dtype,
          width: reached[slot]!.row,
          repeated: repeatAxis !== undefined,
        };
        locals.push({ buffer, local });
      });
    }
    if (locals.length === 0) return undefined;
    const slots = [...outer, ...locals.map(({ buffer }) => buffer)];
    const links = taken.map(({ step, kernel, rowAxis, repeatAxis }): ChainLink => ({
      kernel,
      args: step.args.map((buffer) => slots.indexOf(buffer)),
      rowAxis,
      repeatAxis,
    }));
    const kernel: ChainKernel = {
      kind: "chain",
      name: links.map(({ kernel }) => kernel.name).join(" → "),
      buffers: outer.map((buffer) => accesses.get(buffer)!),
      rows: this.#rows,
      repeats: taken.at(-1)?.repeats ?? 1,
      links,
      locals: locals.map(({ local }) => local),
    };
    const scopes = new Set(taken.flatMap(({ step }) => step.scopes ?? []));
    return { kernel, args: outer, scopes: [...scopes] };
  }
}

/** Counts the uses of each buffer. */
function usesOf(steps: readonly Step[]): Map<number, number> {
  const uses = new Map<number, number>();
  for (const arg of steps.flatMap(({ args }) => args)) uses.set(arg, (uses.get(arg) ?? 0) + 1);
  return uses;
}

/** Sizes of the axes of a kernel's stores. */
function sizesOf(kernel: LoopKernel | GemmKernel): readonly number[] {
  return kernel.kind === "loop" ? kernel.map : [...kernel.batch, kernel.m, kernel.n];
}

/** Candidate pairs of row and repeat axes. */
function axesOf(kernel: LoopKernel | GemmKernel, rows: number): RowAxes[] {
  if (kernel.kind === "gemm") {
    const long = kernel.batch.flatMap((size, axis) => size > 1 ? [axis] : []);
    return kernel.m === rows && long.length <= 1
      ? [{ rowAxis: kernel.batch.length, repeatAxis: long[0] }]
      : [];
  }
  return kernel.map.flatMap((size, rowAxis) =>
    size !== rows
      ? []
      : [undefined, ...kernel.map.keys()].flatMap((repeatAxis) =>
        repeatAxis === rowAxis || repeatAxis !== undefined && repeatAxis > rowAxis
          ? []
          : [{ rowAxis, repeatAxis }]
      )
  );
}

/**
 * Combines steps that can run row by row into chains.
 *
 * @param program Any program.
 * @param accepts Whether the device supports a chain; if not, it is asked about shorter prefixes. Default: any.
 * @returns An equivalent program; arrays local to a chain are no longer used by any step.
 */
export function chainRows(
  program: Program,
  accepts: (chain: ChainKernel) => boolean = () => true,
): Program {
  const steps: Step[] = [], uses = usesOf(program.steps);
  for (let at = 0; at < program.steps.length;) {
    const step = program.steps[at]!;
    const chain = chainFrom(program, uses, at, accepts);
    steps.push(chain?.step ?? step);
    at += chain?.length ?? 1;
  }
  return { buffers: program.buffers, steps };
}

/** Returns the longest supported chain that starts with a step, if there is one. */
function chainFrom(
  program: Program,
  uses: ReadonlyMap<number, number>,
  first: number,
  accepts: (chain: ChainKernel) => boolean,
): { readonly step: Step; readonly length: number } | undefined {
  const start = program.steps[first];
  if (start?.kernel.kind !== "gemm" || start.kernel.m < MIN_ROWS) return undefined;
  const builder = new ChainBuilder(start.kernel.m);
  for (let at = first; at < program.steps.length && builder.take(program.steps[at]!);) at++;
  for (let length = builder.links.length; length > 1; length--) {
    const step = builder.finish(program, uses, length);
    // If this chain has no local arrays, shorter ones have none either
    if (!step) return undefined;
    if (accepts(step.kernel)) return { step, length };
  }
  return undefined;
}
