/**
 * Sizes of memory as people write them.
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

/** The option of a command that takes a limit of memory. */
export const MEMORY_OPTION = {
  kind: "text",
  value: "LIMIT",
  defaultText: "what the device has",
  help: "Memory that a step may take, such as 800MB; what waits long for its next use is then computed twice",
} as const;

/**
 * What {@link MEMORY_OPTION} says, as `train` and others take it.
 *
 * @param values Options as typed.
 * @throws {UsageError} If the limit is no size.
 */
export function memoryLimitOf(
  { memory }: { readonly memory?: string | undefined },
): { memoryLimit?: number } {
  return memory === undefined ? {} : { memoryLimit: parseByteSize(memory) };
}

/**
 * Bytes of a size.
 *
 * @param text `800MB`, `1.5GiB`, or a number of bytes.
 * @throws {UsageError} If it is no size above 0.
 */
export function parseByteSize(text: string): number {
  const [, number = "", unit = ""] = /^\s*([\d.]+)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(number || NaN) * (UNITS[unit.toUpperCase()] ?? NaN));
  if (bytes > 0) return bytes;
  throw new UsageError(`--memory takes a size such as 800MB, 2GB or 1.5GiB, got "${text}"`);
}
