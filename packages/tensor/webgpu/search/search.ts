/**
 * Searches of points within a distance: the nearest ones and how many there are.
 * @module
 */
import { printBruteSearch } from "./brute.ts";
import { printGridSearch } from "./grid.ts";
import type { Search } from "./keeper.ts";
import type { Passes } from "../shader/shader.ts";

/** Points of a cloud, on average, from which a grid is worth the time that it takes to build. */
const GRID_FROM = 1024;

/**
 * Prints a search with the method that it asks for, or the faster one.
 *
 * @param kernel Kernel with at least one query.
 */
export function printSearch(kernel: Search): Passes {
  const { method, points, clouds } = kernel;
  const many = points >= (method === "auto" ? GRID_FROM * clouds : 1);
  return many && method !== "brute" ? printGridSearch(kernel) : printBruteSearch(kernel);
}
