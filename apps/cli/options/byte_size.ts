/**
 * Parsing of memory sizes.
 * @module
 */
import { UsageError } from "./options.ts";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** The option `--memory`. */
export const MEMORY_OPTION = {
  kind: "text",
  value: "LIMIT",
  defaultText: "the memory of the device",
  help: "Memory limit of a step, such as 800MB; met by recomputing intermediate results",
} as const;

/**
 * Parses the value of {@link MEMORY_OPTION}.
 *
 * @param values Values of the options.
 * @throws {UsageError} If the limit is not a valid size.
 */
export function memoryLimitOf(
  { memory }: { readonly memory?: string | undefined },
): { memoryLimit?: number } {
  return memory === undefined ? {} : { memoryLimit: parseByteSize(memory) };
}

/**
 * Parses a memory size.
 *
 * @param text `800MB`, `1.5GiB`, or a number of bytes.
 * @returns The size in bytes.
 * @throws {UsageError} If it is not a size above 0.
 */
export function parseByteSize(text: string): number {
  const [, number = "", unit = ""] = /^\s*([\d.]+)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(number || NaN) * (UNITS[unit.toUpperCase()] ?? NaN));
  if (bytes > 0) return bytes;
  throw new UsageError(`--memory must be a size such as 800MB, 2GB or 1.5GiB; got "${text}"`);
}
