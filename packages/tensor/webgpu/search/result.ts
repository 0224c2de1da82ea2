/**
 * The results of a search in progress: the k nearest points found, or the count of those within the radius.
 * @module
 */
import type { CountWithinRadiusKernel, KnnKernel } from "../../ir/kernel.ts";
import { INFINITE, limitBits, rootText } from "./distance.ts";
import type { Shader } from "../shader/shader.ts";

/** Slots of the kernel's buffers. */
export const SLOT = { points: 0, starts: 1, queries: 2, queryStarts: 3, out: 4, scratch: 5 } as const;

/** A search of either kind. */
export type Search = KnnKernel | CountWithinRadiusKernel;

/**
 * Statements around a search. The shader then has functions `offer(order, number)`, `reach()`, and
 * `offer_far(begin, end)`, which offers points that are infinitely far.
 */
export interface SearchResult {
  /** Initialisation, before the first point is offered. */
  readonly begin: readonly string[];
  /** Stores the result of the query with that name. */
  readonly store: (query: string) => readonly string[];
}

/** Declares the result of a search; points beyond `reach()`, the bits of a power, cannot be part of it. */
export function declareResult(shader: Shader, kernel: Search): SearchResult {
  const limit = shader.param("limit", limitBits(kernel)), out = shader.writes(SLOT.out);
  return kernel.kind === "knn" ? topK(shader, kernel, limit, out) : countAll(shader, limit, out);
}

/**
 * The best k, ordered by (power, index), best first; missing ones have the index -1, which is last.
 */
function topK(
  shader: Shader,
  { k, norm, distances }: KnnKernel,
  limit: string,
  out: string,
): SearchResult {
  const width = distances ? 2 * k : k;
  shader.declare(`var<private> orders: array<u32, ${k}>;
var<private> numbers: array<u32, ${k}>;
fn precedes(order: u32, number: u32, i: u32) -> bool {
  return order < orders[i] || (order == orders[i] && number < numbers[i]);
}
fn reach() -> u32 { return orders[${k - 1}]; }
fn offer(order: u32, number: u32) {
  if (!precedes(order, number, ${k - 1}u)) { return; }
  var i = ${k - 1}u;
  while (i > 0u && precedes(order, number, i - 1u)) {
    orders[i] = orders[i - 1u];
    numbers[i] = numbers[i - 1u];
    i--;
  }
  orders[i] = order;
  numbers[i] = number;
}
fn offer_far(begin: u32, end: u32) {
  for (var i = begin; i < min(end, begin + ${k}u); i++) { offer(${INFINITE}u, i); }
}`);
  return {
    begin: [`for (var i = 0u; i < ${k}u; i++) { orders[i] = ${limit}; numbers[i] = 0xffffffffu; }`],
    store: (query) => [
      `for (var i = 0u; i < ${k}u; i++) {`,
      `  ${out}[${query} * ${width}u + i] = i32(numbers[i]);`,
      ...(distances ? [`  ${out}[${query} * ${width}u + ${k}u + i] = ${distanceBits(norm)};`] : []),
      "}",
    ],
  };
}

/** The expression of the bits of the distance of a result; infinite for missing points. */
function distanceBits(norm: number): string {
  const power = "bitcast<f32>(orders[i])";
  const bits = norm === 1 || norm === Infinity ? "i32(orders[i])" : `bitcast<i32>(${rootText(norm, power)})`;
  return `select(${bits}, ${INFINITE}, numbers[i] == 0xffffffffu || orders[i] >= ${INFINITE}u)`;
}

function countAll(shader: Shader, limit: string, out: string): SearchResult {
  shader.declare(`var<private> found: u32;
fn reach() -> u32 { return ${limit}; }
fn offer(order: u32, number: u32) { found += select(0u, 1u, order <= ${limit}); }
fn offer_far(begin: u32, end: u32) { found += select(0u, end - begin, ${INFINITE}u <= ${limit}); }`);
  return { begin: ["found = 0u;"], store: (query) => [`${out}[${query}] = i32(found);`] };
}

/** Declares `cloud_of(row)`: the last cloud that begins at or before a row, by the starts in a slot. */
export function declareCloudOf(shader: Shader, slot: number, clouds: number): void {
  shader.declare(`fn cloud_of(row: u32) -> u32 {
  var low = 0u;
  var high = ${shader.param("clouds", clouds)};
  while (high - low > 1u) {
    let middle = (low + high) / 2u;
    if (u32(${shader.reads(slot)}[middle]) <= row) { low = middle; } else { high = middle; }
  }
  return low;
}`);
}
