/**
 * What the program says when it fails.
 * @module
 */
import { DataError } from "@gasp/datasets";
import { messageOf, UserError } from "@gasp/gasp";
import { isAllocationFailure, MemoryError } from "@gasp/tensor";
import { allocationMessage, shortageMessage } from "./memory_message.ts";
import { UsageError } from "../options/options.ts";

/** Exit code of a command that was called wrongly. */
const USAGE = 2;
/** Exit code of any other failure. */
const FAILURE = 1;

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
  { command, options = [], debug }: {
    readonly command: string | undefined;
    readonly options?: readonly string[] | undefined;
    readonly debug: boolean;
  },
): number {
  if (thrown instanceof MemoryError || isAllocationFailure(thrown)) {
    console.error(
      `error: ${
        thrown instanceof MemoryError
          ? shortageMessage(thrown.shortage, options)
          : allocationMessage(messageOf(thrown), options)
      }`,
    );
    if (debug) console.error(traceOf(thrown));
    return FAILURE;
  }
  if (thrown instanceof UserError || thrown instanceof DataError) {
    console.error(`error: ${thrown.message}`);
    if (debug && thrown.cause !== undefined) console.error(traceOf(thrown.cause));
    if (thrown instanceof UsageError && command !== undefined) {
      console.error(`Run "deno task ${command} --help" to see what is allowed.`);
    }
    return thrown instanceof UsageError ? USAGE : FAILURE;
  }
  const download = /^Failed caching npm package '(.+)'\s+(?:0: )?(.+)/.exec(messageOf(thrown));
  if (download !== null) {
    const [, name, reason] = download;
    console.error(
      `error: the npm package ${name} is downloaded when it is first needed, which failed: ${reason}`,
    );
    return FAILURE;
  }
  console.error(`unexpected error: ${messageOf(thrown)}`);
  if (debug) console.error(traceOf(thrown));
  else {console.error(
      "This is a fault of the program. Run the same command with --debug to see where it came from.",
    );}
  return FAILURE;
}

function traceOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown);
}
