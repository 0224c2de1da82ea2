/**
 * The error for mistakes that a person can mend.
 * @module
 */

/**
 * Something the user gave, or the machine lacks, that stops the work. The message is complete: what was given, what was
 * expected and what to do. A program shows it without a stack trace.
 *
 * @example
 * ```ts
 * import { resolveRunConfig, UserError } from "@gasp/gasp";
 * import { assertStringIncludes, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => resolveRunConfig({ preset: "tiny", overrides: { steps: -1 } }), UserError);
 * assertStringIncludes(error.message, "steps");
 * ```
 */
export class UserError extends Error {
  /** Tells it from other errors. */
  override readonly name: string = "UserError";

  /**
   * An error with a complete message.
   *
   * @param message What was given, what was expected, what to do.
   * @param cause The error behind it, if any.
   */
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/**
 * A field of a configuration that does not fit the data, and a value that would.
 *
 * @example
 * ```ts
 * import { ConfigError } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new ConfigError("a batch of 64 is more than the data have", "batchSize", 10);
 * assertEquals([error.field, error.fitting], ["batchSize", 10]);
 * ```
 */
export class ConfigError extends UserError {
  /** Tells it from other errors. */
  override readonly name: string = "ConfigError";

  /**
   * An error about one field.
   *
   * @param message What was given and what was expected.
   * @param field The field: `model.featureDim`.
   * @param fitting A value that fits, if one alone would do.
   */
  constructor(message: string, readonly field: string, readonly fitting?: number) {
    super(message);
  }
}

/**
 * The text of anything thrown.
 *
 * @param thrown An error, or any other value.
 *
 * @example
 * ```ts
 * import { messageOf } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(messageOf(new Error("no such file")), "no such file");
 * assertEquals(messageOf("plain text"), "plain text");
 * ```
 */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
