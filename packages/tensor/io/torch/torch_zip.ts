/**
 * Files of `torch.save`: a zip archive with a pickle, `NAME/data.pkl`, and storages, `NAME/data/0` and so on. The allowed
 * globals are listed here; see `pickle.ts` for the safety of reading.
 * @module
 */
import { FileFormatError } from "../file_format_error.ts";
import { unzip } from "../zip.ts";
import { readPickle } from "./pickle.ts";
import { PickledObject, PickleGlobal, type PickleMeaning, type PickleVocabulary } from "./pickle_machine.ts";
import { storageType, TorchStorage, TorchTensor } from "./torch_tensor.ts";

/** First bytes of files of PyTorch before 1.6: a pickled magic number. */
const LEGACY = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/** Maximum number of axes of a tensor, and of items of a set. */
const MAX_LIST = 64;

/**
 * Reads a file of `torch.save` without executing code from it: PyTorch modules are returned as {@link PickledObject}, a class
 * name with attributes, and everything other than tensors and plain data is rejected.
 *
 * @param bytes Contents of the file; tensors are views of it.
 * @returns The saved value, with each tensor as a {@link TorchTensor}.
 * @throws {FileFormatError} If it is damaged, in the format before PyTorch 1.6, or contains anything that is not allowed.
 *
 * @example Only files of `torch.save` are read
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { FileFormatError, readTorchFile, writeNpz } from "@gasp/tensor";
 *
 * const zip = writeNpz([["x", { shape: [1], data: Float32Array.of(1) }]]);
 * assertThrows(() => readTorchFile(zip), FileFormatError, "NAME/data.pkl");
 * ```
 *
 * @category Files
 */
export function readTorchFile(bytes: Uint8Array): unknown {
  if (LEGACY.every((byte, i) => bytes[i] === byte)) {
    throw new FileFormatError(
      "it is in the format of PyTorch before 1.6, which is not supported. Convert it in Python with PyTorch: " +
        'torch.save(torch.load("old.pt", map_location="cpu"), "new.pt")',
    );
  }
  // torch.save does not compress, so nothing may expand beyond the size of the file
  const files = unzip(bytes, bytes.length);
  const pickles = [...files.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const name = pickles[0];
  if (name === undefined || pickles.length > 1) {
    throw new FileFormatError(
      `a file of torch.save has one pickle NAME/data.pkl, this archive has ${pickles.length}`,
    );
  }
  const folder = name.slice(0, -"data.pkl".length);
  const order = files.get(`${folder}byteorder`);
  if (order && new TextDecoder().decode(order) !== "little") {
    throw new FileFormatError("it was saved on a big-endian machine, which is not supported");
  }
  const storages = new Map<string, TorchStorage>();
  const vocabulary: PickleVocabulary = {
    meaning: (global) => Object.hasOwn(MEANINGS, global) ? MEANINGS[global] : classMeaning(global),
    persistent: (id) => storageOf(id, files, folder, storages),
  };
  return readPickle(files.get(name)!, vocabulary);
}

/** Allowed functions and built-in classes. */
const MEANINGS: Readonly<Record<string, PickleMeaning>> = {
  "collections.OrderedDict": { call: emptyDictionary },
  "torch.Size": { call: (args) => Object.freeze(shortList(args[0] ?? [])) },
  "__builtin__.set": { call: (args) => new Set(shortList(args[0] ?? [])) },
  "builtins.set": { call: (args) => new Set(shortList(args[0] ?? [])) },
  "torch._utils._rebuild_tensor_v2": { call: rebuildTensor },
  "torch._utils._rebuild_parameter": { call: ([tensor]) => requireTensor(tensor) },
};

/** Allowed classes: storages, activations and linear modules, and Fourier features. */
function classMeaning(name: string): PickleMeaning | undefined {
  if (storageType(name) !== undefined) return {};
  const isModule = /^torch\.nn\.modules\.(?:activation|linear)\.[A-Z]\w*$/.test(name) ||
    /^(?:[\w.]+\.)?FourierFeatures$/.test(name);
  return isModule ? { construct: () => new PickledObject(name) } : undefined;
}

/** Items are set by later opcodes. */
function emptyDictionary(args: readonly unknown[]): Map<unknown, unknown> {
  if (args.length > 0) {
    throw new FileFormatError("pickle: an OrderedDict must be constructed without arguments");
  }
  return new Map();
}

/** Copies a list. The limit prevents a file that refers to one long list many times from using memory for each copy. */
function shortList(value: unknown): unknown[] {
  if (Array.isArray(value) && value.length <= MAX_LIST) return [...value];
  throw new FileFormatError(`pickle: expected a list of at most ${MAX_LIST} elements`);
}

function requireTensor(value: unknown): TorchTensor {
  if (value instanceof TorchTensor) return value;
  throw new FileFormatError("pickle: expected a tensor");
}

function numbersOf(value: unknown): number[] {
  const numbers = shortList(value);
  if (numbers.every((item) => typeof item === "number")) return numbers;
  throw new FileFormatError("pickle: sizes and strides of a tensor must be whole numbers");
}

/** `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks)`. */
function rebuildTensor([storage, offset, shape, strides]: readonly unknown[]): TorchTensor {
  if (!(storage instanceof TorchStorage) || typeof offset !== "number") {
    throw new FileFormatError("pickle: a tensor needs a storage and an offset");
  }
  return new TorchTensor(storage, offset, numbersOf(shape), numbersOf(strides));
}

/** A persistent id is `("storage", class, key, location, elements)`; the location is the device it was saved from. */
function storageOf(
  id: unknown,
  files: ReadonlyMap<string, Uint8Array>,
  folder: string,
  storages: Map<string, TorchStorage>,
): TorchStorage {
  const [kind, type, key, , count] = Array.isArray(id) ? id : [];
  const dtype = type instanceof PickleGlobal ? storageType(type.name) : undefined;
  if (kind !== "storage" || dtype === undefined || typeof key !== "string" || typeof count !== "number") {
    throw new FileFormatError("pickle: it refers to an external object that is not a storage");
  }
  const known = storages.get(key);
  if (known) {
    if (known.dtype === dtype && known.count === count) return known;
    throw new FileFormatError(`the storage ${JSON.stringify(key)} has conflicting descriptions`);
  }
  const bytes = files.get(`${folder}data/${key}`);
  if (!bytes) {
    throw new FileFormatError(`the archive has no storage ${JSON.stringify(`${folder}data/${key}`)}`);
  }
  const storage = new TorchStorage(dtype, bytes, count);
  storages.set(key, storage);
  return storage;
}
