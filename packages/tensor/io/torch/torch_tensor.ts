/**
 * Tensors in PyTorch files: strided views of a storage.
 * @module
 */
import { FileFormatError } from "../file_format_error.ts";
import { STORED_ARRAYS, type StoredType } from "../safetensors_header.ts";
import type { StoredTensor } from "../stored_tensor.ts";
import { elementsOf } from "../typed_array.ts";

/** Element types by PyTorch storage class. */
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
 * Returns the element type of a storage class.
 *
 * @param className Fully qualified name, such as `torch.FloatStorage`.
 * @returns `undefined` if it is not a supported storage class.
 */
export function storageType(className: string): StoredType | undefined {
  const name = /^torch\.(\w+)$/.exec(className)?.[1];
  return name !== undefined && Object.hasOwn(STORAGES, name) ? STORAGES[name] : undefined;
}

/**
 * A contiguous array of elements of one type.
 *
 * @category Files
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { FileFormatError, TorchStorage } from "@gasp/tensor";
 *
 * const bytes = new Uint8Array(Float32Array.of(1, 2).buffer);
 * assertEquals(new TorchStorage("F32", bytes, 2).count, 2);
 * assertThrows(() => new TorchStorage("F32", bytes, 3), FileFormatError, "the file is damaged");
 * ```
 */
export class TorchStorage {
  /**
   * Constructs a storage after checking its size.
   *
   * @param dtype Element type.
   * @param bytes Contents.
   * @param count Declared number of elements.
   * @throws {FileFormatError} If the size of the contents does not match.
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
 * A tensor in a file, read on demand.
 *
 * @category Files
 * @example The transpose of a matrix: the same numbers with other strides
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { TorchStorage, TorchTensor } from "@gasp/tensor";
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
   * Constructs a tensor after checking that its elements lie within the storage, and that there are no more of them than in
   * the storage, so that reading it takes no more memory than the file.
   *
   * @param storage Storage of the elements.
   * @param offset Position of the first element.
   * @param shape Sizes of the axes.
   * @param strides Strides in elements.
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
      throw new FileFormatError(`${what}: these must be whole numbers, with one stride for each axis`);
    }
    const count = sizeOf(shape);
    const last = shape.reduce((index, size, axis) => index + (size - 1) * strides[axis]!, offset);
    if (count > storage.count || (count > 0 && last >= storage.count)) {
      throw new FileFormatError(`${what} exceeds its storage of ${storage.count} elements`);
    }
  }

  /** Reads the elements in row-major order; returns a view of the file if they are stored contiguously. */
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
      let position = offset;
      for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
        position += (rest % shape[axis]!) * strides[axis]!;
        rest = Math.floor(rest / shape[axis]!);
      }
      bytes.set(storage.bytes.subarray(position * size, (position + 1) * size), i * size);
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
