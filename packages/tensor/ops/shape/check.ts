/**
 * Argument checks with uniform messages: expected and actual values.
 * @module
 */
import type { DType, HostArray } from "../../ir/dtype.ts";
import { Tensor } from "../../graph/tensor.ts";

/**
 * Checks that a value is a tensor of a supported type.
 *
 * @param name Operation.
 * @param x Its argument.
 * @param domain Supported types.
 * @throws {TypeError} If it is not a tensor of one of the types.
 * @category Compiler
 *
 * @example
 * ```ts
 * import { tensor } from "@gasp/tensor";
 * import { checkType } from "@gasp/tensor/compiler";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => checkType("myLayer()", tensor(Int32Array.of(1)), ["f32"]), TypeError, "needs f32, got i32");
 * ```
 */
export function requireType(name: string, x: unknown, domain: readonly DType[]): asserts x is Tensor {
  requireTensor(name, x);
  if (!domain.includes(x.dtype)) {
    throw new TypeError(`${name} needs ${domain.join(", ")}, got ${x.dtype}: use cast()`);
  }
}

/**
 * Checks that a value is a tensor.
 *
 * @param name Operation.
 * @param x Its argument.
 * @throws {TypeError} If it is not a tensor.
 *
 * @category Compiler
 *
 * @example
 * ```ts
 * import { tensor } from "@gasp/tensor";
 * import { checkTensor } from "@gasp/tensor/compiler";
 * import { assertThrows } from "@std/assert";
 *
 * checkTensor("myLayer()", tensor([1, 2]));
 * assertThrows(() => checkTensor("myLayer()", [1, 2]), TypeError, "myLayer() needs a tensor, got an array");
 * ```
 */
export function requireTensor(name: string, x: unknown): asserts x is Tensor {
  if (!(x instanceof Tensor)) {
    throw new TypeError(`${name} needs a tensor, got ${describe(x)}: use tensor() or scalar()`);
  }
}

function describe(x: unknown): string {
  if (Array.isArray(x)) return "an array";
  if (ArrayBuffer.isView(x)) return x.constructor.name;
  return x === null || typeof x !== "object" ? String(x) : "an object";
}

/**
 * Checks that a value is a number.
 *
 * @param name Operation.
 * @param what Name of the argument.
 * @param value Its value.
 * @throws {RangeError} If it is NaN.
 * @throws {TypeError} If it is not a number.
 */
export function checkNumber(name: string, what: string, value: number): void {
  if (typeof value !== "number") {
    throw new TypeError(`${name}: ${what} must be a number, got ${String(value)}`);
  }
  if (Number.isNaN(value)) throw new RangeError(`${name}: ${what} must be a number, got NaN`);
}

/**
 * Checks that a value is a finite number in a range.
 *
 * @param name Operation.
 * @param what Name of the argument.
 * @param value Its value.
 * @param least Minimum. Default: none.
 * @param most Maximum. Default: none.
 * @throws {RangeError} If it is NaN, infinite, or out of range.
 * @category Compiler
 *
 * @example
 * ```ts
 * import { checkFinite } from "@gasp/tensor/compiler";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => checkFinite("myLayer()", "eps", -1, 0), RangeError, "eps must be a finite number from 0, got -1");
 * ```
 */
export function checkFinite(
  name: string,
  what: string,
  value: number,
  least: number = -Infinity,
  most: number = Infinity,
): void {
  if (Number.isFinite(value) && value >= least && value <= most) return;
  const range = (least > -Infinity ? ` from ${least}` : "") + (most < Infinity ? ` to ${most}` : "");
  throw new RangeError(`${name}: ${what} must be a finite number${range}, got ${value}`);
}

/**
 * Checks that a value is an integer in a range.
 *
 * @param name Operation.
 * @param what Name of the argument.
 * @param value Its value.
 * @param least Minimum.
 * @param most Maximum. Default: the largest safe integer.
 * @throws {RangeError} If the value is fractional, NaN, or out of range.
 * @category Compiler
 *
 * @example
 * ```ts
 * import { checkWhole } from "@gasp/tensor/compiler";
 * import { assertThrows } from "@std/assert";
 *
 * checkWhole("myLayer()", "the number of heads", 4, 1);
 * assertThrows(() => checkWhole("myLayer()", "the number of heads", 0.5, 1), RangeError, "must be an integer from 1");
 * ```
 */
export function checkWhole(
  name: string,
  what: string,
  value: number,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  throw new RangeError(`${name}: ${what} must be an integer ${range}, got ${value}`);
}

/**
 * Returns the elements of a tensor if they are on the host, where they can be checked.
 *
 * @param x Any tensor.
 */
export function hostValues(x: Tensor): HostArray | Float64Array | undefined {
  return x.isConcrete && x.storage.kind === "host" ? x.storage.data : undefined;
}
