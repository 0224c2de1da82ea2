/**
 * A small fault that the tests should catch.
 * @module
 */

/** A fault to insert into a source file. */
export interface Fault {
  /** Name for the command line. */
  readonly name: string;
  /** Description of the resulting defect. */
  readonly what: string;
  /** Path of the file, relative to the root of the repository. */
  readonly file: string;
  /** Text that occurs exactly once in the file. */
  readonly find: string;
  /** Replacement of the text. */
  readonly replace: string;
  /** Tests that should catch the fault: files or folders, relative to the root of the repository. */
  readonly tests: readonly string[];
  /** Restricts the tests to those whose names contain this text. */
  readonly filter?: string;
}

/**
 * Inserts a fault.
 *
 * @param text Text of the file.
 * @param fault Fault to insert.
 * @returns Text with the fault.
 * @throws {Error} If the text to replace does not occur exactly once, which means that the entry is stale.
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
