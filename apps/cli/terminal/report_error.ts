/**
 * Error messages and exit codes.
 * @module
 */
import { DataError } from "@gasp/datasets";
import { ConfigError, messageOf, UserError } from "@gasp/gasp";
import {
  BufferLimitError,
  DeviceLostError,
  DeviceMemoryError,
  isAllocationFailure,
  MemoryError,
} from "@gasp/tensor";
import { allocationMessage, shortageMessage } from "./memory_message.ts";
import { OtherRankError } from "./rank_error.ts";
import { UsageError } from "../options/options.ts";
import { configAdvice } from "./config_advice.ts";
import { printError } from "./output.ts";

/** Exit code for invalid arguments. */
const USAGE = 2;
/** Exit code of any other failure. */
const FAILURE = 1;

/** A failure after which the work can be resumed from a checkpoint. */
export class ResumableError extends Error {
  /**
   * Constructs an error.
   *
   * @param cause Underlying error.
   * @param command Command that resumes the work.
   */
  constructor(override readonly cause: unknown, readonly command: string) {
    super(messageOf(cause), { cause });
  }
}

/**
 * Prints one message to stderr; a stack trace only for unexpected errors and with `--debug`.
 *
 * @param thrown The error.
 * @param failed The command that failed, if any.
 * @param failed.command Name of the command.
 * @param failed.options Names of the command's options. Default: none.
 * @param failed.debug Whether to show stack traces.
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
  if (thrown instanceof OtherRankError) return FAILURE;
  if (thrown instanceof ResumableError) {
    const code = reportError(thrown.cause, failed);
    printError(`resume with: ${thrown.command}`);
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
    const advice = thrown instanceof ConfigError ? `: ${configAdvice(thrown)}` : "";
    printError(`error: ${thrown.message}${advice}`);
    if (debug && thrown.cause !== undefined) printError(traceOf(thrown.cause));
    if (thrown instanceof UsageError && command !== undefined) {
      printError(`Run "deno task ${command} --help" for usage.`);
    }
    return thrown instanceof UsageError ? USAGE : FAILURE;
  }
  const problem = deviceProblem(thrown);
  if (problem !== undefined) {
    printError(`error: ${problem}`);
    if (debug) printError(traceOf(thrown));
    return FAILURE;
  }
  const download = /^Failed caching npm package '(.+)'\s+(?:0: )?(.+)/.exec(messageOf(thrown));
  if (download !== null) {
    const [, name, reason] = download;
    printError(
      `error: cannot download the npm package ${name}, which this command needs: ${reason}`,
    );
    return FAILURE;
  }
  printError(`unexpected error: ${messageOf(thrown)}`);
  printError(
    debug ? traceOf(thrown) : "This is a bug in GASP. Run the same command with --debug for a stack trace.",
  );
  return FAILURE;
}

/** Describes an error of the device that no command can prevent. */
function deviceProblem(thrown: unknown): string | undefined {
  if (thrown instanceof DeviceLostError) {
    const reason = thrown.reason || "no reason reported";
    return `the GPU was lost (${reason}), and with it all results in its memory: run the command again`;
  }
  return thrown instanceof DeviceMemoryError || thrown instanceof BufferLimitError
    ? thrown.message
    : undefined;
}

function traceOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown);
}
