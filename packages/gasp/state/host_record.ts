/**
 * Named tensors on the host: the contents of checkpoints.
 * @module
 */
import type { StateDict } from "@gasp/autograd";
import { type Shape, showShape, type Tensor, tensor } from "@gasp/tensor";

/**
 * An f32 tensor on the host.
 *
 * @category Checkpoints
 */
export interface HostTensor {
  /** Sizes of the axes. */
  readonly shape: Shape;
  /** Elements, row-major. */
  readonly data: Float32Array;
}

/**
 * Host tensors by name.
 *
 * @category Checkpoints
 */
export type HostRecord = { readonly [name: string]: HostTensor };

/**
 * Returns the tensor of a name, after checking its shape.
 *
 * @param record Tensors by name.
 * @param name Name.
 * @param shape Expected shape.
 * @throws {RangeError} If it is missing or has another shape.
 *
 * @example
 * ```ts
 * import { requireTensor } from "@gasp/gasp";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const record = { weight: { shape: [2], data: Float32Array.of(1, 2) } };
 * assertEquals(requireTensor(record, "weight", [2]).data.length, 2);
 * assertThrows(() => requireTensor(record, "weight", [3]), RangeError);
 * ```
 *
 * @category Checkpoints
 */
export function requireTensor<T extends { readonly shape: Shape }>(
  record: { readonly [name: string]: T },
  name: string,
  shape: Shape,
): T {
  const found = record[name];
  if (!found) throw new RangeError(`tensor '${name}' of shape ${showShape(shape)} is missing`);
  if (showShape(found.shape) !== showShape(shape)) {
    throw new RangeError(
      `tensor '${name}' has shape ${showShape(found.shape)}, but this model needs ${showShape(shape)}`,
    );
  }
  return found;
}

/**
 * Copies tensors to the host.
 *
 * @param tensors Concrete f32 tensors.
 *
 * @example
 * ```ts
 * import { toHost } from "@gasp/gasp";
 * import { tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const record = await toHost({ weight: tensor([[1, 2]]) });
 * assertEquals(record.weight, { shape: [1, 2], data: Float32Array.of(1, 2) });
 * ```
 *
 * @category Checkpoints
 */
export async function toHost(tensors: StateDict): Promise<HostRecord> {
  const entries: [string, HostTensor][] = [];
  for (const [name, value] of Object.entries(tensors)) entries.push([name, await tensorToHost(value)]);
  return Object.fromEntries(entries);
}

/**
 * Copies one tensor to the host.
 *
 * @param value A concrete tensor. Integers, such as an optimiser's step count, are converted to floats.
 * @throws {RangeError} If an integer has no exact float32 representation (above 2²⁴ in magnitude).
 *
 * @example
 * ```ts
 * import { tensorToHost } from "@gasp/gasp";
 * import { tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await tensorToHost(tensor([3, 4])), { shape: [2], data: Float32Array.of(3, 4) });
 * ```
 *
 * @category Checkpoints
 */
export async function tensorToHost(value: Tensor): Promise<HostTensor> {
  const data = await value.data();
  if (data instanceof Float32Array) return { shape: value.shape, data };
  const floats = Float32Array.from(data);
  const inexact = value.dtype === "f32" ? -1 : data.findIndex((element, i) => element !== floats[i]);
  if (inexact >= 0) {
    throw new RangeError(
      `element ${inexact} of a tensor is ${data[inexact]}, which f32 cannot represent exactly`,
    );
  }
  return { shape: value.shape, data: floats };
}

/**
 * Constructs tensors from host arrays, without copying.
 *
 * @param record Tensors; do not modify their arrays afterwards.
 *
 * @example
 * ```ts
 * import { fromHost } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const tensors = fromHost({ weight: { shape: [2], data: Float32Array.of(1, 2) } });
 * assertEquals(await tensors.weight!.data(), Float32Array.of(1, 2));
 * ```
 *
 * @category Checkpoints
 */
export function fromHost(record: HostRecord): StateDict {
  const entries = Object.entries(record).map(([name, { data, shape }]) => [name, tensor(data, shape)]);
  return Object.fromEntries(entries);
}
