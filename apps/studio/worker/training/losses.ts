/**
 * The log of a run, `metrics.jsonl`.
 *
 * @module
 */
import type { LossLine } from "./protocol.ts";

/**
 * Parses lines of the log. An incomplete last line, which is being written, is left out.
 *
 * @param text Lines.
 */
export function parseLosses(text: string): LossLine[] {
  const lines: LossLine[] = [];
  for (const line of text.split("\n")) {
    try {
      const { step, ...values } = JSON.parse(line);
      if (Number.isSafeInteger(step)) lines.push({ step, values });
    } catch {
      // Not a whole line
    }
  }
  return lines;
}
