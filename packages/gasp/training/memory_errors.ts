/**
 * What is said of a step that takes more memory than there is.
 * @module
 */
import { showBytes } from "../config/show_bytes.ts";
import { UserError } from "../config/user_error.ts";

/** Share of the memory that a suggested batch may take. */
const FILLED = 0.95;

/**
 * A step that does not fit the limit that someone set.
 *
 * @param batch Examples of the step.
 * @param least Bytes of the smallest program that was found.
 * @param limit Bytes that it may take.
 */
export function aboveLimit(batch: number, least: number, limit: number): UserError {
  return new UserError(
    `a step with a batch of ${batch} needs at least ${
      showEnough(least)
    }, even where it computes twice what it can; ` +
      `the limit is ${showBytes(limit)}, ${showBytes(least - limit)} less: raise --memory or lower --batch`,
  );
}

/** A size rounded up, so that a limit of what is told is enough. */
function showEnough(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 2 ** 10)} KiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;
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
export async function tooLarge({ batch, device, memory, cause, bytesFor }: TooLarge): Promise<UserError> {
  const few = Math.max(1, Math.min(8, batch >> 1));
  try {
    const less = await bytesFor(few), each = (await bytesFor(2 * few) - less) / few;
    const needed = less + (batch - few) * each;
    const largest = Math.min(batch - 1, Math.floor(few + (FILLED * memory - less) / each));
    return new UserError(
      `a batch of ${batch} needs about ${showBytes(needed)}, the device "${device}" has ${
        showBytes(memory)
      }: ` +
        `try --batch ${largest}`,
      cause,
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new UserError(
      `not even a batch of ${few} fits the device "${device}" with ${
        showBytes(memory)
      }: use a smaller model or ` +
        "resolution",
      cause,
    );
  }
}
