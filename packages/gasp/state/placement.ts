/**
 * Brings trees of tensors to a device one leaf at a time, so that nothing lies there twice and no more than one leaf in
 * between.
 * @module
 */
import {
  compile,
  type Device,
  evaluate,
  isKernelDevice,
  type Tensor,
  tensor,
  type Tree,
  treeLeaves,
  treeUnflatten,
} from "@gasp/tensor";

/**
 * Copies tensors to a device. Those that are there already stay as they are.
 *
 * @param tree Tensors; they may be used further.
 * @param device Where to.
 *
 * @example
 * ```ts
 * import { copyToDevice } from "@gasp/gasp";
 * import { disposeTree, openDevice, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * await using device = await openDevice("wasm", { threads: 1 });
 * const weights = await copyToDevice({ weight: tensor([1, 2]) }, device);
 * assertEquals(await weights.weight.data(), Float32Array.of(1, 2));
 * disposeTree(weights);
 * ```
 */
export async function copyToDevice<T extends Tree>(tree: T, device: Device): Promise<T> {
  return await placeLeaves(tree, device, () => {});
}

/**
 * {@link copyToDevice}, and the end of the tensors on the host: their memory is free at once, where the runtime can do that.
 *
 * @param tree Tensors; nothing else may use their arrays, or others in their buffers, any more.
 * @param device Where to. On the interpreter they stay as they are.
 *
 * @example
 * ```ts
 * import { moveToDevice } from "@gasp/gasp";
 * import { disposeTree, openDevice, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * await using device = await openDevice("wasm", { threads: 1 });
 * const weights = await moveToDevice({ weight: tensor([1, 2]) }, device);
 * assertEquals(await weights.weight.data(), Float32Array.of(1, 2));
 * disposeTree(weights);
 * ```
 */
export async function moveToDevice<T extends Tree>(tree: T, device: Device): Promise<T> {
  if (!isKernelDevice(device)) return tree;
  const shared = new Set<ArrayBuffer>();
  const moved = await placeLeaves(tree, device, (leaf) => {
    const { storage } = leaf;
    if (storage.kind !== "host") return;
    const { buffer, byteLength } = storage.data;
    leaf.dispose();
    if (!(buffer instanceof ArrayBuffer)) return;
    if (byteLength === buffer.byteLength) buffer.transfer?.(0);
    else shared.add(buffer);
  });
  for (const buffer of shared) buffer.transfer?.(0);
  return moved;
}

async function placeLeaves<T extends Tree>(
  tree: T,
  device: Device,
  done: (leaf: Tensor) => void,
): Promise<T> {
  // Given away by one name, kept by the other: an upload without a copy on the device
  const upload = compile((leaf: Tensor): Tensor => leaf, { device, donateArgnums: [0] });
  const placed: Tensor[] = [];
  try {
    for (const leaf of treeLeaves(tree)) {
      const { storage } = leaf;
      const isHost = storage.kind === "host" && !(storage.data instanceof Float64Array);
      placed.push(isHost ? await upload(tensor(storage.data, leaf.shape)) : await evaluate(leaf, device));
      done(leaf);
    }
  } finally {
    upload.release();
  }
  return treeUnflatten(tree, placed);
}
