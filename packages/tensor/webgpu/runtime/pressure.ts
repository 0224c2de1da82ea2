/**
 * How scarce memory is in each batch, by size: where many temporaries of a size and above are live, one more makes a program
 * need one more buffer.
 * @module
 */

/** A temporary that is live from one batch to another. */
export interface Life {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

/** Sizes of a class differ by at most this factor. */
const CLASS_RATIO = Math.SQRT2;

function classOf(bytes: number): number {
  return Math.max(0, Math.ceil(Math.log(bytes) / Math.log(CLASS_RATIO)));
}

/** The cost of memory in each batch. */
export class Pressure {
  /** By class of size, the sums of the costs per byte of all batches before each. */
  readonly #before: readonly Float64Array[];

  /**
   * Computes it from where temporaries are live.
   *
   * @param lives All temporaries.
   * @param count Number of batches.
   * @param power Power of the share of the maximum that is live in a batch. 0: memory costs the same in every batch; the
   *   higher, the more do the batches count that determine the number of buffers.
   */
  constructor(lives: readonly Life[], count: number, power: number) {
    const classes = lives.reduce((most, { bytes }) => Math.max(most, classOf(bytes)), 0) + 1;
    // Changes of the number of live temporaries of each class
    const changes = Array.from({ length: classes }, () => new Int32Array(count + 1));
    for (const { bytes, first, last } of lives) {
      const own = changes[classOf(bytes)]!;
      own[first]!++;
      own[last + 1]!--;
    }
    for (let i = classes - 2; i >= 0; i--) {
      for (let batch = 0; batch <= count; batch++) changes[i]![batch]! += changes[i + 1]![batch]!;
    }
    const cost = new Float64Array(count);
    this.#before = changes.map((change, i) => {
      const size = CLASS_RATIO ** i, step = i === 0 ? 1 : size - size / CLASS_RATIO;
      const live = new Int32Array(count);
      change.subarray(0, count).reduce((sum, by, batch) => live[batch] = sum + by, 0);
      const most = live.reduce((most, now) => Math.max(most, now), 1);
      const before = new Float64Array(count + 1);
      for (let batch = 0; batch < count; batch++) {
        cost[batch]! += step * (live[batch]! / most) ** power;
        before[batch + 1] = before[batch]! + cost[batch]! / size;
      }
      return before;
    });
  }

  /** The cost of a temporary. @param life Where it would be live. */
  costOf({ bytes, first, last }: Life): number {
    const before = this.#before[classOf(bytes)]!;
    return bytes * (before[last + 1]! - before[first]!);
  }
}
