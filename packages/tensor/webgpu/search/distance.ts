/**
 * Distances between points, in WGSL: sums of powers of differences along the axes, or the largest difference.
 *
 * Powers are compared by their bits. Those of numbers from 0 up are in the order of the numbers, infinity is
 * the last number, and NaN comes after it, so that no comparison depends on what WGSL leaves open about NaN.
 *
 * @module
 */
import type { SearchKernel } from "../../ir/kernel.ts";
import type { Shader } from "../shader/shader.ts";

/** Largest order whose powers are made by multiplications. */
const MOST_FACTORS = 8;

/** The bits of a number as f32. */
export function floatBits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]!;
}

/** What is made for each axis, in order. */
export function alongAxes<T>(dimension: number, text: (axis: number) => T): T[] {
  return Array.from({ length: dimension }, (_, axis) => text(axis));
}

/** Whether the order is a small multiple of one half: a product of factors, perhaps with one square root. */
function isProduct(norm: number): boolean {
  return Number.isInteger(2 * norm) && norm <= MOST_FACTORS;
}

function powerText(norm: number): string {
  if (norm === Infinity) return "x";
  if (!isProduct(norm)) return `select(exp2(${Math.min(norm, 1e38)}f * log2(x)), 0.0, x <= 0.0)`;
  const factors = new Array<string>(Math.floor(norm)).fill("x");
  return [...factors, ...(Number.isInteger(norm) ? [] : ["sqrt(x)"])].join(" * ");
}

/** The expression of the distance of a power, for orders other than 1 and `Infinity`. */
export function rootText(norm: number, power: string): string {
  return norm === 2
    ? `sqrt(${power})`
    : `select(exp2(log2(${power}) / ${Math.min(norm, 1e38)}f), 0.0, ${power} <= 0.0)`;
}

/**
 * Declares `power_of(x)`, `|x|^p` for x from 0 up, and `order_of(power)`, the bits that powers are compared
 * by.
 */
export function declarePowers(shader: Shader, { norm }: Pick<SearchKernel, "norm">): void {
  shader.declare(`fn power_of(x: f32) -> f32 { return ${powerText(norm)}; }`);
  shader.declare("fn order_of(power: f32) -> u32 { return bitcast<u32>(power) & 0x7fffffffu; }");
}

/** The expression that joins powers along the axes to the power of the whole distance. */
export function joinPowers(norm: number, powers: readonly string[]): string {
  return powers.reduce((sum, power) => norm === Infinity ? `max(${sum}, ${power})` : `${sum} + ${power}`);
}

/** The expression of the power of the distance between two points, given by their coordinates. */
export function distanceText(norm: number, a: readonly string[], b: readonly string[]): string {
  return joinPowers(norm, a.map((x, axis) => `power_of(abs(${x} - ${b[axis]!}))`));
}

/** The bits of the power of the largest distance allowed. */
export function limitBits({ norm, radius }: { readonly norm: number; readonly radius: number }): number {
  if (radius === Infinity || norm === Infinity || norm === 1) return floatBits(radius);
  return floatBits(norm === 2 ? radius * radius : radius ** norm);
}

/**
 * What a lower bound of a power is multiplied by before it is held against computed powers, so that the
 * rounding of either excludes no point.
 */
export function boundFactor(norm: number): number {
  return isProduct(norm) || norm === Infinity ? 1 - 1e-5 : 1 - Math.min(0.5, 1e-4 * norm);
}
