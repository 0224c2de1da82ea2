/**
 * An assertion for the code generators, which must not omit instructions silently.
 * @module
 */

/**
 * Returns a value that must be defined.
 *
 * @param value The value.
 * @param name Name of the missing value and of the kernel or function being generated.
 * @throws {Error} If it is undefined: a bug in the code generator.
 */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`internal error in the WebAssembly generator: ${name} is missing`);
  return value;
}
