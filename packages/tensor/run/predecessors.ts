/**
 * Which results of a function are the next values of which arguments.
 * @module
 */
import { type Tree, treePaths } from "../graph/tree.ts";
import type { ArgumentLeaf } from "./arguments.ts";

/**
 * Which outputs are the next value of which inputs, judged by their paths: `state/weight` of a result follows `weight` of an
 * argument, and a result's `1` follows argument 1.
 *
 * @param leaves The arguments.
 * @param result What the function returned.
 * @returns Positions of inputs by positions of outputs.
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
