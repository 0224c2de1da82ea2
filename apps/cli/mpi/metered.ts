/**
 * How much ranks exchange, and how long that takes.
 * @module
 */
import type { Communicator } from "@gasp/tensor";

/** A communicator that counts. */
export class MeteredCommunicator implements Communicator {
  readonly rank: number;
  readonly size: number;
  /** Bytes that this rank has contributed to sums and gatherings. */
  bytes = 0;
  /** Time in which at least one of them was under way, waits for other ranks included, in seconds. */
  seconds = 0;
  readonly #inner: Communicator;
  #pending = 0;
  #since = 0;

  /**
   * Constructs a communicator that passes all calls on.
   *
   * @param inner The ranks.
   */
  constructor(inner: Communicator) {
    this.#inner = inner;
    this.rank = inner.rank;
    this.size = inner.size;
  }

  allReduce(values: Float32Array): Promise<void> {
    this.bytes += values.byteLength;
    return this.#timed(this.#inner.allReduce(values));
  }

  allGather(bytes: Uint8Array): Promise<Uint8Array[]> {
    this.bytes += bytes.length;
    return this.#timed(this.#inner.allGather(bytes));
  }

  broadcast(bytes: Uint8Array, root?: number): Promise<void> {
    return this.#inner.broadcast(bytes, root);
  }

  barrier(): Promise<void> {
    return this.#inner.barrier();
  }

  /** Starts to count anew. */
  reset(): void {
    this.bytes = this.seconds = 0;
  }

  async #timed<T>(call: Promise<T>): Promise<T> {
    if (this.#pending++ === 0) this.#since = performance.now();
    try {
      return await call;
    } finally {
      if (--this.#pending === 0) this.seconds += (performance.now() - this.#since) / 1000;
    }
  }
}
