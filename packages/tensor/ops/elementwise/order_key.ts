/**
 * Integer sort keys for elements of any type, so that every device compares the same bits. Internal.
 * @module
 */
import type { Tensor } from "../../graph/tensor.ts";
import { NAN_KEY } from "../../ir/functions/order.ts";
import { applyUnary } from "./apply.ts";
import { add, cast, sub } from "./arithmetic.ts";
import { equal, where } from "./logic.ts";

/**
 * Returns ascending keys; NaN has the largest.
 *
 * @param x Any tensor.
 * @returns i32, the shape of x.
 */
export function ascendingKeys(x: Tensor): Tensor {
  if (x.dtype === "f32") return applyUnary("orderKey", x);
  const keys = cast(x, "i32");
  // Addition wraps: 0 becomes the smallest integer, 2³² - 1 the largest
  return x.dtype === "u32" ? add(keys, -(2 ** 31)) : keys;
}

/**
 * Returns descending keys; NaN has the largest here, too.
 *
 * @param x Any tensor.
 * @returns i32, the shape of x.
 */
export function descendingKeys(x: Tensor): Tensor {
  const keys = ascendingKeys(x), reversed = sub(-1, keys);
  return x.dtype === "f32" ? where(equal(keys, NAN_KEY), NAN_KEY, reversed) : reversed;
}
