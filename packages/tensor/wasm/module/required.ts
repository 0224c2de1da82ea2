/**
 * An assertion for the code generators, which must not leave instructions out silently.
 * @module
 */

/**
 * Returns a value that must be there.
 *
 * @param value The value.
 * @param name Name of the kernel or function that is being generated, and of what it lacks.
 * @throws {Error} If it is not there: a fault of the code generator.
 */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`internal error in the WebAssembly generator: ${name} is missing`);
  return value;
}
