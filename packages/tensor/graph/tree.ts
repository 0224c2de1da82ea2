/**
 * Trees (pytrees): nested objects and arrays whose leaves are tensors. Compiled and differentiated functions have trees
 * as arguments and results.
 * @module
 */
import { Tensor } from "./tensor.ts";

/**
 * Nested objects and arrays of tensors.
 *
 * @category Trees
 */
export type Tree = Tensor | readonly Tree[] | { readonly [key: string]: Tree };

/**
 * Returns the leaves in a fixed order: arrays by index, objects by sorted key.
 *
 * @param tree Any tree.
 *
 * @example
 * ```ts
 * import { tensor, treeLeaves } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const params = { weight: tensor([[1]]), layers: [tensor([2]), tensor([3, 4])] };
 * assertEquals(treeLeaves(params).map(({ shape }) => shape), [[1], [2], [1, 1]]);
 * ```
 *
 * @category Trees
 */
export function treeLeaves(tree: Tree): Tensor[] {
  const leaves: Tensor[] = [];
  treeMap(tree, (leaf) => (leaves.push(leaf), leaf));
  return leaves;
}

/**
 * Maps the leaves of a tree.
 *
 * @param tree Any tree.
 * @param map Called once per leaf, in the order of {@link treeLeaves}, with the leaf and its path
 *   (`D/layers.0/weight`).
 * @throws {TypeError} If the tree contains anything but tensors, arrays and plain objects.
 *
 * @example
 * ```ts
 * import { mul, tensor, treeMap } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const params = { weight: tensor([[1]]), layers: [tensor([2])] };
 * const paths: string[] = [];
 * treeMap(params, (leaf, path) => (paths.push(path), mul(leaf, 0.5)));
 * assertEquals(paths, ["layers/0", "weight"]);
 * ```
 *
 * @category Trees
 */
export function treeMap<T extends Tree>(tree: T, map: (leaf: Tensor, path: string) => Tensor): T {
  return walk(tree, map, "") as T;
}

function walk(tree: Tree, map: (leaf: Tensor, path: string) => Tensor, path: string): Tree {
  if (tree instanceof Tensor) return map(tree, path);
  const at = (key: string | number) => (path === "" ? `${key}` : `${path}/${key}`);
  if (Array.isArray(tree)) return (tree as readonly Tree[]).map((child, i) => walk(child, map, at(i)));
  if (tree === null || typeof tree !== "object") {
    throw new TypeError(
      `a tree may contain tensors, arrays and objects only, got ${String(tree)} at '${path}'`,
    );
  }
  const record = tree as { readonly [key: string]: Tree };
  const entries = Object.keys(record).sort().map((key) => [key, walk(record[key]!, map, at(key))] as const);
  return Object.fromEntries(entries);
}

/**
 * Returns the leaves by path: `D/layers.0/weight`.
 *
 * @param tree Any tree.
 *
 * @example
 * ```ts
 * import { tensor, treePaths } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...treePaths({ b: tensor([1]), a: [tensor([2])] }).keys()], ["a/0", "b"]);
 * ```
 *
 * @category Trees
 */
export function treePaths(tree: Tree): Map<string, Tensor> {
  const paths = new Map<string, Tensor>();
  treeMap(tree, (leaf, path) => (paths.set(path, leaf), leaf));
  return paths;
}

/**
 * Builds a tree of the same structure from leaves in the order of {@link treeLeaves}.
 *
 * @param tree The structure.
 * @param leaves One tensor per leaf.
 *
 * @example
 * ```ts
 * import { tensor, treeLeaves, treeUnflatten } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const params = { a: tensor([1]), b: tensor([2]) };
 * const swapped = treeUnflatten(params, treeLeaves(params).reverse());
 * assertEquals([...await swapped.a.data()], [2]);
 * ```
 *
 * @category Trees
 */
export function treeUnflatten<T extends Tree>(tree: T, leaves: readonly Tensor[]): T {
  let next = 0;
  const result = treeMap(tree, () => leaves[next++]!);
  if (next !== leaves.length) throw new RangeError(`the tree has ${next} leaves, got ${leaves.length}`);
  return result;
}
