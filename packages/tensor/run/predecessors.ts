/**
 * Matches results of a function to the arguments that they update.
 * @module
 */
import { type Tree, treePaths } from "../graph/tree.ts";
import type { ArgumentLeaf } from "./arguments.ts";

/**
 * Finds the outputs that are the next value of an input, by their paths: `state/weight` of a result follows `weight` of
 * an argument, and a result's `1` follows argument 1.
 *
 * @param leaves Leaves of the arguments.
 * @param result Result of the function.
 * @returns Indices of inputs by index of output.
 */
export function findPredecessors(leaves: readonly ArgumentLeaf[], result: Tree): Map<number, number> {
  const inputs = new Map<string, number>();
  leaves.forEach(({ argument, path }, position) => {
    const name = path === "" ? `${argument}` : path;
    if (!inputs.has(name)) inputs.set(name, position);
  });
  const found = new Map<number, number>();
  [...treePaths(result).keys()].forEach((path, position) => {
    const matches = endsOf(path).flatMap((end) => inputs.get(end) ?? []);
    if (matches.length > 0) found.set(position, matches.reduce((first, next) => Math.min(first, next)));
  });
  return found;
}

/** A path without each number of its first parts: `a/b/c`, `b/c`, `c`. */
function endsOf(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, first) => parts.slice(first).join("/"));
}
