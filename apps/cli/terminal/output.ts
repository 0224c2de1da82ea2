/**
 * Where a command prints, as far as it matters to what is printed.
 * @module
 */

/** A terminal, a file or a pipe. */
export interface Output {
  /** Whether lines can be overwritten and pictures shown. */
  readonly isTerminal: boolean;
  /** Width in characters. */
  readonly columns: number;
  /** Prints text as it is. @param text What to print. */
  write(text: string): void;
}

/** The standard output of this process. */
export function standardOutput(): Output {
  const isTerminal = Deno.stdout.isTerminal();
  const encoder = new TextEncoder();
  return {
    isTerminal,
    get columns() {
      // Some terminals do not know their size and say 0.
      return (isTerminal && Deno.consoleSize().columns) || 80;
    },
    write(text) {
      const bytes = encoder.encode(text);
      for (let done = 0; done < bytes.length;) done += Deno.stdout.writeSync(bytes.subarray(done));
    },
  };
}
