/**
 * Commands that are now part of another one, and say so.
 * @module
 */
import { UserError } from "@gasp/gasp";
import { type Command, defineCommand } from "./command.ts";

function moved(name: string, replacement: string): Command {
  return defineCommand({
    name,
    summary: `Now: ${replacement}`,
    positionals: [{ name: "RUN", help: "Folder of a run", optional: true }],
    options: { run: { kind: "text", value: "FOLDER", defaultText: "none", help: "Folder of a run" } },
    examples: [replacement],
    run: () => Promise.reject(new UserError(`"${name}" is now "evaluate": ${replacement}`)),
  });
}

/** `score`, which judged digits at 28×28. */
export const scoreCommand: Command = moved(
  "score",
  "deno task evaluate RUN --resolution 28 --metrics classes,pca-fd,swd",
);

/** `distance`. */
export const distanceCommand: Command = moved("distance", "deno task evaluate RUN");
