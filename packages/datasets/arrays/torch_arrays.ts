/**
 * Files of `torch.save` as NumPy files, so that all that reads arrays reads them too: the paper's authors store each of
 * their shapes as a tensor, a grid `[S, S, S]` of bytes or points `[n, 4]`. Nothing from them is executed.
 *
 * @module
 */
import {
  FileFormatError,
  type NpyArray,
  readTorchFile,
  requireMemory,
  toFloat32,
  TorchTensor,
  type TypedArray,
  writeNpy,
  writeNpz,
} from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import { formatOf } from "../core/file_formats.ts";
import type { FileTree } from "../core/file_source.ts";

/** An array to write. */
type ArrayToWrite = Omit<NpyArray, "dtype"> & { readonly dtype?: string };

/** Half precision and bfloat16 become single precision. */
function arrayOf(tensor: TorchTensor): ArrayToWrite {
  const stored = tensor.read(), { shape, dtype, data } = stored;
  if (dtype === "F16" || dtype === "BF16") return { shape, data: toFloat32(stored) };
  return { shape, data, ...(dtype === "BOOL" && { dtype: "b1" }) };
}

/** Joins tensors of one shape and type along a new first axis. */
function stacked(tensors: readonly TorchTensor[], name: string): ArrayToWrite {
  const parts = tensors.map(arrayOf), first = parts[0]!, { dtype } = tensors[0]!;
  const other = tensors.find((tensor) => tensor.dtype !== dtype || `${tensor.shape}` !== `${first.shape}`);
  if (other !== undefined) {
    throw new DataError(
      `${name} has a list of tensors of different shapes or types ([${first.shape}] and [${other.shape}]): ` +
        "save each to a file of its own.",
    );
  }
  const { length } = first.data;
  const data = new (first.data.constructor as new (length: number) => TypedArray)(length * parts.length);
  parts.forEach((part, i) => data.set(part.data as never, i * length));
  return { ...first, shape: [parts.length, ...first.shape], data };
}

/**
 * Converts a file of `torch.save` to a NumPy file: a tensor to `.npy`, a dictionary of tensors to `.npz`, and a list of
 * tensors of one shape to `.npy` with the list as first axis.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @throws {DataError} If it is damaged, holds no tensors, or anything that would have to be executed.
 * @throws {MemoryError} If it does not fit in memory.
 */
export function numpyOfTorch(bytes: Uint8Array, name: string): Uint8Array {
  // The arrays, twice as large if they are in half precision, and the file that they are written to.
  requireMemory({ purpose: `the tensors of ${name}`, bytes: 4 * bytes.length });
  try {
    const value = readTorchFile(bytes);
    if (value instanceof TorchTensor) return writeNpy(arrayOf(value));
    if (Array.isArray(value) && value.length > 0 && value.every((one) => one instanceof TorchTensor)) {
      return writeNpy(stacked(value, name));
    }
    const named = value instanceof Map ? [...value].filter(([, one]) => one instanceof TorchTensor) : [];
    if (named.length > 0) return writeNpz(named.map(([key, one]) => [String(key), arrayOf(one)]));
    throw new DataError(
      `${name} holds no tensors: expected torch.save of a tensor, a list of tensors or a dictionary of tensors. A model ` +
        "is imported with deno task import.",
    );
  } catch (cause) {
    if (!(cause instanceof FileFormatError)) throw cause;
    throw new DataError(`${name} cannot be read: ${cause.message.replace(/\.$/, "")}.`, { cause });
  }
}

/**
 * Shows the files of `torch.save` in a folder as NumPy files, under their own names.
 *
 * @param files Folder.
 * @category Data
 */
export function torchAsNumpy<T extends FileTree>(files: T): T {
  return {
    ...files,
    async read(name: string) {
      const bytes = await files.read(name);
      return formatOf(name) === "torch" ? numpyOfTorch(bytes, `${files.location}/${name}`) : bytes;
    },
  };
}
