/**
 * The printed form of a tensor.
 * @module
 */
import type { DType } from "../ir/dtype.ts";
import { formatArray } from "./format.ts";
import { type Shape, showShape } from "./shape.ts";

/** Properties of a tensor that need no computation and no read. */
export interface Description {
  /** Shape. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;
  /** Where the elements are, or why there are none. Default: omitted. */
  readonly state?: string;
  /** The elements, if they are on the host. */
  readonly data?: ArrayLike<number>;
}

/**
 * Formats a tensor: `Tensor f32 [2, 3] (host)` and an excerpt of its elements.
 *
 * @param description Its properties.
 */
export function describe({ shape, dtype, state, data }: Description): string {
  const head = `Tensor ${dtype} ${showShape(shape)}${state === undefined ? "" : ` (${state})`}`;
  if (!data) return head;
  return `${head}${shape.length > 1 ? "\n" : " "}${formatArray(data, shape, dtype)}`;
}
