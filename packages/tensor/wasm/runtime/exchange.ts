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
 * Begins an exchange, which from then on uses the memory of its result only.
 *
 * @param memory The device's memory.
 * @param exchange Kernel and addresses.
 * @param communicator The ranks.
 * @returns Resolves once the result is in place.
 * @throws {Error} If the memory was moved meanwhile.
 */
export async function runExchange(
  memory: WasmMemory,
  { kernel, addresses: [source, target = source] }: PlacedExchange,
  communicator: Communicator,
): Promise<void> {
  const own = ELEMENT_BYTES * kernel.size, isSum = kernel.kind === "allReduce";
  const result = memory.bytes(target!, isSum ? own : kernel.ranks * own);
  if (target !== source) result.set(memory.bytes(source!, own), isSum ? 0 : communicator.rank * own);
  await (isSum
    ? communicator.allReduce(new Float32Array(result.buffer, result.byteOffset, kernel.size))
    : communicator.allGatherInPlace(result));
  if (own > 0 && result.length === 0) {
    throw new Error(
      "the memory of the wasm device grew during an exchange: allocate before a run, or after it",
    );
  }
}
