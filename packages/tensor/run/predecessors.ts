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
  const inputs = leaves.map(({ argument, path }) => path === "" ? `${argument}` : path);
  const found = new Map<number, number>();
  [...treePaths(result).keys()].forEach((path, position) => {
    const input = inputs.findIndex((candidate) => path === candidate || path.endsWith(`/${candidate}`));
    if (input >= 0) found.set(position, input);
  });
  return found;
}
