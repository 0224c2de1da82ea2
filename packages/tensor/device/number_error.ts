/**
 * The error of a device that checks numbers, and the check.
 * @module
 */

/**
 * The numbers of an array.
 *
 * @category Devices
 */
export interface NumberRange {
  /** Number of elements. */
  readonly size: number;
  /** Smallest element that is not NaN; `Infinity` if there is none. */
  readonly min: number;
  /** Largest element that is not NaN; `-Infinity` if there is none. */
  readonly max: number;
  /** Index of the first NaN; -1 if there is none. */
  readonly firstNaN: number;
  /** Index of the first infinite element; -1 if there is none. */
  readonly firstInfinite: number;
}

/**
 * Summarises numbers.
 *
 * @param values Any numbers.
 */
export function rangeOf(values: ArrayLike<number>): NumberRange {
  let min = Infinity, max = -Infinity, firstNaN = -1, firstInfinite = -1;
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    if (x < min) min = x;
    if (x > max) max = x;
    if (x - x === 0) continue;
    if (Number.isNaN(x)) { if (firstNaN < 0) firstNaN = i; }
    else if (firstInfinite < 0) firstInfinite = i;
  }
  return { size: values.length, min, max, firstNaN, firstInfinite };
}

function showRange({ size, min, max, firstNaN }: NumberRange): string {
  if (size === 0) return "nothing";
  const some = min > max ? "" : min === max ? `${min}` : `${min} to ${max}`;
  return [some, firstNaN >= 0 ? "NaN" : ""].filter(Boolean).join(" and ");
}

/** Where a number came from. */
export interface NumberOrigin {
  /** The operation, or "an argument" of one. */
  readonly operation: string;
  /** Scopes of the model that it computes; empty if none. */
  readonly scope: string;
  /** Index of the kernel in its program, or of the operation in its graph. */
  readonly kernel: number;
  /** What it read. */
  readonly inputs: readonly NumberRange[];
}

/**
 * An operation produced the first NaN or infinity: thrown by devices that were opened with `checkNumbers`.
 *
 * @category Devices
 * @example
 * ```ts
 * import { assertEquals, assertRejects } from "@std/assert";
 * import { evaluate, log, mul, NumberError, openDevice, scope, tensor } from "@gasp/tensor";
 *
 * await using device = await openDevice("wasm", { threads: 1, checkNumbers: true });
 * const y = mul(scope("loss", () => log(tensor([4, -1]))), 2);
 * const error = await assertRejects(() => evaluate(y, device), NumberError);
 * assertEquals([error.operation, error.scope, error.element], ["log", "loss", 1]);
 * assertEquals([error.inputs[0]!.min, error.inputs[0]!.max], [-1, 4]);
 * ```
 */
export class NumberError extends Error {
  /** The name of the error. */
  override readonly name = "NumberError";
  /** The operation that produced it. */
  readonly operation: string;
  /** Scopes of the model that the operation computes, as given by `scope`; empty if none. */
  readonly scope: string;
  /** Index of the kernel in its program; on `reference` of the operation in its graph. */
  readonly kernel: number;
  /** Row-major index of the element. */
  readonly element: number;
  /** NaN or an infinity. */
  readonly value: number;
  /** What the operation read. */
  readonly inputs: readonly NumberRange[];

  /**
   * Constructs the error.
   *
   * @param origin Operation that produced the number.
   * @param element Index of the element.
   * @param value The number.
   * @param size Number of elements.
   */
  constructor(
    { operation, scope, kernel, inputs }: NumberOrigin,
    element: number,
    value: number,
    size: number,
  ) {
    const where = scope === "" ? "" : ` in scope ${scope}`;
    const read = inputs.length === 0 ? "it reads no numbers" : `it read ${inputs.map(showRange).join("; ")}`;
    super(
      `${operation}${where} produced ${value}, element ${element} of ${size} (kernel ${kernel}): ${read}`,
    );
    this.operation = operation;
    this.scope = scope;
    this.kernel = kernel;
    this.element = element;
    this.value = value;
    this.inputs = inputs;
  }
}

/**
 * Checks what an operation produced. Infinities spread without an error: only the first is reported.
 *
 * @param origin The operation.
 * @param values Its result.
 * @param mayBeInfinite Whether it reads an infinite constant.
 * @returns Summary of the result.
 * @throws {NumberError} If there is a NaN, or an infinity although all that it read is finite.
 */
export function checkNumbersOf(
  origin: NumberOrigin,
  values: ArrayLike<number>,
  mayBeInfinite: boolean,
): NumberRange {
  const range = rangeOf(values), { firstNaN, firstInfinite, size } = range;
  if (firstNaN >= 0) throw new NumberError(origin, firstNaN, NaN, size);
  const spreads = mayBeInfinite || origin.inputs.some((input) => input.firstInfinite >= 0);
  if (firstInfinite >= 0 && !spreads) {
    throw new NumberError(origin, firstInfinite, values[firstInfinite]!, size);
  }
  return range;
}
