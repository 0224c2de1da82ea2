/**
 * Ctrl-C: the first asks the work to end in order, the second ends the program at once.
 * @module
 */

/** Exit code of a program that Ctrl-C ended. */
export const INTERRUPTED = 130;

/**
 * A terminal sends Ctrl-C to every program of a task, and `deno task` passes its own on, so that one key press arrives
 * twice within a millisecond. Signals so close together, in milliseconds, are one.
 */
const SAME_PRESS = 300;

/** A stop that may be asked for. */
export interface Stop {
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Gives Ctrl-C its usual meaning back. */
  release(): void;
}

/**
 * Listens to Ctrl-C.
 *
 * @param onFirst Called at the first.
 */
export function stopOnInterrupt(onFirst: () => void): Stop {
  const controller = new AbortController();
  let first = 0;
  const onSignal = () => {
    if (!controller.signal.aborted) {
      first = performance.now();
      controller.abort();
      onFirst();
    } else if (performance.now() - first > SAME_PRESS) {
      Deno.exit(INTERRUPTED);
    }
  };
  Deno.addSignalListener("SIGINT", onSignal);
  return { signal: controller.signal, release: () => Deno.removeSignalListener("SIGINT", onSignal) };
}
