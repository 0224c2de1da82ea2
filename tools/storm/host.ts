/**
 * Runs many commands of the program in one process, which is much faster than one process each: reads lines of JSON, each a
 * list of arguments, and ends the output of each command with a line of its own on both streams.
 *
 * @module
 */
import { limitMemory } from "@gasp/tensor";
import { main } from "../../apps/cli/main.ts";
import { stderr, stdout } from "../../apps/cli/terminal/output.ts";

/** Memory that a command may use, in bytes. */
const BUDGET = 2 ** 29;

if (import.meta.main) {
  limitMemory(BUDGET);
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of Deno.stdin.readable) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      const args = JSON.parse(text.slice(0, end)) as string[];
      text = text.slice(end + 1);
      const code = await main(args);
      await Promise.all([stdout.settled(), stderr.settled()]);
      stdout.write(`\0${code}\n`);
      stderr.write(`\0${code}\n`);
    }
  }
}
