/**
 * Output of the commands. Printing never throws and never blocks: a closed pipe, a full disk or a slow reader must not end or
 * stall training. `console.log` does both, so no command uses it.
 * @module
 */

import { printable } from "./printable.ts";

/** A terminal, a file or a pipe. */
export interface Output {
  /** Whether it is a terminal in which lines can be overwritten and images shown, and the user allows it. */
  readonly isTerminal: boolean;
  /** Width in characters. */
  readonly columns: number;
  /** Prints text after all previous text. @param text Text to print. */
  write(text: string): void;
  /**
   * Prints optional text: drops it if too much output is pending.
   *
   * @param text Text to print.
   * @returns Whether it will be printed.
   */
  offer(text: string): boolean;
}

/** {@link Output.offer} drops text while at least this many bytes are pending. */
const MAX_PENDING_BYTES = 16_384;

/** One of the output streams of this process, written in the background. */
export class OutputStream implements Output {
  /** Whether text is dropped, as that of all ranks but one. */
  isMuted = false;
  readonly #stream: Pick<typeof Deno.stdout, "write" | "isTerminal">;
  #pendingBytes = 0;
  #written: Promise<void> = Promise.resolve();
  #failure: unknown;

  /**
   * Constructs an output.
   *
   * @param stream Stream to write to.
   */
  constructor(stream: Pick<typeof Deno.stdout, "write" | "isTerminal">) {
    this.#stream = stream;
  }

  get isTerminal(): boolean {
    return this.#stream.isTerminal() && !Deno.noColor && !isDumb();
  }

  get columns(): number {
    try {
      // Some terminals do not know their size and report 0
      return (this.#stream.isTerminal() && Deno.consoleSize().columns) || 80;
    } catch {
      // The terminal was closed
      return 80;
    }
  }

  /** The first write error, if any. */
  get failure(): unknown {
    return this.#failure;
  }

  write(text: string): void {
    if (this.isMuted) return;
    const bytes = new TextEncoder().encode(text);
    this.#pendingBytes += bytes.length;
    this.#written = this.#written.then(() => this.#send(bytes));
  }

  offer(text: string): boolean {
    const isAccepted = this.#pendingBytes < MAX_PENDING_BYTES;
    if (isAccepted) this.write(text);
    return isAccepted;
  }

  /**
   * Waits until all text has been written or has failed.
   *
   * @param limit Timeout in milliseconds.
   * @returns False if the timeout expired first.
   */
  async settled(limit = Infinity): Promise<boolean> {
    const all = this.#written.then(() => true);
    if (limit === Infinity) return await all;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), limit));
    try {
      return await Promise.race([all, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Drops text that cannot be written; later text is tried again, since a full disk may have space by then. */
  async #send(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) done += await this.#stream.write(bytes.subarray(done));
    } catch (error) {
      this.#failure ??= error;
    }
    this.#pendingBytes -= bytes.length;
  }
}

/** Whether the terminal declares that it knows no escapes. Without permission to read `TERM`, it does not. */
function isDumb(): boolean {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "TERM" });
  return state === "granted" && Deno.env.get("TERM") === "dumb";
}

/** Standard output of this process. */
export const stdout: OutputStream = new OutputStream(Deno.stdout);

/** Standard error of this process. */
export const stderr: OutputStream = new OutputStream(Deno.stderr);

/** Prints lines to standard output; control characters are escaped. @param text One or more lines. */
export function print(text: string): void {
  stdout.write(`${printable(text)}\n`);
}

/** Prints lines to standard error; control characters are escaped. @param text One or more lines. */
export function printError(text: string): void {
  stderr.write(`${printable(text)}\n`);
}
