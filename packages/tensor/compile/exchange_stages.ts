/**
 * How a device runs a program with exchanges: it starts each as soon as its values are there, and goes on with what does
 * not wait for it. Once started, an exchange uses its result only: the source has been copied.
 * @module
 */

/** What a device runs, or exchanges, in order. */
export interface Item {
  /** Whether it is an exchange with other ranks. */
  readonly isExchange: boolean;
  /** Program buffers that it uses; of an exchange those of its kernel, the last of which are the result and the token. */
  readonly buffers: readonly number[];
}

/** A part of a run. */
export type Stage =
  /** Items `begin .. end`, without exchanges. */
  | { readonly kind: "run"; readonly begin: number; readonly end: number }
  /** An exchange begins: what it sends has been computed. */
  | { readonly kind: "start"; readonly item: number }
  /** Its result is needed, or the run ends. */
  | { readonly kind: "finish"; readonly item: number };

/**
 * Divides a program into stages.
 *
 * @param items Items in execution order.
 * @returns One stage for a program without exchanges.
 */
export function stagesOfRun(items: readonly Item[]): Stage[] {
  const stages: Stage[] = [], pending = new Map<number, number>();
  let begin = 0;
  const runUntil = (end: number) => {
    if (end > begin) stages.push({ kind: "run", begin, end });
    begin = end;
  };
  items.forEach(({ isExchange, buffers }, i) => {
    const used = isExchange ? buffers.slice(0, -1) : buffers;
    for (const [item, result] of pending) {
      if (!used.includes(result)) continue;
      runUntil(i);
      stages.push({ kind: "finish", item });
      pending.delete(item);
    }
    if (!isExchange) return;
    runUntil(i);
    begin = i + 1;
    stages.push({ kind: "start", item: i });
    pending.set(i, buffers.at(-2)!);
  });
  runUntil(items.length);
  for (const item of pending.keys()) stages.push({ kind: "finish", item });
  return stages;
}

/** What runs the stages of a program. */
export interface StageRunner {
  /** Runs items `begin .. end`. */
  run(begin: number, end: number): void | Promise<void>;
  /** Begins an exchange. @returns Resolves once its result is in place. */
  start(item: number): Promise<void>;
}

/**
 * Runs the stages of a program. If one fails, the exchanges that have begun end first, since they use its memory.
 *
 * @param stages Stages in order.
 * @param runner A device.
 */
export async function runStages(stages: readonly Stage[], runner: StageRunner): Promise<void> {
  const pending = new Map<number, Promise<void>>();
  try {
    for (const stage of stages) {
      if (stage.kind === "run") {
        const done = runner.run(stage.begin, stage.end);
        if (done) await done;
      } else if (stage.kind === "start") {
        const exchange = runner.start(stage.item);
        // Thrown where it is awaited
        exchange.catch(() => {});
        pending.set(stage.item, exchange);
      } else {
        await pending.get(stage.item);
        pending.delete(stage.item);
      }
    }
  } finally {
    await Promise.allSettled(pending.values());
  }
}
