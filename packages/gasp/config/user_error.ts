/**
 * Errors that the user can fix.
 * @module
 */

/**
 * Thrown for invalid input, or for something the machine lacks. The message is self-contained: what was given, what was
 * expected and what to do. Programs show it without a stack trace.
 *
 * @example
 * ```ts
 * import { resolveRunConfig, UserError } from "@gasp/gasp";
 * import { assertStringIncludes, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => resolveRunConfig({ preset: "tiny", overrides: { steps: -1 } }), UserError);
 * assertStringIncludes(error.message, "steps");
 * ```
 *
 * @category Configuration
 */
export class UserError extends Error {
  /** Error name. */
  override readonly name: string = "UserError";

  /**
   * Constructs an error.
   *
   * @param message What was given, what was expected, what to do.
   * @param cause Underlying error, if any.
   */
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/**
 * Thrown when a configuration field does not match the data.
 *
 * @example
 * ```ts
 * import { ConfigError } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new ConfigError("a batch of 64 is more than the data have", "batchSize", 10);
 * assertEquals([error.field, error.fitting], ["batchSize", 10]);
 * ```
 *
 * @category Configuration
 */
export class ConfigError extends UserError {
  /** Error name. */
  override readonly name: string = "ConfigError";

  /**
   * Constructs an error about one field.
   *
   * @param message What was given and what was expected.
   * @param field Path of the field, such as `model.featureDim`.
   * @param fitting The value that would match, if there is exactly one.
   */
  constructor(message: string, readonly field: string, readonly fitting?: number) {
    super(message);
  }
}

/**
 * Returns the message of anything thrown.
 *
 * @param thrown An error or any other value.
 *
 * @example
 * ```ts
 * import { messageOf } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(messageOf(new Error("no such file")), "no such file");
 * assertEquals(messageOf("plain text"), "plain text");
 * ```
 *
 * @category Configuration
 */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
