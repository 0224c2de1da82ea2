/**
 * Begin and end times of the passes of a run, by the clock of the GPU.
 * @module
 */

/** The feature that provides timestamps. */
export const TIMESTAMPS: GPUFeatureName = "timestamp-query";

/** Bits of `GPUBufferUsage`; the global of that name does not exist in every runtime. */
const USAGE = { mapRead: 1, copySource: 4, copyDestination: 8, queryResolve: 512 } as const;
/** Maximum passes per query set, with two queries each. */
const SET_PASSES = 2048;
const QUERY_BYTES = 8;

/** A begin and an end, in milliseconds since the first pass began. */
export interface PassTime {
  readonly begin: number;
  readonly end: number;
}

/** The timestamps of one run. */
export class Timestamps {
  readonly #gpu: GPUDevice;
  readonly #passes: number;
  readonly #sets: readonly GPUQuerySet[];
  readonly #resolved: GPUBuffer;
  readonly #copied: GPUBuffer;

  /**
   * Allocates timestamps.
   *
   * @param gpu A device with the feature {@link TIMESTAMPS}.
   * @param passes Number of passes.
   */
  constructor(gpu: GPUDevice, passes: number) {
    this.#gpu = gpu;
    this.#passes = passes;
    this.#sets = Array.from(
      { length: Math.ceil(passes / SET_PASSES) },
      (_, i) =>
        gpu.createQuerySet({ type: "timestamp", count: 2 * Math.min(SET_PASSES, passes - SET_PASSES * i) }),
    );
    const size = Math.max(1, 2 * passes) * QUERY_BYTES;
    this.#resolved = gpu.createBuffer({ size, usage: USAGE.queryResolve | USAGE.copySource });
    this.#copied = gpu.createBuffer({ size, usage: USAGE.mapRead | USAGE.copyDestination });
  }

  /**
   * Returns the timestamp writes of a pass.
   *
   * @param pass Index of the pass.
   */
  writes(pass: number): GPUComputePassTimestampWrites {
    const query = 2 * (pass % SET_PASSES);
    return {
      querySet: this.#sets[Math.floor(pass / SET_PASSES)]!,
      beginningOfPassWriteIndex: query,
      endOfPassWriteIndex: query + 1,
    };
  }

  /** Returns the commands to submit after those of all passes. */
  collect(): GPUCommandBuffer {
    const encoder = this.#gpu.createCommandEncoder();
    this.#sets.forEach((set, i) =>
      encoder.resolveQuerySet(set, 0, set.count, this.#resolved, 2 * SET_PASSES * QUERY_BYTES * i)
    );
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#copied, 0, this.#copied.size);
    return encoder.finish();
  }

  /** Reads the times of the passes, once all commands are done. */
  async read(): Promise<PassTime[]> {
    await this.#copied.mapAsync(USAGE.mapRead);
    const nanoseconds = new BigUint64Array(this.#copied.getMappedRange()).slice(0, 2 * this.#passes);
    const start = nanoseconds.reduce((least, time) => time < least ? time : least, nanoseconds[0] ?? 0n);
    const milliseconds = Array.from(nanoseconds, (time) => Number(time - start) / 1e6);
    return Array.from({ length: this.#passes }, (_, pass) => {
      return { begin: milliseconds[2 * pass]!, end: milliseconds[2 * pass + 1]! };
    });
  }

  /** Frees all GPU objects. */
  destroy(): void {
    this.#sets.forEach((set) => set.destroy());
    this.#resolved.destroy();
    this.#copied.destroy();
  }
}
