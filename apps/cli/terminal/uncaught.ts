/**
 * Errors that nobody catches: Deno would end the program with a trace, before it can say how to go on.
 * @module
 */

/**
 * Does work and fails with the first error that nobody catches meanwhile: a promise rejected without a handler, an
 * exception in a callback of a timer or a signal. The work itself is then left as it is.
 *
 * @param work What to do.
 * @returns What it returns.
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
