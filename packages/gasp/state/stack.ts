/**
 * Tensors stored as blocks of rows, and safetensors files of them, written with at most a few blocks in host memory.
 * @module
 */
import { safetensorsHeader, type Shape, sizeOf, type Tensor } from "@gasp/tensor";
import { type HostRecord, type HostTensor, requireTensor } from "./host_record.ts";
import { readAhead } from "./read_ahead.ts";

/**
 * A tensor stored as blocks of rows.
 *
 * @category Checkpoints
 */
export interface Stack<T> {
  /** Shape of the whole tensor. */
  readonly shape: Shape;
  /** Blocks of rows, in order. */
  readonly blocks: readonly T[];
}

/**
 * Constructs a stack.
 *
 * @param blocks At least one; their shapes may differ in the first axis only.
 *
 * @example
 * ```ts
 * import { stackOf } from "@gasp/gasp";
 * import { tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(stackOf([tensor([[1, 2]]), tensor([[3, 4], [5, 6]])]).shape, [3, 2]);
 * ```
 *
 * @category Checkpoints
 */
export function stackOf<T extends { readonly shape: Shape }>(blocks: readonly T[]): Stack<T> {
  const rows = blocks.reduce((total, { shape }) => total + (shape[0] ?? 1), 0);
  const { shape } = blocks[0]!;
  return { shape: blocks.length === 1 ? shape : [rows, ...shape.slice(1)], blocks };
}

/**
 * Concatenates the blocks of a stack.
 *
 * @param stack Blocks on the host.
 * @returns The block itself if there is only one, otherwise a copy.
 */
export function joinStack({ shape, blocks }: Stack<HostTensor>): HostTensor {
  if (blocks.length === 1) return blocks[0]!;
  const data = new Float32Array(blocks.reduce((total, block) => total + block.data.length, 0));
  let offset = 0;
  for (const block of blocks) {
    data.set(block.data, offset);
    offset += block.data.length;
  }
  return { shape, data };
}

/**
 * Splits whole tensors into the blocks of stacks, as views. The inverse of {@link joinStack}.
 *
 * @param record Whole tensors by name; others are ignored.
 * @param stacks Shapes of the blocks, by the same names.
 * @returns A host tensor for each block.
 * @throws {RangeError} If a tensor is missing or has another shape.
 */
export function splitStacks<T extends { readonly shape: Shape }>(
  record: HostRecord,
  stacks: ReadonlyMap<string, Stack<T>>,
): Map<T, HostTensor> {
  const parts = new Map<T, HostTensor>();
  for (const [name, { shape, blocks }] of stacks) {
    const { data } = requireTensor(record, name, shape);
    let offset = 0;
    for (const block of blocks) {
      const size = sizeOf(block.shape);
      parts.set(block, { shape: block.shape, data: data.subarray(offset, offset + size) });
      offset += size;
    }
  }
  return parts;
}

/**
 * Writes a safetensors file of 32-bit floats. Blocks are copied to the host shortly before they are written.
 *
 * @param stacks Concrete f32 tensors by name.
 * @param metadata Metadata entries (key, value).
 * @returns The file in chunks.
 */
export async function* stackedFile(
  stacks: ReadonlyMap<string, Stack<Tensor>>,
  metadata: Iterable<readonly [string, string]>,
): AsyncIterable<Uint8Array> {
  yield safetensorsHeader(
    Array.from(stacks, ([name, { shape }]) => [name, { dtype: "F32", shape }]),
    metadata,
  );
  for await (const [, { data }] of readAhead(blocksOf(stacks))) {
    yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
}

/** Returns all blocks in the order of a file, with the names of their tensors. */
export function blocksOf<T>(stacks: ReadonlyMap<string, Stack<T>>): [name: string, block: T][] {
  return Array.from(stacks, ([name, { blocks }]) => blocks.map((block): [string, T] => [name, block])).flat();
}
