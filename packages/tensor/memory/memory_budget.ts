/**
 * One memory budget for everything that allocates on the host: readers, data sets, samples, pictures. Code that is about to
 * allocate computes its bytes from headers and arguments, and asks {@link requireMemory} first. A refusal is a
 * {@link MemoryError}: what is needed, what is free, and the largest arguments that would fit.
 *
 * How much memory is free belongs to the process, so the budget is one value for the whole program: a fixed
 * {@link DEFAULT_BUDGET} until the program knows better and calls {@link limitMemory}.
 *
 * @module
 */
import { showBytes } from "./show_bytes.ts";

/** Bytes that may be allocated at a time unless {@link limitMemory} says otherwise: 4 GiB. */
export const DEFAULT_BUDGET: number = 2 ** 32;

/** Bytes of JavaScript numbers and objects, for which engines have a lower limit of their own. */
const HEAP_BYTES = 2 ** 31;

/** A whole number that a caller can lower so that less memory is needed, such as a resolution. */
export interface MemoryParameter {
  /** Name of the argument. */
  readonly name: string;
  /** What was given. */
  readonly value: number;
  /** Smallest value allowed. Default: 1. */
  readonly least?: number;
  /** Bytes needed with another value, everything else unchanged; larger values need no less. */
  bytes(value: number): number;
}

/** What is about to be allocated. */
export interface MemoryNeed {
  /** What for, in the singular: `a set of 2,000 chairs at a resolution of 128`. */
  readonly purpose: string;
  /** Bytes needed in all, at the peak. */
  readonly bytes: number;
  /** How many of them are JavaScript numbers and objects rather than typed arrays. Default: 0. */
  readonly heapBytes?: number;
  /** What can be lowered. */
  readonly parameters?: readonly MemoryParameter[];
}

/** A need that does not fit. Plain data, so that workers can send it. */
export interface MemoryShortage {
  /** What the memory is for. */
  readonly purpose: string;
  /** Bytes needed; Infinity where nobody knows how many more there would have to be. */
  readonly needed: number;
  /** Bytes that may be taken. */
  readonly available: number;
  /** Whose memory it is, followed by a verb: `the limit is`. Default: the free memory of the machine. */
  readonly owner?: string;
  /** Arguments that would fit, each by itself: `{ name: "resolution", value: 512 }`. */
  readonly fitting: readonly { readonly name: string; readonly value: number }[];
}

/** Refused before it was allocated: it would take more memory than there is. */
export class MemoryError extends Error {
  /** Name of the class, as for every error. */
  override readonly name: string = "MemoryError";

  /**
   * An error whose message is complete.
   *
   * @param shortage What is needed, what is free, what would fit.
   * @param cause The error behind it, if any.
   */
  constructor(readonly shortage: MemoryShortage, cause?: unknown) {
    const cures = shortage.fitting.map(({ name, value }) => `a ${name} of ${value}`).join(" or ");
    super(
      `${describeShortage(shortage)}: ${cures === "" ? "use less data or free memory" : `${cures} fits`}`,
      cause === undefined ? undefined : { cause },
    );
  }
}

/**
 * What is needed and what is free, without a cure: `a sheet needs 11 GiB of memory, 5.0 GiB are free`.
 *
 * @param shortage A need that does not fit.
 */
export function describeShortage({ purpose, needed, available, owner }: MemoryShortage): string {
  const has = owner === undefined ? `${showBytes(available)} are free` : `${owner} ${showBytes(available)}`;
  const most = Number.isFinite(needed) ? `${showBytes(needed)} of memory` : "more memory than there is";
  return `${purpose} needs ${most}, ${has}`;
}

let budget: () => number = () => DEFAULT_BUDGET;

/**
 * Sets what may be allocated from now on.
 *
 * @param bytes A number of bytes, or a function that returns the number that is free at the moment.
 * @returns Restores the budget before when it is disposed of.
 * @example
 * ```ts
 * import { limitMemory, MemoryError, requireMemory } from "@gasp/tensor";
 * import { assertThrows } from "@std/assert";
 *
 * using _limit = limitMemory(1e6);
 * assertThrows(() => requireMemory({ purpose: "a table", bytes: 2e6 }), MemoryError, "a table needs 1.9 MiB");
 * ```
 */
export function limitMemory(bytes: number | (() => number)): Disposable {
  const before = budget;
  budget = typeof bytes === "number" ? () => bytes : bytes;
  return {
    [Symbol.dispose]() {
      budget = before;
    },
  };
}

/** Bytes that may be allocated now. */
export function availableMemory(): number {
  return Math.max(0, Math.floor(budget()));
}

/**
 * The largest value of an argument that fits.
 *
 * @param available Bytes.
 * @param parameter The argument.
 * @returns A whole number below the one given, or undefined if none fits.
 */
export function largestFitting(
  available: number,
  { value, least = 1, bytes }: Omit<MemoryParameter, "name">,
): number | undefined {
  let fits = least, tooLarge = Math.ceil(value);
  if (tooLarge <= fits || !(bytes(fits) <= available)) return undefined;
  while (tooLarge - fits > 1) {
    const middle = Math.floor((fits + tooLarge) / 2);
    if (bytes(middle) <= available) fits = middle;
    else tooLarge = middle;
  }
  return fits;
}

/**
 * Refuses what does not fit. Call it before anything is allocated.
 *
 * @param need What is needed, and what can be lowered.
 * @throws {MemoryError} If it is more than {@link availableMemory}.
 */
export function requireMemory({ purpose, bytes, heapBytes = 0, parameters = [] }: MemoryNeed): void {
  const available = availableMemory();
  if (heapBytes > HEAP_BYTES && bytes <= available) {
    const owner = "the JavaScript heap has";
    throw new MemoryError({ purpose, needed: heapBytes, available: HEAP_BYTES, owner, fitting: [] });
  }
  // NaN must not pass.
  if (bytes <= available) return;
  const fitting = parameters.flatMap((parameter) => {
    const value = largestFitting(available, parameter);
    return value === undefined ? [] : [{ name: parameter.name, value }];
  });
  throw new MemoryError({ purpose, needed: bytes, available, fitting });
}

/**
 * Whether something thrown is an engine's own word for memory that could not be had, or for an array longer than any can be.
 *
 * @param thrown Anything.
 */
export function isAllocationFailure(thrown: unknown): boolean {
  return thrown instanceof RangeError &&
    /(array buffer|memory) allocation|cannot allocate \d|invalid (typed )?array (buffer )?length|array length|out of memory|invalid string length|could not allocate|allocation size overflow/i
      .test(thrown.message);
}
