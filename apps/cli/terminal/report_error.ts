/**
 * What the program says when it fails.
 * @module
 */
import { DataError } from "@gasp/datasets";
import { ConfigError, messageOf, UserError } from "@gasp/gasp";
import { UsageError } from "../options/options.ts";
import { configAdvice } from "./config_advice.ts";

/** Exit code of a command that was called wrongly. */
const USAGE = 2;
/** Exit code of any other failure. */
const FAILURE = 1;

/**
 * Prints one clear message on stderr; a stack trace only for unexpected errors, and only when asked for.
 *
 * @param thrown What was thrown.
 * @param options The command that ran, if any, and whether to show traces.
 * @returns The exit code.
 */
export function reportError(
  thrown: unknown,
  { command, debug }: { readonly command: string | undefined; readonly debug: boolean },
): number {
  if (thrown instanceof UserError || thrown instanceof DataError) {
    const advice = thrown instanceof ConfigError ? `: ${configAdvice(thrown)}` : "";
    console.error(`error: ${thrown.message}${advice}`);
    if (debug && thrown.cause !== undefined) console.error(traceOf(thrown.cause));
    if (thrown instanceof UsageError && command !== undefined) {
      console.error(`Run "deno task ${command} --help" to see what is allowed.`);
    }
    return thrown instanceof UsageError ? USAGE : FAILURE;
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
