/**
 * Moves trees of tensors to a device one leaf at a time, so that at most one leaf exists twice at any moment.
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
 * Copies tensors to a device. Tensors already on the device are returned as they are.
 *
 * @param tree Tensors; they remain valid.
 * @param device Target device.
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
 *
 * @category Checkpoints
 */
export async function copyToDevice<T extends Tree>(tree: T, device: Device): Promise<T> {
  return await placeLeaves(tree, device, () => {});
}

/**
 * Moves tensors to a device and disposes of the host tensors. Their memory is released immediately if the runtime supports
 * `ArrayBuffer.prototype.transfer`.
 *
 * @param tree Tensors; neither they, their arrays nor other views of the same buffers may be used afterwards.
 * @param device Target device. On the reference interpreter this does nothing.
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
 *
 * @category Checkpoints
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
  onPlaced: (leaf: Tensor) => void,
): Promise<T> {
  // The uploaded argument is donated to the result: an upload without a second copy on the device
  const upload = compile((leaf: Tensor): Tensor => leaf, { device, donateArgnums: [0] });
  const placed: Tensor[] = [];
  try {
    for (const leaf of treeLeaves(tree)) {
      const { storage } = leaf;
      const isHost = storage.kind === "host" && !(storage.data instanceof Float64Array);
      placed.push(isHost ? await upload(tensor(storage.data, leaf.shape)) : await evaluate(leaf, device));
      onPlaced(leaf);
    }
  } finally {
    upload.release();
  }
  return treeUnflatten(tree, placed);
}
