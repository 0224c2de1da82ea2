/**
 * Whole numbers in the order of numbers of any type, so that every device compares the same bits. Not public.
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";
import { NAN_KEY } from "../ir/function_order.ts";
import { applyUnary } from "./apply.ts";
import { add, cast, sub } from "./arithmetic.ts";
import { equal, where } from "./logic.ts";

/**
 * Keys that rise with the numbers; NaN has the largest.
 *
 * @param x Any tensor.
 * @returns i32, the shape of x.
 */
export function ascendingKeys(x: Tensor): Tensor {
  if (x.dtype === "f32") return applyUnary("orderKey", x);
  const keys = cast(x, "i32");
  // Sums wrap: 0 becomes the least number, 2³² - 1 the largest
  return x.dtype === "u32" ? add(keys, -(2 ** 31)) : keys;
}

/**
 * Keys that fall as the numbers rise; NaN has the largest here too.
 *
 * @param x Any tensor.
 * @returns i32, the shape of x.
 */
export function descendingKeys(x: Tensor): Tensor {
  const keys = ascendingKeys(x), turned = sub(-1, keys);
  return x.dtype === "f32" ? where(equal(keys, NAN_KEY), NAN_KEY, turned) : turned;
}
