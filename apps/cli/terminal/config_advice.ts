/**
 * Advice for configurations that do not match the data.
 * @module
 */
import type { ConfigError } from "@gasp/gasp";

/**
 * Returns how to fix a field with the options of the command line.
 *
 * @param error Error about a field.
 */
export function configAdvice({ field, fitting }: ConfigError): string {
  if (field === "model.coordinateDim") return "choose a preset for this kind of data with --preset";
  if (fitting === undefined) return "change it in a --config file";
  const value = field.split(".").reduceRight((inner: unknown, name) => ({ [name]: inner }), fitting);
  return `set it in a --config file, ${JSON.stringify(value)}, or choose other data with --data`;
}
