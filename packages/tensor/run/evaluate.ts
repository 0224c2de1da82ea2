/**
 * `evaluate` computes the values of a graph. Programs are cached by graph structure, so that a loop that rebuilds the
 * same graph compiles it once.
 * @module
 */
import { type Device, isKernelDevice, reference } from "../device/any_device.ts";
import { showShape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { type Tree, treeLeaves, treeUnflatten } from "../graph/tree.ts";
import { graphStructure } from "./graph_structure.ts";
import { programCache } from "./program_cache.ts";

/**
 * Computes the values of a tree of tensors. For repeated work, {@link compile} a function instead: it does not rebuild
 * the graph and can reuse the memory of its arguments.
 *
 * @param tree Tensors, evaluated or not.
 * @param device Device. Default: the reference interpreter in double precision, slow but sufficient for small arrays.
 * @returns The same tree of concrete tensors; tensors that were already concrete are copied.
 * @throws {Error} If a tensor depends on an argument of a traced function, on a tensor that has been disposed, or on
 *   one on another device.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { add, evaluate, openDevice, tensor } from "@gasp/tensor";
 *
 * await using device = await openDevice("wasm");
 * using y = await evaluate(add(tensor([1, 2, 3]), 0.5), device);
 * assertEquals(await y.data(), Float32Array.of(1.5, 2.5, 3.5));
 * ```
 *
 * @category Compilation
 */
export async function evaluate<T extends Tree>(tree: T, device: Device = reference): Promise<T> {
  const outputs = treeLeaves(tree);
  const structure = graphStructure(outputs);
  for (const { node, shape } of structure.order) {
    if (node.op === "input") throw new Error(unboundInput(shape));
  }
  if (!isKernelDevice(device)) {
    // Loaded on first use, since programs for devices need no interpreter
    const { interpretWith } = await import("./interpret_with.ts");
    return treeUnflatten(tree, await interpretWith(outputs, [], [], device.checkNumbers));
  }
  return treeUnflatten(tree, await programCache(device).run(structure));
}

function unboundInput(shape: Tensor["shape"]): string {
  return `this graph depends on an argument of shape ${
    showShape(shape)
  } of a function that is being traced, which has no ` +
    "elements: evaluate outside of compile(), grad() and the like";
}
