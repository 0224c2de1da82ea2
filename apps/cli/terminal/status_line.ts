/**
 * One line that shows the state of work: redrawn in a terminal, with a bar where it fits; elsewhere an occasional line.
 * @module
 */
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";

/** A part of the line. In a narrow terminal the bar is dropped first, then the parts of the lowest rank. */
export interface Part {
  /** Text of the part. */
  readonly text: string;
  /** Importance; unique within a line. */
  readonly rank: number;
}

/** Interval between redraws in a terminal, in milliseconds. */
const BAR_INTERVAL = 100;
/** Spaces between parts. */
const GAP = "  ";

/** Shows one line. */
export class StatusLine {
  readonly #output: Output;
  readonly #interval: number;
  #shownAt: number;
  #isDrawn = false;

  /**
   * Constructs a line.
   *
   * @param output Output to print to.
   * @param options Times in milliseconds.
   * @param options.lineInterval Interval between lines if the output is not a terminal.
   * @param options.firstAt Time before which nothing is shown. Default: none.
   */
  constructor(output: Output, { lineInterval, firstAt = -Infinity }: {
    readonly lineInterval: number;
    readonly firstAt?: number;
  }) {
    this.#output = output;
    this.#interval = output.isTerminal ? BAR_INTERVAL : lineInterval;
    this.#shownAt = firstAt - this.#interval;
  }

  /**
   * Whether the line should be shown again.
   *
   * @param time Clock in milliseconds.
   */
  isDue(time: number): boolean {
    return time - this.#shownAt >= this.#interval;
  }

  /**
   * Shows the line; drops it if too much output is pending.
   *
   * @param time Clock in milliseconds.
   * @param parts Parts in the order in which they are shown.
   * @param done Fraction of the work that is done, for the bar; undefined: unknown.
   */
  show(time: number, parts: readonly Part[], done?: number): void {
    this.#shownAt = time;
    if (!this.#output.isTerminal) this.#output.offer(`${joined(parts)}\n`);
    else if (this.#output.offer(`\r\x1b[K${this.#fitted(parts, done)}`)) this.#isDrawn = true;
  }

  /**
   * Prints separate lines, above this one; control characters are escaped.
   *
   * @param text One or more lines.
   */
  print(text: string): void {
    this.#output.write(this.#above(printable(text)));
    this.#forget();
  }

  /**
   * Prints lines as they are, such as an image of characters, or drops them if too much output is pending.
   *
   * @param text One or more lines.
   */
  offer(text: string): void {
    if (this.#output.offer(this.#above(text))) this.#forget();
  }

  /** Ends the line, so that further output starts on a new one. */
  finish(): void {
    if (this.#isDrawn) this.#output.write("\n");
    this.#forget();
  }

  /** Erases the line. */
  erase(): void {
    if (this.#isDrawn) this.#output.write("\r\x1b[K");
    this.#forget();
  }

  #above(text: string): string {
    return `${this.#isDrawn ? "\r\x1b[K" : ""}${text}\n`;
  }

  #forget(): void {
    this.#isDrawn = false;
    this.#shownAt = -Infinity;
  }

  #fitted(parts: readonly Part[], done: number | undefined): string {
    const columns = this.#output.columns, text = fitParts(parts, columns - 1);
    const width = Math.min(30, columns - text.length - 2);
    if (width < 5 || done === undefined || text.length < joined(parts).length) return text;
    const full = Math.round(width * Math.min(1, done));
    return `${"█".repeat(full)}${"░".repeat(width - full)} ${text}`;
  }
}

function joined(parts: readonly Part[]): string {
  return parts.map(({ text }) => text).join(GAP);
}

/**
 * Joins the parts that fit into a line; the one of the highest rank is cut if not even that fits.
 *
 * @param parts Parts in the order in which they are shown.
 * @param length Maximum length.
 */
export function fitParts(parts: readonly Part[], length: number): string {
  let kept = parts;
  while (kept.length > 1 && joined(kept).length > length) {
    const least = kept.reduce((a, b) => (a.rank < b.rank ? a : b));
    kept = kept.filter((part) => part !== least);
  }
  return joined(kept).slice(0, Math.max(0, length));
}
