/**
 * Tensors of PyTorch's files: a window, with strides, on a storage of numbers.
 * @module
 */
import { elementsOf, FileFormatError, STORED_ARRAYS, type StoredTensor, type StoredType } from "@gasp/tensor";

/** Element types by the class of storage that PyTorch saves them in. */
const STORAGES: Readonly<Record<string, StoredType>> = {
  DoubleStorage: "F64",
  FloatStorage: "F32",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "I64",
  IntStorage: "I32",
  ShortStorage: "I16",
  CharStorage: "I8",
  ByteStorage: "U8",
  BoolStorage: "BOOL",
};

/**
 * The element type of a class of storage.
 *
 * @param className Full name: `torch.FloatStorage`.
 * @returns `undefined` if it is none.
 */
export function storageType(className: string): StoredType | undefined {
  const name = /^torch\.(\w+)$/.exec(className)?.[1];
  return name !== undefined && Object.hasOwn(STORAGES, name) ? STORAGES[name] : undefined;
}

/**
 * Numbers of one type, one after the other.
 *
 * @category Checkpoints
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { TorchStorage } from "@gasp/gasp/import";
 * import { FileFormatError } from "@gasp/tensor";
 *
 * const bytes = new Uint8Array(Float32Array.of(1, 2).buffer);
 * assertEquals(new TorchStorage("F32", bytes, 2).count, 2);
 * assertThrows(() => new TorchStorage("F32", bytes, 3), FileFormatError, "the file is damaged");
 * ```
 */
export class TorchStorage {
  /**
   * Checks the size; reads nothing.
   *
   * @param dtype Element type.
   * @param bytes The file's bytes.
   * @param count Elements that the file says it has.
   * @throws {FileFormatError} If the bytes are not as many.
   */
  constructor(readonly dtype: StoredType, readonly bytes: Uint8Array, readonly count: number) {
    const size = STORED_ARRAYS[dtype].BYTES_PER_ELEMENT;
    if (!Number.isSafeInteger(count) || bytes.length !== count * size) {
      throw new FileFormatError(
        `a storage of ${count} elements of ${size} bytes has ${bytes.length} bytes: the file is damaged`,
      );
    }
  }
}

/**
 * A tensor of which nothing has been read yet.
 *
 * @category Checkpoints
 * @example The transpose of a matrix: the same numbers with other strides
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { TorchStorage, TorchTensor } from "@gasp/gasp/import";
 *
 * const storage = new TorchStorage("F32", new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer), 4);
 * const transposed = new TorchTensor(storage, 0, [2, 2], [1, 2]);
 * assertEquals(transposed.read().data, Float32Array.of(1, 3, 2, 4));
 * ```
 */
export class TorchTensor {
  /** Element type in the file. */
  readonly dtype: StoredType;

  /**
   * Checks that all elements lie in the storage, each in a place of its own, so that it takes no more memory than the file.
   *
   * @param storage Where the numbers are.
   * @param offset Place of the first element.
   * @param shape Sizes of the axes.
   * @param strides Places between neighbours along each axis.
   * @throws {FileFormatError} If they do not.
   */
  constructor(
    readonly storage: TorchStorage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {
    this.dtype = storage.dtype;
    const what = `a tensor of shape [${shape}], strides [${strides}] from ${offset} on`;
    const numbers = [offset, ...shape, ...strides];
    if (shape.length !== strides.length || !numbers.every((n) => Number.isSafeInteger(n) && n >= 0)) {
      throw new FileFormatError(`${what}: these must be whole numbers, as many strides as sizes`);
    }
    const count = sizeOf(shape);
    const last = shape.reduce((place, size, axis) => place + (size - 1) * strides[axis]!, offset);
    if (count > storage.count || (count > 0 && last >= storage.count)) {
      throw new FileFormatError(`${what} does not lie in its storage of ${storage.count} elements`);
    }
  }

  /** Its elements in row-major order: where they lie so in the file, a view of it. */
  read(): StoredTensor {
    const { storage, offset, shape, strides, dtype } = this;
    const array = STORED_ARRAYS[dtype], size = array.BYTES_PER_ELEMENT, count = sizeOf(shape);
    if (this.#isRowMajor()) {
      return {
        dtype,
        shape,
        data: elementsOf(array, storage.bytes.subarray(offset * size, (offset + count) * size)),
      };
    }
    const bytes = new Uint8Array(count * size);
    for (let i = 0; i < count; i++) {
      let place = offset;
      for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
        place += (rest % shape[axis]!) * strides[axis]!;
        rest = Math.floor(rest / shape[axis]!);
      }
      bytes.set(storage.bytes.subarray(place * size, (place + 1) * size), i * size);
    }
    return { dtype, shape, data: elementsOf(array, bytes) };
  }

  #isRowMajor(): boolean {
    let expected = 1;
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      if (this.shape[axis] !== 1 && this.strides[axis] !== expected) return this.shape.includes(0);
      expected *= this.shape[axis]!;
    }
    return true;
  }
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
