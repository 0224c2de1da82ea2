/**
 * What the program says when it fails.
 * @module
 */
import { DataError } from "@gasp/datasets";
import { messageOf, UserError } from "@gasp/gasp";
import { UsageError } from "../options/options.ts";
import { printError } from "./output.ts";

/** Exit code of a command that was called wrongly. */
const USAGE = 2;
/** Exit code of any other failure. */
const FAILURE = 1;

/** A failure after which the work can go on from where it was saved. */
export class ResumableError extends Error {
  /**
   * An error and what to do after it.
   *
   * @param cause What was thrown.
   * @param command The command that goes on.
   */
  constructor(override readonly cause: unknown, readonly command: string) {
    super(messageOf(cause), { cause });
  }
}

/**
 * Prints one clear message on stderr; a stack trace only for unexpected errors, and only when asked for.
 *
 * @param thrown What was thrown.
 * @param options The command that ran, if any, and whether to show traces.
 * @returns The exit code.
 */
export function reportError(
  thrown: unknown,
  options: { readonly command: string | undefined; readonly debug: boolean },
): number {
  if (thrown instanceof ResumableError) {
    const code = reportError(thrown.cause, options);
    printError(`go on with: ${thrown.command}`);
    return code;
  }
  const { command, debug } = options;
  if (thrown instanceof UserError || thrown instanceof DataError) {
    printError(`error: ${thrown.message}`);
    if (debug && thrown.cause !== undefined) printError(traceOf(thrown.cause));
    if (thrown instanceof UsageError && command !== undefined) {
      printError(`Run "deno task ${command} --help" to see what is allowed.`);
    }
    return thrown instanceof UsageError ? USAGE : FAILURE;
  }
  printError(`unexpected error: ${messageOf(thrown)}`);
  printError(
    debug
      ? traceOf(thrown)
      : "This is a fault of the program. Run the same command with --debug to see where it came from.",
  );
  return FAILURE;
}

function traceOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown);
}
