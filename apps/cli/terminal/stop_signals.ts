/**
 * The signals that ask a program to end: Ctrl-C, those that schedulers send, and the end of the terminal. The first asks the
 * work to end in order; Ctrl-C after it ends the program at once.
 * @module
 */

/** Signals that ask for the end, with the exit code of a program that they ended: 128 and the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** A signal that asks for the end. */
export type StopSignal = keyof typeof EXIT_CODES;

/** Windows has no SIGTERM; SIGHUP there is the closed console. */
const SIGNALS: readonly StopSignal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGHUP"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * A terminal sends Ctrl-C to every program of a task, and `deno task` passes its own on, so that one key press arrives
 * twice within a millisecond. Signals so close together, in milliseconds, are one.
 */
const SAME_PRESS = 300;

/** A stop that may be asked for. */
export interface Stop {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Exit code of a program that ended because of the first signal. */
  readonly exitCode: number;
  /** Restores what the signals do by default. */
  release(): void;
}

/**
 * Listens to the signals that ask for the end.
 *
 * @param onFirst Called with the first.
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
