/**
 * Formats trees of tensors, values included.
 * @module
 */
import type { Device } from "../device/any_device.ts";
import { describe } from "../graph/describe.ts";
import { type Tree, treePaths } from "../graph/tree.ts";
import { evaluate } from "./evaluate.ts";

/**
 * Formats shape, type and an excerpt of the elements of each tensor of a tree, wherever they are. `String(t)` and
 * `console.log(t)` show the same, but neither read from a device nor compute.
 *
 * @param tree Tensors.
 * @param device Device for tensors that have not been evaluated.
 * @returns The text of a tensor; for a tree one paragraph per tensor, prefixed by its path.
 * @throws {Error} If a tensor has been disposed, or has not been evaluated and no device is given.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { mul, openDevice, show, tensor } from "@gasp/tensor";
 *
 * await using device = await openDevice("wasm");
 * const text = await show(mul(tensor([[1, 2], [3, 4]]), 0.5), device);
 * assertEquals(text, "Tensor f32 [2, 2]\n[[0.5, 1  ],\n [1.5, 2  ]]");
 * ```
 *
 * @category Tensors
 */
export async function show(tree: Tree, device?: Device): Promise<string> {
  const paragraphs: string[] = [];
  for (const [path, tensor] of treePaths(tree)) {
    const { shape, dtype } = tensor;
    if (!tensor.isConcrete && !device) {
      throw new Error(
        `${path ? `'${path}'` : "this tensor"} has not been evaluated: pass a device to evaluate it on`,
      );
    }
    const values = tensor.isConcrete ? tensor : await evaluate(tensor, device!);
    const text = describe({ shape, dtype, data: await values.data() });
    if (values !== tensor) values.dispose();
    paragraphs.push(path === "" ? text : `${path}: ${text}`);
  }
  return paragraphs.join("\n");
}
