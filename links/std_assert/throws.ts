/**
 * Assertions about code that must fail.
 *
 * @module
 */
import { AssertionError } from "./error.ts";

/** Anything `instanceof` can be asked about. */
export type Class<T> = abstract new (...args: never[]) => T;

function check<E extends Error>(
  error: unknown,
  ErrorClass: Class<E> | undefined,
  msgIncludes: string | undefined,
  suffix: string,
): void {
  if (ErrorClass !== undefined && !(error instanceof ErrorClass)) {
    const given = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new AssertionError(
      `Expected error to be instance of "${ErrorClass.name}", but was "${given}"${suffix}`,
    );
  }
  if (msgIncludes !== undefined && !(error instanceof Error && error.message.includes(msgIncludes))) {
    const given = error instanceof Error ? error.message : String(error);
    throw new AssertionError(
      `Expected error message to include "${msgIncludes}", but got "${given}"${suffix}`,
    );
  }
}

/** `(fn, msg)` and `(fn, Class, includes, msg)` brought to one form. */
function parameters<E extends Error>(
  classOrMsg: Class<E> | string | undefined,
  msgIncludes: string | undefined,
  msg: string | undefined,
): { ErrorClass: Class<E> | undefined; includes: string | undefined; suffix: string } {
  const text = typeof classOrMsg === "string" ? classOrMsg : msg;
  return {
    ErrorClass: typeof classOrMsg === "string" ? undefined : classOrMsg,
    includes: msgIncludes,
    suffix: text === undefined ? "." : `: ${text}`,
  };
}

/**
 * Runs a function and expects it to throw.
 *
 * @param fn The function to run.
 * @param msg Text for the failure.
 * @returns What was thrown.
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/**
 * Runs a function and expects it to throw an error of a class.
 *
 * @param fn The function to run.
 * @param errorClass The class that the error must be an instance of.
 * @param msgIncludes Text that the error's message must contain.
 * @param msg Text for the failure.
 * @returns The error.
 */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass: Class<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error>(
  fn: () => unknown,
  errorClassOrMsg?: Class<E> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const { ErrorClass, includes, suffix } = parameters(errorClassOrMsg, msgIncludes, msg);
  try {
    fn();
  } catch (error) {
    check(error, ErrorClass, includes, suffix);
    return error;
  }
  throw new AssertionError(`Expected function to throw${suffix}`);
}

/**
 * Runs a function and expects the promise it returns to reject.
 *
 * @param fn The function to run; throwing at once counts as a failure.
 * @param msg Text for the failure.
 * @returns What the promise was rejected with.
 */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/**
 * Runs a function and expects the promise it returns to reject with an error of a class.
 *
 * @param fn The function to run; throwing at once counts as a failure.
 * @param errorClass The class that the error must be an instance of.
 * @param msgIncludes Text that the error's message must contain.
 * @param msg Text for the failure.
 * @returns The error.
 */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass: Class<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  errorClassOrMsg?: Class<E> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const { ErrorClass, includes, suffix } = parameters(errorClassOrMsg, msgIncludes, msg);
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch (error) {
    throw new AssertionError(`Function throws when expected to reject${suffix}`, { cause: error });
  }
  try {
    await promise;
  } catch (error) {
    check(error, ErrorClass, includes, suffix);
    return error;
  }
  throw new AssertionError(`Expected function to reject${suffix}`);
}
