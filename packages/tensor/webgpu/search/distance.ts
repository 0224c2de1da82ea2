/**
 * Distances between points, in WGSL: sums of powers of differences along the axes, or the largest difference.
 *
 * Powers are compared by their bits, so that no comparison depends on WGSL's unspecified NaN behaviour. For non-negative
 * numbers these are in numeric order, and infinity comes after all numbers. NaN, the distance of points that are not
 * finite, counts as infinity.
 *
 * @module
 */
import type { SearchKernel } from "../../ir/kernel.ts";
import type { Shader } from "../shader/shader.ts";

/** Bits of infinity, and of the largest finite number. */
export const INFINITE = 0x7f800000, LARGEST = 0x7f7fffff;

/** Largest order for which powers are products. */
const MAX_FACTORS = 8;

/** Returns the f32 bits of a number. */
export function floatBits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]!;
}

/** Builds an array with one element per axis. */
export function alongAxes<T>(dimension: number, text: (axis: number) => T): T[] {
  return Array.from({ length: dimension }, (_, axis) => text(axis));
}

/** Whether the order is a small multiple of one half: a product of factors, possibly with one square root. */
function isProduct(norm: number): boolean {
  return Number.isInteger(2 * norm) && norm <= MAX_FACTORS;
}

function powerText(norm: number): string {
  if (norm === Infinity) return "x";
  if (!isProduct(norm)) return `select(exp2(${Math.min(norm, 1e38)}f * log2(x)), 0.0, x <= 0.0)`;
  const factors = new Array<string>(Math.floor(norm)).fill("x");
  return [...factors, ...(Number.isInteger(norm) ? [] : ["sqrt(x)"])].join(" * ");
}

/** The expression of a distance from its power, for orders other than 1 and `Infinity`. */
export function rootText(norm: number, power: string): string {
  return norm === 2
    ? `sqrt(${power})`
    : `select(exp2(log2(${power}) / ${Math.min(norm, 1e38)}f), 0.0, ${power} <= 0.0)`;
}

/**
 * Declares `power_of(x)`, `|x|^p` for non-negative x, and `order_of(power)`, the bits that powers are compared by.
 */
export function declarePowers(shader: Shader, { norm }: Pick<SearchKernel, "norm">): void {
  shader.declare(`fn power_of(x: f32) -> f32 { return ${powerText(norm)}; }`);
  shader.declare(
    `fn order_of(power: f32) -> u32 { return min(bitcast<u32>(power) & 0x7fffffffu, ${INFINITE}u); }`,
  );
}

/** The expression of whether a number is finite. */
export function finiteText(x: string): string {
  return `(bitcast<u32>(${x}) & ${INFINITE}u) != ${INFINITE}u`;
}

/** The expression that combines powers along the axes to the power of the whole distance. */
export function joinPowers(norm: number, powers: readonly string[]): string {
  return powers.reduce((sum, power) => norm === Infinity ? `max(${sum}, ${power})` : `${sum} + ${power}`);
}

/** The expression of the power of the distance between two points. */
export function distanceText(norm: number, a: readonly string[], b: readonly string[]): string {
  const differences = a.map((x, axis) => `abs(${x} - ${b[axis]!})`);
  if (norm < Infinity) return joinPowers(norm, differences.map((one) => `power_of(${one})`));
  // The largest difference by its bits, since the maximum of a number and NaN may be the number
  const bits = differences.map((one) => `(bitcast<u32>(${one}) & 0x7fffffffu)`);
  return `bitcast<f32>(${bits.reduce((largest, one) => `max(${largest}, ${one})`)})`;
}

/** Returns the bits of the power of the maximum distance. Infinite powers are beyond all radii but the infinite one. */
export function limitBits({ norm, radius }: { readonly norm: number; readonly radius: number }): number {
  if (radius === Infinity) return INFINITE;
  const power = norm === Infinity || norm === 1 ? radius : norm === 2 ? radius * radius : radius ** norm;
  return Math.min(floatBits(power), LARGEST);
}

/**
 * Returns the factor to apply to a lower bound of a power before it is compared with computed powers, so that rounding
 * of either excludes no point.
 */
export function boundFactor(norm: number): number {
  return isProduct(norm) || norm === Infinity ? 1 - 1e-5 : 1 - Math.min(0.5, 1e-4 * norm);
}
