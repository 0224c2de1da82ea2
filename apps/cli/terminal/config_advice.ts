/**
 * What to type where a configuration does not fit the data.
 * @module
 */
import type { ConfigError } from "@gasp/gasp";

/**
 * How a field is mended with the options of the command line.
 *
 * @param error A field that does not fit.
 */
export function configAdvice({ field, fitting }: ConfigError): string {
  if (field === "model.coordinateDim") return "choose a preset for data of this kind with --preset";
  if (fitting === undefined) return `change it in a file for --config`;
  const value = field.split(".").reduceRight((inner: unknown, name) => ({ [name]: inner }), fitting);
  return `set it so in a file for --config, ${JSON.stringify(value)}, or choose other data with --data`;
}
