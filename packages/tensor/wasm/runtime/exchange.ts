/**
 * Exchanges with other ranks, directly on the device's memory.
 * @module
 */
import type { Communicator } from "../../device/communicator.ts";
import { ELEMENT_BYTES } from "../../ir/dtype.ts";
import type { ExchangeKernel } from "../../ir/kernel.ts";
import type { WasmMemory } from "./memory.ts";

/** An exchange of a program. */
export interface PlacedExchange {
  readonly kernel: ExchangeKernel;
  /** Addresses of its buffers without the token: the values, or the source and the result. */
  readonly addresses: readonly number[];
}

/**
 * Runs an exchange. Sums are reduced where they lie, without a copy.
 *
 * @param memory The device's memory.
 * @param exchange Kernel and addresses.
 * @param communicator The ranks.
 * @throws {Error} If the memory was moved meanwhile.
 */
export async function runExchange(
  memory: WasmMemory,
  { kernel, addresses }: PlacedExchange,
  communicator: Communicator,
): Promise<void> {
  const bytes = ELEMENT_BYTES * kernel.size;
  const source = memory.bytes(addresses[0]!, bytes), target = addresses[1];
  if (kernel.kind === "allGather") {
    const parts = await communicator.allGather(source);
    parts.forEach((part, rank) => memory.bytes(target! + rank * bytes, bytes).set(part));
    return;
  }
  if (target !== undefined) memory.bytes(target, bytes).set(source);
  const values = new Float32Array(memory.memory.buffer, target ?? addresses[0]!, kernel.size);
  await communicator.allReduce(values);
  if (values.length !== kernel.size) {
    throw new Error(
      "the memory of the wasm device grew during an exchange: allocate before a run, or after it",
    );
  }
}
