/**
 * Trees: nested objects and arrays whose leaves are tensors. Functions that are compiled or differentiated take and
 * give trees.
 * @module
 */
import { Tensor } from "./tensor.ts";

/** Nested objects and arrays of tensors. */
export type Tree = Tensor | readonly Tree[] | { readonly [key: string]: Tree };

/**
 * The leaves in a fixed order: arrays by position, objects by sorted key.
 *
 * @param tree Any tree.
 *
 * @example
 * ```ts
 * import { tensor, treeLeaves } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const leaves = treeLeaves({ b: tensor([1]), a: [tensor([2]), tensor([3])] });
 * assertEquals(await Promise.all(leaves.map(async (leaf) => (await leaf.data())[0])), [2, 3, 1]);
 * ```
 */
export function treeLeaves(tree: Tree): Tensor[] {
  const leaves: Tensor[] = [];
  treeMap(tree, (leaf) => (leaves.push(leaf), leaf));
  return leaves;
}

/**
 * The same tree with other leaves.
 *
 * @param tree Any tree.
 * @param map Called once per leaf, in the order of {@link treeLeaves}, with the leaf and its path (`D/layers.0/weight`).
 * @throws {TypeError} If something in the tree is no tensor, array or plain object.
 *
 * @example
 * ```ts
 * import { tensor, treeMap } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const shapes = new Map<string, readonly number[]>();
 * treeMap({ layer: { weight: tensor([[1, 2]]) } }, (leaf, path) => (shapes.set(path, leaf.shape), leaf));
 * assertEquals([...shapes], [["layer/weight", [1, 2]]]);
 * ```
 */
export function treeMap<T extends Tree>(tree: T, map: (leaf: Tensor, path: string) => Tensor): T {
  return walk(tree, map, "") as T;
}

function walk(tree: Tree, map: (leaf: Tensor, path: string) => Tensor, path: string): Tree {
  if (tree instanceof Tensor) return map(tree, path);
  const at = (key: string | number) => (path === "" ? `${key}` : `${path}/${key}`);
  if (Array.isArray(tree)) return (tree as readonly Tree[]).map((child, i) => walk(child, map, at(i)));
  if (tree === null || typeof tree !== "object") {
    throw new TypeError(`a tree holds tensors, arrays and objects; got ${String(tree)} at '${path}'`);
  }
  const record = tree as { readonly [key: string]: Tree };
  const entries = Object.keys(record).sort().map((key) => [key, walk(record[key]!, map, at(key))] as const);
  return Object.fromEntries(entries);
}

/**
 * The leaves by path: `D/layers.0/weight`.
 *
 * @param tree Any tree.
 *
 * @example
 * ```ts
 * import { tensor, treePaths } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const paths = treePaths({ layers: [tensor([1]), tensor([2])] });
 * assertEquals([...paths.keys()], ["layers/0", "layers/1"]);
 * ```
 */
export function treePaths(tree: Tree): Map<string, Tensor> {
  const paths = new Map<string, Tensor>();
  treeMap(tree, (leaf, path) => (paths.set(path, leaf), leaf));
  return paths;
}

/**
 * A tree of the same form from leaves in the order of {@link treeLeaves}.
 *
 * @param tree The form.
 * @param leaves As many as the tree has.
 *
 * @example
 * ```ts
 * import { tensor, treeLeaves, treeUnflatten } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const tree = { a: tensor([1]), b: tensor([2]) };
 * const swapped = treeUnflatten(tree, treeLeaves(tree).toReversed());
 * assertEquals(await swapped.a.data(), Float32Array.of(2));
 * ```
 */
export function treeUnflatten<T extends Tree>(tree: T, leaves: readonly Tensor[]): T {
  let next = 0;
  const result = treeMap(tree, () => leaves[next++]!);
  if (next !== leaves.length) throw new RangeError(`the tree has ${next} leaves, got ${leaves.length}`);
  return result;
}
