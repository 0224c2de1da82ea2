/**
 * Signals that request termination: Ctrl-C, those sent by schedulers, and the closing of the terminal. The first one requests
 * an orderly end; a later Ctrl-C exits immediately.
 * @module
 */

/** Handled signals and their exit codes: 128 + number of the signal. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** A signal that requests termination. */
export type StopSignal = keyof typeof EXIT_CODES;

/** Windows has no SIGTERM; there SIGHUP means that the console was closed. */
const SIGNALS: readonly StopSignal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGHUP"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * A terminal sends Ctrl-C to every process of a task, and `deno task` forwards its own, so one key press arrives twice within
 * a millisecond. Signals within this many milliseconds count as one.
 */
const SAME_PRESS = 300;

/** Handler of termination signals. */
export interface Stop {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Exit code for the first signal. */
  readonly exitCode: number;
  /** Restores the default handling of the signals. */
  release(): void;
}

/**
 * Handles termination signals.
 *
 * @param onFirst Called with the first signal.
 */
export function stopOnSignals(onFirst: (signal: StopSignal) => void): Stop {
  const controller = new AbortController();
  let firstAt = 0, exitCode = 0;
  const listeners = SIGNALS.map((signal) => {
    const listener = () => {
      if (!controller.signal.aborted) {
        firstAt = performance.now();
        exitCode = EXIT_CODES[signal];
        controller.abort();
        onFirst(signal);
      } else if (signal === "SIGINT" && performance.now() - firstAt > SAME_PRESS) {
        Deno.exit(EXIT_CODES.SIGINT);
      }
    };
    Deno.addSignalListener(signal, listener);
    return { signal, listener };
  });
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    release() {
      for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
    },
  };
}
