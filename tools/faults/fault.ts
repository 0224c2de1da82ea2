/**
 * A small fault that the tests should catch.
 * @module
 */

/** A fault to plant into a source file. */
export interface Fault {
  /** Names it on the command line. */
  readonly name: string;
  /** What is wrong then. */
  readonly what: string;
  /** The file, from the repository's root. */
  readonly file: string;
  /** Text that occurs in it exactly once. */
  readonly find: string;
  /** What stands there instead. */
  readonly replace: string;
  /** Tests that should catch it: files or folders, from the repository's root. */
  readonly tests: readonly string[];
  /** Only tests whose names have this in them. */
  readonly filter?: string;
}

/**
 * Plants a fault.
 *
 * @param text The file.
 * @param fault What to change in it.
 * @returns The file with the fault.
 * @throws {Error} If the text to replace does not occur exactly once: the entry is stale.
 */
export function planted(text: string, { name, file, find, replace }: Fault): string {
  const parts = text.split(find);
  if (parts.length === 2 && find !== replace) return parts.join(replace);
  throw new Error(
    `the fault ${name} is stale: ${JSON.stringify(find)} occurs ${
      parts.length - 1
    } times in ${file}, and is to be ` +
      "replaced by something else",
  );
}
