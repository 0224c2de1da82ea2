/**
 * Calls that follow a pointer: one at a time, and of those that wait only the newest.
 *
 * @module
 */

/**
 * Wraps an asynchronous function for arguments that change faster than it answers. While a call runs, only the newest
 * arguments wait; the others are dropped.
 *
 * @param run Function.
 * @param onError Receives the errors of calls.
 * @returns Starts a call, or replaces the one that waits.
 */
export function latest<Args extends readonly unknown[]>(
  run: (...args: Args) => Promise<void>,
  onError: (error: unknown) => void,
): (...args: Args) => void {
  let isRunning = false, waiting: Args | undefined;
  const start = async (first: Args) => {
    isRunning = true;
    for (let args: Args | undefined = first; args !== undefined;) {
      waiting = undefined;
      await run(...args).catch(onError);
      args = waiting;
    }
    isRunning = false;
  };
  return (...args) => {
    if (isRunning) waiting = args;
    else void start(args);
  };
}
