/**
 * A stand-in for the part of `@std/assert` that the tests use, with the same names and signatures, so that they run
 * where JSR cannot be reached. Remove the `links` entry of the root `deno.json` to use the real package.
 *
 * @module
 */
import { deepStrictEqual } from "node:assert";
import { inspect } from "node:util";
import { equal } from "./equal.ts";
import { AssertionError } from "./error.ts";
import type { Class } from "./throws.ts";

export { AssertionError } from "./error.ts";
export { equal } from "./equal.ts";
export { assertRejects, assertThrows } from "./throws.ts";

function suffix(msg: string | undefined): string {
  return msg === undefined ? "." : `: ${msg}`;
}

function show(value: unknown): string {
  return inspect(value, { depth: 4, maxArrayLength: 20 });
}

/** The diff that `node:assert` would print, or both values where it sees no difference. */
function difference(actual: unknown, expected: unknown): string {
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return `actual ${show(actual)}, expected ${show(expected)}`;
}

/**
 * Asserts that a value is truthy.
 *
 * @param expr The value.
 * @param msg Text for the failure.
 */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/**
 * Fails always.
 *
 * @param msg Text for the failure.
 */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${suffix(msg)}`);
}

/**
 * Asserts that two values are deeply equal.
 *
 * @param actual The value found.
 * @param expected The value expected.
 * @param msg Text for the failure.
 */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) {
    throw new AssertionError(`Values are not equal${suffix(msg)}\n${difference(actual, expected)}`);
  }
}

/**
 * Asserts that two values are not deeply equal.
 *
 * @param actual The value found.
 * @param expected The value that it must differ from.
 * @param msg Text for the failure.
 */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) {
    throw new AssertionError(`Expected actual: ${show(actual)} not to be: ${show(expected)}${suffix(msg)}`);
  }
}

/**
 * Asserts that two values are the same value, as `Object.is` says.
 *
 * @param actual The value found.
 * @param expected The value expected.
 * @param msg Text for the failure.
 */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  if (!Object.is(actual, expected)) {
    throw new AssertionError(`Values are not strictly equal${suffix(msg)}\n${difference(actual, expected)}`);
  }
}

/**
 * Asserts that two numbers are nearly equal.
 *
 * @param actual The number found.
 * @param expected The number expected.
 * @param tolerance The largest difference allowed; by default 1e-7 of the expected number.
 * @param msg Text for the failure.
 */
export function assertAlmostEquals(actual: number, expected: number, tolerance?: number, msg?: string): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const delta = Math.abs(expected - actual);
  if (delta <= allowed) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to be close to "${expected}": delta "${delta}" is greater than "${allowed}"${
      suffix(msg)
    }`,
  );
}

/**
 * Asserts that a value is neither `null` nor `undefined`.
 *
 * @param actual The value.
 * @param msg Text for the failure.
 */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    throw new AssertionError(`Expected actual: "${actual}" to not be null or undefined${suffix(msg)}`);
  }
}

/**
 * Asserts that a value is an instance of a class.
 *
 * @param actual The value.
 * @param expectedType The class.
 * @param msg Text for the failure.
 */
export function assertInstanceOf<T>(
  actual: unknown,
  expectedType: Class<T>,
  msg?: string,
): asserts actual is T {
  if (!(actual instanceof expectedType)) {
    throw new AssertionError(
      `Expected object to be an instance of "${expectedType.name}" but was ${show(actual)}${suffix(msg)}`,
    );
  }
}

/**
 * Asserts that a text contains another.
 *
 * @param actual The text.
 * @param expected What it must contain.
 * @param msg Text for the failure.
 */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (!actual.includes(expected)) {
    throw new AssertionError(`Expected actual: "${actual}" to contain: "${expected}"${suffix(msg)}`);
  }
}

/**
 * Asserts that a text matches a pattern.
 *
 * @param actual The text.
 * @param expected The pattern.
 * @param msg Text for the failure.
 */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) {
    throw new AssertionError(`Expected actual: "${actual}" to match: "${expected}"${suffix(msg)}`);
  }
}

/**
 * Asserts `actual > expected`.
 *
 * @param actual The value found.
 * @param expected The bound.
 * @param msg Text for the failure.
 */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) {
    throw new AssertionError(`Expect ${show(actual)} > ${show(expected)}${suffix(msg)}`);
  }
}

/**
 * Asserts `actual >= expected`.
 *
 * @param actual The value found.
 * @param expected The bound.
 * @param msg Text for the failure.
 */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) {
    throw new AssertionError(`Expect ${show(actual)} >= ${show(expected)}${suffix(msg)}`);
  }
}

/**
 * Asserts `actual < expected`.
 *
 * @param actual The value found.
 * @param expected The bound.
 * @param msg Text for the failure.
 */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) {
    throw new AssertionError(`Expect ${show(actual)} < ${show(expected)}${suffix(msg)}`);
  }
}

/**
 * Asserts `actual <= expected`.
 *
 * @param actual The value found.
 * @param expected The bound.
 * @param msg Text for the failure.
 */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) {
    throw new AssertionError(`Expect ${show(actual)} <= ${show(expected)}${suffix(msg)}`);
  }
}
