/**
 * Reorders a program so that kernels run while exchanges with other ranks are under way.
 * @module
 */
import type { Program } from "../ir/kernel.ts";
import { isExchangeKernel } from "./exchange_order.ts";
import { graphOf } from "./order.ts";
import { livePeak } from "./plan.ts";

/** How much more memory may be live at a time. */
const MORE = 1.25;

/**
 * Moves what waits for an exchange behind what does not, unless that takes more memory than there is, or a quarter more
 * than before. Every step still sees the same inputs, so results are bit-identical.
 *
 * @param program Steps in a valid order.
 * @param bytes Memory budget of the temporaries.
 * @returns The program itself if it exchanges nothing.
 */
export function overlapExchanges(program: Program, bytes: number): Program {
  if (!program.steps.some(({ kernel }) => isExchangeKernel(kernel))) return program;
  const overlapped = {
    buffers: program.buffers,
    steps: runAhead(program).map((step) => program.steps[step]!),
  };
  const before = livePeak(program).bytes, after = livePeak(overlapped).bytes;
  return after <= Math.max(before, Math.min(MORE * before, bytes)) ? overlapped : program;
}

/** Exchanges first, then what waits for none, in order; when nothing else is left, the first exchange is waited for. */
function runAhead(program: Program): number[] {
  const { later } = graphOf(program), { steps } = program;
  const isExchange = steps.map(({ kernel }) => isExchangeKernel(kernel));
  const missing = steps.map(() => 0);
  later.forEach((list) => list.forEach((next) => missing[next]!++));
  /** Exchanges under way that each step uses. */
  const awaited = steps.map(() => new Set<number>());
  const order: number[] = [], underWay: number[] = [], ready = new Set<number>();
  missing.forEach((count, step) => count === 0 && ready.add(step));
  const run = (step: number) => {
    ready.delete(step);
    order.push(step);
    if (isExchange[step]) underWay.push(step);
    for (const next of later[step]!) {
      // The next exchange follows by the token, and need not wait
      if (isExchange[step] && !isExchange[next]) awaited[next]!.add(step);
      if (--missing[next]! === 0) ready.add(next);
    }
  };
  while (ready.size > 0) {
    const candidates = [...ready].sort((a, b) => a - b);
    const next = candidates.find((step) => isExchange[step]) ??
      candidates.find((step) => awaited[step]!.size === 0);
    if (next !== undefined) {
      run(next);
      continue;
    }
    const finished = underWay.shift();
    for (const step of later[finished!]!) awaited[step]!.delete(finished!);
  }
  return order;
}
