/**
 * What the program says when it fails.
 * @module
 */
import { DataError } from "@gasp/datasets";
import { messageOf, UserError } from "@gasp/gasp";
import { isAllocationFailure, MemoryError } from "@gasp/tensor";
import { allocationMessage, shortageMessage } from "./memory_message.ts";
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
 * @param context The command that ran, if any, and whether to show traces.
 * @param context.command Name of the command.
 * @param context.options Names of the command's options. Default: none.
 * @param context.debug Whether to show traces.
 * @returns The exit code.
 */
export function reportError(
  thrown: unknown,
  failed: {
    readonly command: string | undefined;
    readonly options?: readonly string[] | undefined;
    readonly debug: boolean;
  },
): number {
  if (thrown instanceof ResumableError) {
    const code = reportError(thrown.cause, failed);
    printError(`go on with: ${thrown.command}`);
    return code;
  }
  const { command, options = [], debug } = failed;
  if (thrown instanceof MemoryError || isAllocationFailure(thrown)) {
    printError(
      `error: ${
        thrown instanceof MemoryError
          ? shortageMessage(thrown.shortage, options)
          : allocationMessage(messageOf(thrown), options)
      }`,
    );
    if (debug) printError(traceOf(thrown));
    return FAILURE;
  }
  if (thrown instanceof UserError || thrown instanceof DataError) {
    printError(`error: ${thrown.message}`);
    if (debug && thrown.cause !== undefined) printError(traceOf(thrown.cause));
    if (thrown instanceof UsageError && command !== undefined) {
      printError(`Run "deno task ${command} --help" to see what is allowed.`);
    }
    return thrown instanceof UsageError ? USAGE : FAILURE;
  }
  const download = /^Failed caching npm package '(.+)'\s+(?:0: )?(.+)/.exec(messageOf(thrown));
  if (download !== null) {
    const [, name, reason] = download;
    printError(
      `error: the npm package ${name} is downloaded when it is first needed, which failed: ${reason}`,
    );
    return FAILURE;
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
