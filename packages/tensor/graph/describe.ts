/**
 * What a tensor looks like when it is printed.
 * @module
 */
import type { DType } from "../core/dtype.ts";
import { formatArray } from "./format.ts";
import { type Shape, showShape } from "./shape.ts";

/** What is known of a tensor without computing or reading anything. */
export interface Description {
  /** Sizes of the axes. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;
  /** Where the elements are, or why there are none. Default: not said. */
  readonly state?: string;
  /** The elements, if they are on the host. */
  readonly data?: ArrayLike<number>;
}

/**
 * A tensor as text: `Tensor f32 [2, 3] (host)` and an excerpt of its elements.
 *
 * @param description What is known of it.
 */
export function describe({ shape, dtype, state, data }: Description): string {
  const head = `Tensor ${dtype} ${showShape(shape)}${state === undefined ? "" : ` (${state})`}`;
  if (!data) return head;
  return `${head}${shape.length > 1 ? "\n" : " "}${formatArray(data, shape, dtype)}`;
}
