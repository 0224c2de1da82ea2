/**
 * Everything that the commands print. Printing never throws and never waits: a reader that is gone, a disk that is full or
 * a pipe that nobody empties must not end or hold up a training. `console.log` does both, so no command uses it.
 * @module
 */

/** A terminal, a file or a pipe. */
export interface Output {
  /** Whether lines can be overwritten and pictures shown. */
  readonly isTerminal: boolean;
  /** Width in characters. */
  readonly columns: number;
  /** Prints text after all text before it. @param text What to print. */
  write(text: string): void;
  /**
   * Prints text that may be left out: drops it while the reader is far behind.
   *
   * @param text What to print.
   * @returns Whether it is printed.
   */
  offer(text: string): boolean;
}

/** {@link Output.offer} drops text while this many bytes wait for the reader. */
const FAR_BEHIND = 16_384;

/** One of the two streams of this process, written in the background. */
export class OutputStream implements Output {
  readonly #stream: Pick<typeof Deno.stdout, "write" | "isTerminal">;
  #waitingBytes = 0;
  #written: Promise<void> = Promise.resolve();
  #failure: unknown;

  /**
   * Prints nothing yet.
   *
   * @param stream Where to write.
   */
  constructor(stream: Pick<typeof Deno.stdout, "write" | "isTerminal">) {
    this.#stream = stream;
  }

  get isTerminal(): boolean {
    return this.#stream.isTerminal();
  }

  get columns(): number {
    try {
      // Some terminals do not know their size and say 0.
      return (this.isTerminal && Deno.consoleSize().columns) || 80;
    } catch {
      // The terminal was closed.
      return 80;
    }
  }

  /** The error of the first text that could not be written; `undefined` while there was none. */
  get failure(): unknown {
    return this.#failure;
  }

  write(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.#waitingBytes += bytes.length;
    this.#written = this.#written.then(() => this.#send(bytes));
  }

  offer(text: string): boolean {
    const isTaken = this.#waitingBytes < FAR_BEHIND;
    if (isTaken) this.write(text);
    return isTaken;
  }

  /**
   * Waits until all text is written or failed.
   *
   * @param limit Milliseconds to wait at most.
   * @returns False if the limit passed first.
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

  /** Drops text that cannot be written and lets the next try again: a full disk may have room by then. */
  async #send(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) done += await this.#stream.write(bytes.subarray(done));
    } catch (error) {
      this.#failure ??= error;
    }
    this.#waitingBytes -= bytes.length;
  }
}

/** The standard output of this process. */
export const stdout: OutputStream = new OutputStream(Deno.stdout);

/** The standard error of this process. */
export const stderr: OutputStream = new OutputStream(Deno.stderr);

/** Prints lines on standard output. @param text One or more lines. */
export function print(text: string): void {
  stdout.write(`${text}\n`);
}

/** Prints lines on standard error. @param text One or more lines. */
export function printError(text: string): void {
  stderr.write(`${text}\n`);
}
