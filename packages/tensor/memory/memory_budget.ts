/**
 * One memory budget for everything that allocates on the host: readers, data sets, samples, images. Code that is about
 * to allocate computes the size from headers and arguments, and calls {@link requireMemory} first, which throws a
 * {@link MemoryError} if it does not fit: with the required and the available memory, and the largest arguments that
 * would fit.
 *
 * Free memory is a property of the process, so the budget is global: a fixed {@link DEFAULT_BUDGET} until the program
 * calls {@link limitMemory}.
 *
 * @module
 */
import { showBytes } from "./show_bytes.ts";

/**
 * Default budget: 4 GiB.
 *
 * @category Memory
 */
export const DEFAULT_BUDGET: number = 2 ** 32;

/** Limit for JavaScript numbers and objects, for which engines have a lower limit of their own. */
const HEAP_BYTES = 2 ** 31;

/**
 * An integer argument that a caller can lower to need less memory, such as a resolution.
 *
 * @category Memory
 */
export interface MemoryParameter {
  /** Name of the argument. */
  readonly name: string;
  /** Value passed by the caller. */
  readonly value: number;
  /** Minimum value. Default: 1. */
  readonly least?: number;
  /** Returns the bytes needed with another value, everything else unchanged; must be monotonic. */
  bytes(value: number): number;
  /** As `bytes`, for the part that is JavaScript numbers and objects. Default: that of the need, whatever the value. */
  heapBytes?(value: number): number;
}

/**
 * A planned allocation.
 *
 * @category Memory
 */
export interface MemoryNeed {
  /** Purpose, in the singular: `a set of 2,000 chairs at a resolution of 128`. */
  readonly purpose: string;
  /** Total bytes needed, at the peak. */
  readonly bytes: number;
  /** Part of `bytes` that is JavaScript numbers and objects rather than typed arrays. Default: 0. */
  readonly heapBytes?: number;
  /** Arguments that can be lowered. */
  readonly parameters?: readonly MemoryParameter[];
}

/**
 * An allocation that does not fit. Plain data, so that workers can send it.
 *
 * @category Memory
 */
export interface MemoryShortage {
  /** Purpose of the memory. */
  readonly purpose: string;
  /** Bytes needed; Infinity if unknown. */
  readonly needed: number;
  /** Bytes available; Infinity if all that is known is that they are too few. */
  readonly available: number;
  /** Owner of the memory, followed by a verb: `the limit is`. Default: the free memory of the machine. */
  readonly owner?: string;
  /** Arguments that would fit, each on its own: `{ name: "resolution", value: 512 }`. */
  readonly fitting: readonly { readonly name: string; readonly value: number }[];
}

/**
 * Thrown before an allocation that would exceed the memory budget.
 *
 * @category Memory
 * @example Telling a user what would fit
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { limitMemory, MemoryError, requireMemory } from "@gasp/tensor";
 *
 * using _limit = limitMemory(1e6);
 * const resolution = { name: "resolution", value: 1024, bytes: (value: number) => 4 * value ** 2 };
 * const error = assertThrows(
 *   () => requireMemory({ purpose: "a picture", bytes: resolution.bytes(1024), parameters: [resolution] }),
 *   MemoryError,
 * );
 * assertEquals(error.shortage.fitting, [{ name: "resolution", value: 500 }]);
 * ```
 */
export class MemoryError extends Error {
  /** Error name. */
  override readonly name: string = "MemoryError";

