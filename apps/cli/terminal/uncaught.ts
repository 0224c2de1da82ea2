/**
 * Uncaught errors: by default Deno would exit with a stack trace, before the program can print how to resume.
 * @module
 */

/**
 * Runs work, and rejects with the first uncaught error meanwhile: an unhandled rejection, or an exception in the callback of a
 * timer or a signal. The work itself is then abandoned.
 *
 * @param work Work to run.
 * @returns Its result.
 */
export async function orUncaught<T>(work: () => Promise<T>): Promise<T> {
  const uncaught = Promise.withResolvers<never>();
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    uncaught.reject(event.reason);
  };
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    uncaught.reject(event.error);
  };
  addEventListener("unhandledrejection", onRejection);
  addEventListener("error", onError);
  try {
    return await Promise.race([work(), uncaught.promise]);
  } finally {
    removeEventListener("unhandledrejection", onRejection);
    removeEventListener("error", onError);
  }
}
