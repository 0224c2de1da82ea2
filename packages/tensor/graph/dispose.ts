/**
 * Disposal of trees of tensors.
 * @module
 */
import { type Tree, treeLeaves } from "./tree.ts";

/**
 * Frees the memory of all tensors in a tree.
 *
 * @param tree Concrete tensors; those already disposed or donated are skipped.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { disposeTree, tensor } from "@gasp/tensor";
 *
 * const params = { weight: tensor([[1, 2]]), bias: tensor([0]) };
 * disposeTree(params);
 * assert(params.weight.isDisposed);
 * ```
 *
 * @category Trees
 */
export function disposeTree(tree: Tree): void {
  for (const leaf of treeLeaves(tree)) leaf.dispose();
}

/**
 * Trees of tensors to dispose at the end of a block, however it exits: a `DisposableStack` for trees.
 *
 * @example A state that each step replaces
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { add, compile, DisposableTrees, evaluate, openDevice, ones, type Tensor } from "@gasp/tensor";
 *
 * await using device = await openDevice("wasm");
 * using trees = new DisposableTrees();
 * using increment = compile((state: { count: Tensor }) => ({ count: add(state.count, 1) }), { device });
 *
 * let state = trees.use(await evaluate({ count: ones([]) }, device));
 * for (let i = 0; i < 3; i++) state = trees.use(await increment(state));
 * assertEquals(await state.count.data(), Float32Array.of(4));
 * // All four states are freed here
 * ```
 *
 * @category Trees
 */
export class DisposableTrees implements Disposable {
  readonly #trees: Tree[] = [];

  /**
   * Adds a tree to dispose.
   *
   * @param tree Concrete tensors.
   * @returns The tree.
   */
  use<T extends Tree>(tree: T): T {
    this.#trees.push(tree);
    return tree;
  }

  /**
   * Removes a tree, so that it outlives the block.
   *
   * @param tree One that was added.
   * @returns The tree.
   * @throws {RangeError} If it was not added.
   */
  release<T extends Tree>(tree: T): T {
    const index = this.#trees.indexOf(tree);
    if (index < 0) throw new RangeError("this tree was not added by use(), or was released before");
    this.#trees.splice(index, 1);
    return tree;
  }

  /** Disposes the trees in reverse order. */
  [Symbol.dispose](): void {
    for (const tree of this.#trees.splice(0).reverse()) disposeTree(tree);
  }
}
