/**
 * Distances between points, in WGSL: sums of powers of differences along the axes, or the largest difference.
 *
 * Powers are compared by their bits. For non-negative numbers these are in numeric order, infinity comes after all
 * numbers, and NaN after infinity, so that no comparison depends on WGSL's unspecified NaN behaviour.
 *
 * @module
 */
import type { SearchKernel } from "../../ir/kernel.ts";
import type { Shader } from "../shader/shader.ts";

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
  shader.declare("fn order_of(power: f32) -> u32 { return bitcast<u32>(power) & 0x7fffffffu; }");
}

/** The expression that combines powers along the axes to the power of the whole distance. */
export function joinPowers(norm: number, powers: readonly string[]): string {
  return powers.reduce((sum, power) => norm === Infinity ? `max(${sum}, ${power})` : `${sum} + ${power}`);
}

/** The expression of the power of the distance between two points. */
export function distanceText(norm: number, a: readonly string[], b: readonly string[]): string {
  return joinPowers(norm, a.map((x, axis) => `power_of(abs(${x} - ${b[axis]!}))`));
}

/** Returns the bits of the power of the maximum distance. */
export function limitBits({ norm, radius }: { readonly norm: number; readonly radius: number }): number {
  if (radius === Infinity || norm === Infinity || norm === 1) return floatBits(radius);
  return floatBits(norm === 2 ? radius * radius : radius ** norm);
}

/**
 * Returns the factor to apply to a lower bound of a power before it is compared with computed powers, so that rounding
 * of either excludes no point.
 */
export function boundFactor(norm: number): number {
  return isProduct(norm) || norm === Infinity ? 1 - 1e-5 : 1 - Math.min(0.5, 1e-4 * norm);
}
