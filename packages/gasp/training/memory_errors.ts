/**
 * Refusals of training steps that take more memory than there is.
 * @module
 */
import { largestFitting, MemoryError, type MemoryShortage } from "@gasp/tensor";

/** Share of the memory that a suggested batch may take. */
const FILLED = 0.95;

/**
 * A step that does not fit the limit that someone set.
 *
 * @param batch Examples of the step.
 * @param least Bytes of the smallest program that was found.
 * @param limit Bytes that it may take.
 */
export function aboveLimit(batch: number, least: number, limit: number): MemoryError {
  return new MemoryError({
    purpose: `a step with a batch of ${batch}, recomputing what it can,`,
    needed: least,
    available: limit,
    owner: "the limit is",
    fitting: [{ name: "memoryLimit", value: roundedUp(least) }],
  });
}

/** A size rounded up, so that a limit of what is told is enough. */
function roundedUp(bytes: number): number {
  const unit = bytes < 2 ** 20 ? 2 ** 10 : 2 ** 20;
  return Math.ceil(bytes / unit) * unit;
}

/** A step that a device has no room for. */
export interface TooLarge {
  /** Examples of the step. */
  readonly batch: number;
  /** Name of the device. */
  readonly device: string;
  /** Bytes that it has. */
  readonly memory: number;
  /** What went wrong. */
  readonly cause: RangeError;
  /** Bytes of a step with another batch; throws a RangeError if that cannot be planned. */
  bytesFor(batch: number): Promise<number>;
}

/**
 * A step that does not fit its device. What a batch takes grows linearly, so two small ones tell what this one needs and
 * which would fit.
 *
 * @param step The step.
 */
export async function tooLarge({ batch, device, memory, cause, bytesFor }: TooLarge): Promise<MemoryError> {
  const few = Math.max(1, Math.min(8, batch >> 1));
  const shortage: Omit<MemoryShortage, "needed" | "fitting"> = {
    purpose: `a step with a batch of ${batch}`,
    available: memory,
    owner: `the device "${device}" has`,
  };
  try {
    const less = await bytesFor(few), each = (await bytesFor(2 * few) - less) / few;
    const bytes = (count: number) => less + (count - few) * each;
    const value = largestFitting(FILLED * memory, { value: batch, bytes });
    const fitting = value === undefined ? [] : [{ name: "batchSize", value }];
    return new MemoryError({ ...shortage, needed: bytes(batch), fitting }, cause);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new MemoryError({ ...shortage, needed: Infinity, fitting: [] }, cause);
  }
}
