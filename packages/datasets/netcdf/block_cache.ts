/**
 * Reads chunked variables by blocks of whole chunks: a chunk that spans many steps of time is decompressed once, not once
 * for each step.
 *
 * @module
 */
import type { NetcdfNumbers } from "./netcdf.ts";

/** A part of a variable that is read at a time, if its chunks are that large. */
const BLOCK_BYTES = 2 ** 26;

/** What is read of a variable. */
interface BlockRequest {
  /** Lengths of all axes. */
  readonly lengths: readonly number[];
  /** Indices along the first axes. */
  readonly leading: readonly number[];
  /** Lengths of a chunk along all axes; absent if the variable is not chunked. */
  readonly chunks: readonly number[] | undefined;
  /** Bytes of what is requested. */
  readonly stepBytes: number;
}

interface Block {
  readonly ranges: readonly (readonly [from: number, to: number])[];
  readonly values: NetcdfNumbers;
}

/** The latest block of each variable. */
export class BlockCache {
  readonly #blocks = new Map<object, Block>();

  /**
   * Reads the numbers at some indices along the first axes, from the latest block if it has them.
   *
   * @param variable Key of the variable.
   * @param request Indices, and how the variable is stored.
   * @param read Reads a range along each axis, in row-major order.
   */
  async read(
    variable: object,
    request: BlockRequest,
    read: (ranges: [from: number, to: number][]) => NetcdfNumbers | Promise<NetcdfNumbers>,
  ): Promise<NetcdfNumbers> {
    const { lengths, leading } = request;
    const rest = lengths.slice(leading.length).map((length): [number, number] => [0, length]);
    const known = this.#blocks.get(variable);
    const hasAll = known?.ranges.length === leading.length &&
      known.ranges.every(([from, to], axis) => leading[axis]! >= from && leading[axis]! < to);
    const block = hasAll ? known : undefined;
    const ranges = block?.ranges ?? blockAround(request);
    if (ranges.every(([from, to]) => to - from === 1)) {
      return await read([...ranges.map(([from, to]): [number, number] => [from, to]), ...rest]);
    }
    let values = block?.values;
    if (values === undefined) {
      this.#blocks.delete(variable);
      values = await read([...ranges.map(([from, to]): [number, number] => [from, to]), ...rest]);
      this.#blocks.set(variable, { ranges, values });
    }
    const count = rest.reduce((product, [, length]) => product * length, 1);
    const step = ranges.reduce((at, [from, to], axis) => at * (to - from) + leading[axis]! - from, 0);
    return values.slice(step * count, (step + 1) * count);
  }
}

/** Returns the block of whole chunks around some indices, or the part of it that has {@link BLOCK_BYTES}. */
function blockAround({ lengths, leading, chunks, stepBytes }: BlockRequest): [number, number][] {
  let room = Math.max(1, Math.floor(BLOCK_BYTES / Math.max(1, stepBytes)));
  return leading.map((index, axis): [number, number] => {
    const chunk = chunks?.[axis] ?? 1, steps = Math.min(chunk, room);
    room = Math.max(1, Math.floor(room / steps));
    const first = index - index % chunk, from = first + Math.floor((index - first) / steps) * steps;
    return [from, Math.min(from + steps, first + chunk, lengths[axis]!)];
  });
}
