/**
 * The configuration of the original, as the metadata of a fixture holds it.
 * @module
 */
import type { LayerConfig } from "../methods/gasp/discriminators/pointconv/config.ts";

/** An object from JSON. */
export type Json = { readonly [key: string]: unknown };

/**
 * An object in JSON.
 *
 * @param value What should be one.
 * @param where Its name, for the message.
 * @throws {TypeError} If it is none.
 */
export function objectOf(value: unknown, where: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw new TypeError(`${where} should be an object, got ${JSON.stringify(value)}`);
}

/**
 * A list of whole numbers in JSON.
 *
 * @param value What should be one.
 * @param where Its name, for the message.
 * @throws {TypeError} If it is none.
 */
export function sizesOf(value: unknown, where: string): number[] {
  if (Array.isArray(value) && value.every((size) => Number.isInteger(size))) return value;
  throw new TypeError(`${where} should be a list of whole numbers, got ${JSON.stringify(value)}`);
}

/**
 * A number in JSON.
 *
 * @param value What should be one; `"inf"` is infinite.
 * @param where Its name, for the message.
 * @throws {TypeError} If it is none.
 */
export function numberOf(value: unknown, where: string): number {
  if (value === "inf") return Infinity;
  if (typeof value === "number") return value;
  throw new TypeError(`${where} should be a number, got ${JSON.stringify(value)}`);
}

/**
 * The layers of a discriminator: an entry with channels is a PointConv layer, one without a pool.
 *
 * @param value A list of objects with `num_output_points`, `num_neighbors` and perhaps `out_channels`.
 * @throws {TypeError} If it is none.
 */
export function layersFrom(value: unknown): LayerConfig[] {
  if (!Array.isArray(value)) {
    throw new TypeError(`layer_configs should be a list, got ${JSON.stringify(value)}`);
  }
  return value.map((entry, i): LayerConfig => {
    const where = `layer_configs[${i}]`, layer = objectOf(entry, where);
    const points = numberOf(layer["num_output_points"], `${where}.num_output_points`);
    const neighbours = numberOf(layer["num_neighbors"], `${where}.num_neighbors`);
    if (!("out_channels" in layer)) return { kind: "pool", points, neighbours };
    const channels = numberOf(layer["out_channels"], `${where}.out_channels`);
    const sizes = "mid_channels" in layer
      ? { weightNetSizes: sizesOf(layer["mid_channels"], `${where}.mid_channels`) }
      : {};
    return { kind: "conv", channels, points, neighbours, ...sizes };
  });
}
