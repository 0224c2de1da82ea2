/** An output that records what is written, for tests. @module */
import type { Output } from "./output.ts";

/**
 * Creates an output whose text can be read.
 *
 * @param isTerminal Whether it is a terminal.
 * @param columns Width of the terminal.
 */
export function recorder(isTerminal: boolean, columns: number): Output & { text: string } {
  return {
    isTerminal,
    columns,
    text: "",
    write(text) {
      this.text += text;
    },
    offer(text) {
      this.write(text);
      return true;
    },
  };
}
