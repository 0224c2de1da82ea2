/**
 * Offsets of concatenated clouds: cloud c is rows `offsets[c] .. offsets[c + 1]`.
 * @module
 */
import { showShape } from "../../graph/shape.ts";
import { tensor } from "../../graph/from_host.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { and, equal, lessEqual, where } from "../elementwise/logic.ts";
import { all } from "../reduction/reduction.ts";
import { checkWhole, hostValues, requireTensor } from "../shape/check.ts";
import { full } from "../shape/constant.ts";
import { slice } from "../shape/movement.ts";

/**
 * Returns the offsets of clouds of equal size.
 *
 * @param clouds Number of clouds.
 * @param points Points per cloud.
 * @returns i32, `[clouds + 1]`.
 * @throws {RangeError} If a number is not whole, or there are 2³¹ points or more.
 * @category Points
 *
 * @example Two clouds of three points each
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { rowOffsets } from "@gasp/tensor";
 *
 * assertEquals([...await rowOffsets(2, 3).data()], [0, 3, 6]);
 * ```
 */
export function rowOffsets(clouds: number, points: number): Tensor {
  checkWhole("rowOffsets", "the number of clouds", clouds, 1, 2 ** 31 - 1);
  checkWhole("rowOffsets", "the number of points", points, 0, Math.floor((2 ** 31 - 1) / clouds));
  return tensor(Int32Array.from({ length: clouds + 1 }, (_, cloud) => cloud * points));
}

/** Offsets of concatenated clouds, and their number of rows. */
export interface Clouds {
  /** i32, `[clouds + 1]`. */
  readonly offsets: Tensor;
  /** Number of rows of all clouds. */
  readonly rows: number;
}

/**
 * Checks offsets. Values on the host must ascend from 0 to the number of rows.
 *
 * @param name Operation, for error messages.
 * @param offsets i32, `[clouds + 1]`; one cloud if undefined.
 * @param rows Number of rows of all clouds.
 * @throws {RangeError} If their type, shape or values are invalid.
 */
export function cloudsOf(name: string, offsets: Tensor | undefined, rows: number): Clouds {
  const bounds = offsets ?? rowOffsets(1, rows);
  requireTensor(`${name}: offsets of clouds`, bounds);
  if (bounds.rank !== 1 || bounds.dtype !== "i32" || bounds.size < 2) {
    throw new RangeError(
      `${name}: offsets of clouds must be i32 of shape [clouds + 1], got ${bounds.dtype} of ${
        showShape(bounds.shape)
      }`,
    );
  }
  hostValues(bounds)?.forEach((offset, cloud, all) => {
    const least = cloud === 0 ? 0 : all[cloud - 1]!, most = cloud === 0 ? 0 : rows;
    const isLast = cloud === all.length - 1;
    if (offset >= least && offset <= most && !(isLast && offset < rows)) return;
    const before = cloud === 0 ? "" : ` after ${least}`;
    throw new RangeError(
      `${name}: offsets of ${rows} points must ascend from 0 to ${rows}, got ${offset}${before} at ${cloud}` +
        `: pass [0, end of the first cloud, end of the second, …, ${rows}]`,
    );
  });
  return { offsets: bounds, rows };
}

/**
 * Replaces offsets that are computed in the program, unless they all ascend from 0 to the number of rows: the clouds of
 * points are then empty, and the last one has all queries. A device is never asked for rows that do not exist.
 *
 * @param points Offsets of points, as checked by {@link cloudsOf}.
 * @param queries Offsets of queries, if there are any.
 * @returns The offsets of each.
 */
export function safeOffsets(
  points: Clouds,
  queries?: Clouds,
): { points: Tensor; queries: Tensor | undefined } {
  const valid = [points, ...(queries ? [queries] : [])].filter(({ offsets }) => !hostValues(offsets)).map(
    ascends,
  );
  if (valid.length === 0) return { points: points.offsets, queries: queries?.offsets };
  const isValid = valid.reduce((some, one) => and(some, one));
  return {
    points: where(isValid, points.offsets, full(points.offsets.shape, 0, "i32")),
    queries: queries && where(isValid, queries.offsets, allInLast(queries)),
  };
}

function allInLast({ offsets, rows }: Clouds): Tensor {
  return tensor(new Int32Array(offsets.size).fill(rows, -1));
}

/** Whether offsets ascend from 0 to the number of rows; a scalar. */
function ascends({ offsets, rows }: Clouds): Tensor {
  const end = offsets.size - 1;
  const each = all(lessEqual(slice(offsets, [0], [end]), slice(offsets, [1])));
  const ends = and(all(equal(slice(offsets, [0], [1]), 0)), all(equal(slice(offsets, [end]), rows)));
  return and(each, ends);
}

/**
 * Checks that clouds are large enough, if their offsets are on the host.
 *
 * @param clouds Clouds.
 * @param least Points that each cloud needs.
 * @param what What is requested of a cloud, for the error message.
 * @throws {RangeError} If one is smaller.
 */
export function checkSizes({ offsets }: Clouds, least: number, what: string): void {
  hostValues(offsets)?.forEach((end, i, values) => {
    const size = end - values[i - 1]!;
    if (i === 0 || size >= least) return;
    const where = values.length === 2 ? "there are" : `cloud ${i - 1} has`;
    throw new RangeError(
      `${what} requested, but ${where} ${size} points: request fewer, or pass more points`,
    );
  });
}
