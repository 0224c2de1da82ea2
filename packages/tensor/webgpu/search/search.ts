/**
 * Point searches: the k nearest neighbours, and counts within a radius.
 * @module
 */
import { printBruteSearch } from "./brute.ts";
import { printGridSearch } from "./grid.ts";
import type { Search } from "./result.ts";
import type { Passes } from "../shader/shader.ts";

/** Average points per cloud from which a grid is worth the time to build it. */
const GRID_FROM = 1024;

/**
 * Generates a search by its method, or by the faster one for `auto`.
 *
 * @param kernel Kernel with at least one query.
 */
export function printSearch(kernel: Search): Passes {
  const { method, points, clouds } = kernel;
  const many = points >= (method === "auto" ? GRID_FROM * clouds : 1);
  return many && method !== "brute" ? printGridSearch(kernel) : printBruteSearch(kernel);
}
