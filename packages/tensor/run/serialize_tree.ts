/**
 * Serialises trees of tensors as safetensors files; each tensor is named by its path.
 * @module
 */
import type { DType, HostArray } from "../ir/dtype.ts";
import { tensor } from "../graph/from_host.ts";
import { showShape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { type Tree, treeMap, treePaths } from "../graph/tree.ts";
import { parseSafetensors } from "../io/safetensors.ts";
import type { StoredType } from "../io/safetensors_header.ts";
import { type TensorToStore, writeSafetensors } from "../io/safetensors_write.ts";
import { type StoredTensor, toFloat32, toInt32 } from "../io/stored_tensor.ts";

const STORED_TYPES: Readonly<Record<Exclude<DType, "bool">, StoredType>> = {
  f32: "F32",
  i32: "I32",
  u32: "U32",
};

/**
 * Serialises a tree of tensors, such as parameters and the state of an optimiser, as a safetensors file. Each tensor is named
 * by its path, such as `layers/0/weight`; a tree that is a single tensor has the empty name.
 *
 * @param tree Concrete tensors on any device.
 * @param metadata Named strings to store in the file.
 * @returns Contents of the file.
 * @throws {Error} If a tensor has not been evaluated, or has been disposed.
 *
 * @example Parameters to a file and back
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { deserializeTree, serializeTree, tensor } from "@gasp/tensor";
 *
 * const params = { weight: tensor([[1, 2]]), bias: tensor([3]) };
 * const bytes = await serializeTree(params, [["step", "100"]]); // write these to a disk
 * const loaded = deserializeTree(bytes, params);
 * assertEquals(await loaded.weight.data(), Float32Array.of(1, 2));
 * ```
 *
 * @category Files
 */
export async function serializeTree(
  tree: Tree,
  metadata: Iterable<readonly [string, string]> = [],
): Promise<Uint8Array> {
  const entries = [...treePaths(tree)].map(async ([path, leaf]) => [path, await stored(leaf)] as const);
  return writeSafetensors(await Promise.all(entries), metadata);
}

async function stored(leaf: Tensor): Promise<TensorToStore> {
  const { shape, dtype } = leaf, data = await leaf.data();
  if (dtype === "bool") return { dtype: "BOOL", shape, data: Uint8Array.from(data) };
  return { dtype: STORED_TYPES[dtype], shape, data: dtype === "f32" ? Float32Array.from(data) : data };
}

/**
 * Deserialises a tree of tensors from a safetensors file, the inverse of {@link serializeTree}.
 *
 * @param bytes Contents of the file.
 * @param like A tree of the same structure, shapes and types, such as newly initialised parameters; its values are not
 *   read, so it may consist of {@link placeholder}s.
 * @returns Concrete tensors on the host; programs and `evaluate()` move them to their device.
 * @throws {FileFormatError} If the bytes are not a safetensors file.
 * @throws {RangeError} If names or shapes differ from those of the tree, or a value is not representable in its type.
 *
 * @example Continue from a file
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { deserializeTree, placeholder, serializeTree, tensor } from "@gasp/tensor";
 *
 * const bytes = await serializeTree({ weight: tensor([[1, 2]]) });
 * const { weight } = deserializeTree(bytes, { weight: placeholder([1, 2]) });
 * assertThrows(() => deserializeTree(bytes, { weight: placeholder([3]) }), RangeError, "weight");
 * ```
 *
 * @category Files
 */
export function deserializeTree<T extends Tree>(bytes: Uint8Array, like: T): T {
  const { tensors } = parseSafetensors(bytes), wanted = treePaths(like);
  const missing = [...wanted.keys()].filter((path) => !tensors.has(path));
  const unknown = [...tensors.keys()].filter((path) => !wanted.has(path));
  if (missing.length > 0 || unknown.length > 0) {
    throw new RangeError(
      `the file does not hold the tensors of this tree: missing are ${listed(missing)}, unknown are ${
        listed(unknown)
      }`,
    );
  }
  return treeMap(like, ({ shape, dtype }, path) => {
    const found = tensors.get(path)!;
    if (showShape(found.shape) === showShape(shape)) return tensor(valuesAs(found, dtype), shape, dtype);
    throw new RangeError(
      `'${path}' has shape ${showShape(found.shape)} in the file, and ${showShape(shape)} in this tree`,
    );
  });
}

function valuesAs(found: StoredTensor, dtype: DType): HostArray {
  if (dtype === "f32") return toFloat32(found);
  return found.data instanceof Uint32Array ? found.data : toInt32(found);
}

function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, 5).map((path) => `'${path}'`).join(", ");
  return paths.length > 5 ? `${shown} and ${paths.length - 5} more` : shown || "none";
}
