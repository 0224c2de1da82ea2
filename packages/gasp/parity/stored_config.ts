/**
 * Configuration of the reference code in the metadata of a fixture.
 * @module
 */
import type { LayerConfig } from "../methods/gasp/discriminators/pointconv/config.ts";

/** A parsed JSON object. */
export type Json = { readonly [key: string]: unknown };

/**
 * Checks that a JSON value is an object.
 *
 * @param value JSON value.
 * @param where Its name in the error message.
 * @throws {TypeError} If it is not.
 */
export function objectOf(value: unknown, where: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw new TypeError(`${where} should be an object, got ${JSON.stringify(value)}`);
}

/**
 * Checks that a JSON value is an array of integers.
 *
 * @param value JSON value.
 * @param where Its name in the error message.
 * @throws {TypeError} If it is not.
 */
export function sizesOf(value: unknown, where: string): number[] {
  if (Array.isArray(value) && value.every((size) => Number.isInteger(size))) return value;
  throw new TypeError(`${where} should be an array of integers, got ${JSON.stringify(value)}`);
}

/**
 * Checks that a JSON value is a number.
 *
 * @param value JSON value; `"inf"` is infinity.
 * @param where Its name in the error message.
 * @throws {TypeError} If it is not.
 */
export function numberOf(value: unknown, where: string): number {
  if (value === "inf") return Infinity;
  if (typeof value === "number") return value;
  throw new TypeError(`${where} should be a number, got ${JSON.stringify(value)}`);
}

/**
 * Parses the layers of a discriminator: an entry with `out_channels` is a PointConv layer, others are average pooling.
 *
 * @param value Array of objects with `num_output_points`, `num_neighbors` and optionally `out_channels`.
 * @throws {TypeError} If it is not.
 */
export function layersFrom(value: unknown): LayerConfig[] {
  if (!Array.isArray(value)) {
    throw new TypeError(`layer_configs should be an array, got ${JSON.stringify(value)}`);
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
