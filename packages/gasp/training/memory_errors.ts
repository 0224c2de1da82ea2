/**
 * Errors for training steps that need more memory than there is.
 * @module
 */
import { BufferLimitError, largestFitting, MemoryError, type MemoryShortage } from "@gasp/tensor";

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

/** Maximum number of smaller batches that are planned to find one that fits. */
const ATTEMPTS = 8;

/**
 * Returns the error for a step that does not fit its device: because its buffers together exceed the memory, or a single
 * one a limit. A suggested batch size has been planned on the device, and fits.
 *
 * @param step The oversized step.
 */
export async function exceedsDevice(step: OversizedStep): Promise<MemoryError> {
  const { batch, device, memory, cause } = step;
  if (cause instanceof BufferLimitError) {
    const { what = "a buffer", bytes, limit, limitBytes } = cause.buffer;
    const shortage = {
      purpose: `${what}, in a step with a batch of ${batch},`,
      needed: bytes,
      available: limitBytes,
      owner: `the limit ${limit} of the device "${device}" is`,
    };
    const value = await fittingBatch(scaled(batch, limitBytes / bytes), step);
    return new MemoryError({ ...shortage, fitting: asBatchSize(value) }, cause);
  }
  const { needed, largest } = await estimate(step);
  const shortage = {
    purpose: `a step with a batch of ${batch}`,
    needed,
    available: memory,
    owner: `the device "${device}" has`,
  };
  return new MemoryError({ ...shortage, fitting: asBatchSize(await fittingBatch(largest, step)) }, cause);
}

/**
 * Estimates the memory of the step, and the largest batch that fits: memory grows linearly with the batch size, so two
 * small batches suffice.
 */
async function estimate(
  { batch, memory, bytesFor }: OversizedStep,
): Promise<{ readonly needed: number; readonly largest: number }> {
  const few = Math.max(1, Math.min(8, batch >> 1));
  try {
    const less = await bytesFor(few), each = (await bytesFor(2 * few) - less) / few;
    const bytes = (count: number) => less + (count - few) * each;
    // Where the memory is unknown, a step that failed says nothing about how much would be enough
    const value = Number.isFinite(memory) ? batch : batch / 2 + 1;
    return { needed: bytes(batch), largest: largestFitting(SAFETY_MARGIN * memory, { value, bytes }) ?? 0 };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { needed: Infinity, largest: few >> 1 };
  }
}

/** Returns the largest batch size that fits, searching downwards from an estimate; undefined if none was found. */
async function fittingBatch(from: number, step: OversizedStep): Promise<number | undefined> {
  for (let size = from, attempt = 0; size >= 1 && attempt < ATTEMPTS; attempt++) {
    const next = await fitOrEstimate(size, step);
    if (next === size) return size;
    size = next;
  }
  return undefined;
}

/** Returns the batch size if it fits, otherwise an estimate of the largest that does. */
async function fitOrEstimate(size: number, { memory, bytesFor }: OversizedStep): Promise<number> {
  try {
    const bytes = await bytesFor(size);
    return bytes <= memory ? size : scaled(size, memory / bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error instanceof BufferLimitError
      ? scaled(size, error.buffer.limitBytes / error.buffer.bytes)
      : size >> 1;
  }
}

function scaled(size: number, ratio: number): number {
  return Math.min(size - 1, Math.floor(size * ratio));
}

function asBatchSize(value: number | undefined): MemoryShortage["fitting"] {
  return value === undefined ? [] : [{ name: "batchSize", value }];
}
