/**
 * Errors for training steps that need more memory than there is.
 * @module
 */
import { largestFitting, MemoryError, type MemoryShortage } from "@gasp/tensor";

/** Fraction of the device's memory that a suggested batch size may use. */
const SAFETY_MARGIN = 0.95;

/**
 * Returns the error for a step that exceeds the configured limit.
 *
 * @param batch Batch size.
 * @param least Bytes of the smallest program that was found.
 * @param limit The limit in bytes.
 */
export function exceedsLimit(batch: number, least: number, limit: number): MemoryError {
  return new MemoryError({
    purpose: `a step with a batch of ${batch}, with recomputation,`,
    needed: least,
    available: limit,
    owner: "the limit is",
    fitting: [{ name: "memoryLimit", value: roundUp(least) }],
  });
}

/** Rounds a size up to the unit it is shown in, so that the suggested limit is sufficient. */
function roundUp(bytes: number): number {
  const unit = bytes < 2 ** 20 ? 2 ** 10 : 2 ** 20;
  return Math.ceil(bytes / unit) * unit;
}

/** A step that does not fit a device. */
export interface OversizedStep {
  /** Batch size. */
  readonly batch: number;
  /** Name of the device. */
  readonly device: string;
  /** Memory of the device in bytes. */
  readonly memory: number;
  /** Underlying error. */
  readonly cause: RangeError;
  /** Returns the bytes of a step with another batch size; throws a RangeError if it cannot be planned. */
  bytesFor(batch: number): Promise<number>;
}

/**
 * Returns the error for a step that does not fit its device. Memory grows linearly with the batch size, so plans for two
 * small batches suffice to estimate what this one needs and which batch size would fit.
 *
 * @param step The oversized step.
 */
export async function exceedsDevice(
  { batch, device, memory, cause, bytesFor }: OversizedStep,
): Promise<MemoryError> {
  const few = Math.max(1, Math.min(8, batch >> 1));
  const shortage: Omit<MemoryShortage, "needed" | "fitting"> = {
    purpose: `a step with a batch of ${batch}`,
    available: memory,
    owner: `the device "${device}" has`,
  };
  try {
    const less = await bytesFor(few), each = (await bytesFor(2 * few) - less) / few;
    const bytes = (count: number) => less + (count - few) * each;
    const value = largestFitting(SAFETY_MARGIN * memory, { value: batch, bytes });
    const fitting = value === undefined ? [] : [{ name: "batchSize", value }];
    return new MemoryError({ ...shortage, needed: bytes(batch), fitting }, cause);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new MemoryError({ ...shortage, needed: Infinity, fitting: [] }, cause);
  }
}
