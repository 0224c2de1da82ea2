/**
 * Reads of many tensors from a device. A read takes some time however small it is (10 ms in Deno's own WebGPU, 100 ms in
 * Firefox), so small ones must not wait for each other.
 * @module
 */
import { ELEMENT_BYTES, type Tensor } from "@gasp/tensor";
import { type HostTensor, tensorToHost } from "./host_record.ts";

/** Maximum bytes on their way to the host; a larger tensor is read alone. */
const LIMIT_BYTES = 2 ** 20;

/**
 * Copies tensors to the host in order, several small ones at once.
 *
 * @param tensors Concrete tensors, each with anything that identifies it.
 * @param read Copies one tensor.
 * @returns The copies, with their keys.
 */
export async function* readAhead<K>(
  tensors: Iterable<readonly [K, Tensor]>,
  read: (tensor: Tensor) => Promise<HostTensor> = tensorToHost,
): AsyncGenerator<readonly [K, HostTensor]> {
  const started: { readonly key: K; readonly bytes: number; readonly copy: Promise<HostTensor> }[] = [];
  let pending = 0;
  const next = async () => {
    const { key, bytes, copy } = started.shift()!;
    pending -= bytes;
    return [key, await copy] as const;
  };
  for (const [key, tensor] of tensors) {
    const bytes = tensor.size * ELEMENT_BYTES;
    while (started.length > 0 && pending + bytes > LIMIT_BYTES) yield await next();
    const copy = read(tensor);
    // Reported when it is awaited, unless an earlier one fails
    copy.catch(() => {});
    started.push({ key, bytes, copy });
    pending += bytes;
  }
  while (started.length > 0) yield await next();
}
