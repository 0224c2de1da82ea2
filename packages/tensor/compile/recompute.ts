/**
 * Rematerialisation: trades work for memory. A temporary that is next used much later is freed, and recomputed right
 * before that use. The recomputation runs the same kernel on the same inputs, so results are bit-identical.
 * @module
 */
import type { Program, ProgramBuffer, Step } from "../ir/kernel.ts";
import { costOf } from "./cost.ts";
import { livePeak, planTemporaries } from "./plan.ts";

/** Rates for weighing work; only their ratio matters. */
const FLOP_PER_SECOND = 40e9, BYTES_PER_SECOND = 10e9;

/** A program under modification. */
interface Draft {
  readonly buffers: ProgramBuffer[];
  readonly steps: Step[];
}

/** The uses of a buffer. */
interface Uses {
  /** Steps that use it, in order. */
  readonly steps: number[];
  /** Steps that write it. */
  readonly writers: number[];
}

/** A temporary that can be recomputed. */
interface Candidate {
  readonly buffer: number;
  /** The step that computes it. */
  readonly producer: number;
  /** The step that needs it again. */
  readonly before: number;
  /** Seconds per byte saved at the peak. */
  readonly price: number;
}

/**
 * Recomputes temporaries until the memory fits a budget, the cheapest ones first.
 *
 * @param program Steps in order.
 * @param bytes Memory budget for all temporaries.
 * @returns A program that fits, or the smallest one found.
 */
export function recomputeToFit(program: Program, bytes: number): Program {
  const draft = copyOf(program);
  let best = program, least = planTemporaries(program).bytes;
  const offer = (candidate: Program) => {
    const planned = planTemporaries(candidate).bytes;
    if (planned < least) [best, least] = [candidate, planned];
    return planned;
  };
  const most = 2 * program.steps.length;
  let smallest = program, smallestPeak = Infinity;
  // The live bytes at the peak must be below the budget by the fragmentation of the plan
  let goal = bytes;
  while (least > bytes && draft.steps.length < most) {
    const peak = livePeak(draft);
    if (peak.bytes < smallestPeak) [smallest, smallestPeak] = [copyOf(draft), peak.bytes];
    if (peak.bytes <= goal) {
      const planned = offer(copyOf(draft));
      if (planned <= bytes) break;
      goal = peak.bytes - Math.max(1, planned - bytes);
    }
    const chosen = cheapest(draft, usesOf(draft), peak.step);
    if (!chosen) break;
    rematerialise(draft, chosen);
  }
  if (least > bytes) offer(smallest);
  return best;
}

function copyOf({ buffers, steps }: Program): Draft {
  return { buffers: [...buffers], steps: [...steps] };
}

function usesOf({ buffers, steps }: Draft): Uses[] {
  const uses = buffers.map((): Uses => ({ steps: [], writers: [] }));
  steps.forEach(({ kernel, args }, at) =>
    args.forEach((buffer, slot) => {
      const known = uses[buffer]!;
      if (known.steps.at(-1) !== at) known.steps.push(at);
      if (kernel.buffers[slot]!.access !== "read" && known.writers.at(-1) !== at) known.writers.push(at);
    })
  );
  return uses;
}

/** Finds the temporary that is live at a step without being used there, and is cheapest to recompute per byte. */
function cheapest(draft: Draft, uses: readonly Uses[], at: number): Candidate | undefined {
  let best: Candidate | undefined;
  draft.buffers.forEach(({ role, bytes }, buffer) => {
    const { steps: named, writers } = uses[buffer]!;
    if (role !== "temporary" || writers.length !== 1 || named[0]! >= at || named.at(-1)! <= at) return;
    const before = named.find((step) => step >= at)!, producer = writers[0]!;
    if (before === at || producer !== named[0]) return;
    const saved = bytes - heldFor(draft, uses, { producer, before, at });
    if (saved <= 0) return;
    const { flop, readBytes, writtenBytes } = costOf(draft, draft.steps[producer]!);
    const seconds = flop / FLOP_PER_SECOND + (readBytes + writtenBytes) / BYTES_PER_SECOND;
    const price = seconds / saved;
    if (!best || price < best.price) best = { buffer, producer, before, price };
  });
  return best;
}

/** Bytes of inputs that would have to stay live at the peak for it; infinite if an input has been overwritten. */
function heldFor(
  { buffers, steps }: Draft,
  uses: readonly Uses[],
  { producer, before, at }: { readonly producer: number; readonly before: number; readonly at: number },
): number {
  const { kernel, args } = steps[producer]!;
  let held = 0;
  for (const [slot, input] of args.entries()) {
    const { access } = kernel.buffers[slot]!, { steps: named, writers } = uses[input]!;
    const isOwn = buffers[input]!.role === "temporary" && writers.length === 1;
    if (access === "write" && isOwn) continue;
    if (access !== "read" || writers.some((writer) => writer > producer && writer <= before)) return Infinity;
    if (buffers[input]!.role === "temporary" && named.at(-1)! < at) held += buffers[input]!.bytes;
  }
  return held;
}

/** Inserts the producer a second time before the step that needs its result, with new result buffers. */
function rematerialise({ buffers, steps }: Draft, { producer, before }: Candidate): void {
  const { kernel, args } = steps[producer]!;
  const renamed = new Map<number, number>();
  args.forEach((buffer, slot) => {
    if (kernel.buffers[slot]!.access === "read" || renamed.has(buffer)) return;
    renamed.set(buffer, buffers.length);
    buffers.push({ bytes: buffers[buffer]!.bytes, role: "temporary" });
  });
  const rename = (step: Step): Step => ({
    ...step,
    args: step.args.map((buffer) => renamed.get(buffer) ?? buffer),
  });
  for (let step = before; step < steps.length; step++) {
    const { args } = steps[step]!;
    if (args.some((buffer) => renamed.has(buffer))) steps[step] = rename(steps[step]!);
  }
  steps.splice(before, 0, rename(steps[producer]!));
}