  /**
   * Creates an error with a complete message.
   *
   * @param shortage Required memory, available memory, and arguments that would fit.
   * @param cause Underlying error, if any.
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
 * Describes the required and the available memory: `a sheet needs 11 GiB of memory, 5.0 GiB are free`.
 *
 * @param shortage An allocation that does not fit.
 * @category Memory
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { describeShortage } from "@gasp/tensor";
 *
 * const shortage = { purpose: "a sheet", needed: 2 ** 30, available: 2 ** 20, fitting: [] };
 * assertEquals(describeShortage(shortage), "a sheet needs 1.0 GiB of memory, 1.0 MiB are free");
 * ```
 */
export function describeShortage({ purpose, needed, available, owner }: MemoryShortage): string {
  const has = owner === undefined
    ? `${showBytes(available)} are free`
    : `${owner} ${Number.isFinite(available) ? showBytes(available) : "less"}`;
  const most = Number.isFinite(needed) ? `${showBytes(needed)} of memory` : "more memory than there is";
  return `${purpose} needs ${most}, ${has}`;
}

let budget: () => number = () => DEFAULT_BUDGET;

/**
 * Sets the memory budget.
 *
 * @param bytes A number of bytes, or a function that returns the number currently free.
 * @returns Restores the previous budget when disposed.
 * @example
 * ```ts
 * import { limitMemory, MemoryError, requireMemory } from "@gasp/tensor";
 * import { assertThrows } from "@std/assert";
 *
 * using _limit = limitMemory(1e6);
 * assertThrows(() => requireMemory({ purpose: "a table", bytes: 2e6 }), MemoryError, "a table needs 1.9 MiB");
 * ```
 *
 * @category Memory
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

/**
 * Returns the bytes that may currently be allocated.
 *
 * @category Memory
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { availableMemory, limitMemory } from "@gasp/tensor";
 *
 * using _limit = limitMemory(1000);
 * assertEquals(availableMemory(), 1000);
 * ```
 */
export function availableMemory(): number {
  return Math.max(0, Math.floor(budget()));
}

/**
 * Finds the largest value of an argument that fits.
 *
 * @param available Bytes.
 * @param parameter The argument.
 * @returns An integer below the given value, or undefined if none fits.
 * @category Memory
 *
 * @example The resolution of the largest picture in a megabyte
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { largestFitting } from "@gasp/tensor";
 *
 * const bytes = (resolution: number) => 4 * resolution ** 2;
 * assertEquals(largestFitting(1e6, { value: 4096, bytes }), 500);
 * assertEquals(largestFitting(3, { value: 4096, bytes }), undefined); // not even one pixel fits
 * ```
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
 * Throws unless an allocation fits. Call it before allocating anything.
 *
 * @param need The allocation, and arguments that can be lowered.
 * @throws {MemoryError} If it needs more than {@link availableMemory}.
 * @category Memory
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { limitMemory, MemoryError, requireMemory } from "@gasp/tensor";
 *
 * using _limit = limitMemory(1e6);
 * requireMemory({ purpose: "a small table", bytes: 1e5 });
 * assertThrows(() => requireMemory({ purpose: "a table", bytes: 2e6 }), MemoryError, "a table needs 1.9 MiB");
 * ```
 */
export function requireMemory({ purpose, bytes, heapBytes = 0, parameters = [] }: MemoryNeed): void {
  const available = availableMemory();
  // NaN must not pass.
  if (bytes <= available && heapBytes <= HEAP_BYTES) return;
  const fitting = parameters.flatMap((parameter) => {
    // The largest of the needs, each relative to what there is
    const shareOf = (value: number) =>
      Math.max(parameter.bytes(value) / available, (parameter.heapBytes?.(value) ?? heapBytes) / HEAP_BYTES);
    const value = largestFitting(1, { ...parameter, bytes: shareOf });
    return value === undefined ? [] : [{ name: parameter.name, value }];
  });
  if (bytes <= available) {
    const owner = "the JavaScript heap has";
    throw new MemoryError({ purpose, needed: heapBytes, available: HEAP_BYTES, owner, fitting });
  }
  throw new MemoryError({ purpose, needed: bytes, available, fitting });
}

/**
 * Returns whether an exception is an engine's error for a failed allocation, or for an array longer than the maximum.
 *
 * @param thrown Any exception.
 * @category Memory
 *
 * @example
 * ```ts
 * import { assert, assertThrows } from "@std/assert";
 * import { isAllocationFailure } from "@gasp/tensor";
 *
 * assert(isAllocationFailure(assertThrows(() => new Float32Array(2 ** 53))));
 * assert(!isAllocationFailure(new RangeError("an index is out of range")));
 * ```
 */
export function isAllocationFailure(thrown: unknown): boolean {
  return thrown instanceof RangeError &&
    /(array buffer|memory) allocation|cannot allocate \d|invalid (typed )?array (buffer )?length|array length|out of memory|invalid string length|could not allocate|allocation size overflow/i
      .test(thrown.message);
}
