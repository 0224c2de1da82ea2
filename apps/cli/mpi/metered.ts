/**
 * How much ranks exchange, and how long that takes.
 * @module
 */
import type { Communicator } from "@gasp/tensor";

/** An exchange; times are in milliseconds of this rank's clock. */
export interface Exchange {
  /** Which call. */
  readonly kind: "allReduce" | "allGather";
  /** Bytes that this rank has contributed. */
  readonly bytes: number;
  /** When this rank began it: when its values were there. */
  readonly begin: number;
  /** When the result was there. */
  readonly end: number;
}

/** A communicator that records what it exchanges for programs: sums, and rows that are gathered in place of larger ones. */
export class MeteredCommunicator implements Communicator {
  readonly rank: number;
  readonly size: number;
  /** Those that have ended, in the order in which they began. */
  exchanges: Exchange[] = [];
  readonly #inner: Communicator;

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
    return this.#timed("allReduce", values.byteLength, this.#inner.allReduce(values));
  }

  allGatherInPlace(bytes: Uint8Array): Promise<void> {
    return this.#timed("allGather", bytes.length / this.size, this.#inner.allGatherInPlace(bytes));
  }

  allGather(bytes: Uint8Array): Promise<Uint8Array[]> {
    return this.#inner.allGather(bytes);
  }

  broadcast(bytes: Uint8Array, root?: number): Promise<void> {
    return this.#inner.broadcast(bytes, root);
  }

  barrier(): Promise<void> {
    return this.#inner.barrier();
  }

  async #timed<T>(kind: Exchange["kind"], bytes: number, call: Promise<T>): Promise<T> {
    const exchange = { kind, bytes, begin: performance.now(), end: Infinity };
    this.exchanges.push(exchange);
    try {
      return await call;
    } finally {
      exchange.end = performance.now();
    }
  }
}

/** Where the time of exchanges goes, in seconds. */
export interface ExchangeSeconds {
  /** Time in which at least one was under way, overlapping kernels included. */
  readonly underWay: number;
  /** Sum over exchanges of the time from one rank's begin to the last rank's: a mean over the ranks. */
  readonly skew: number;
  /** Sum over exchanges of the time from the last rank's begin to the last one's end. */
  readonly transfer: number;
}

/**
 * Divides the time of exchanges into what ranks wait for each other, and what the exchange itself takes. Kernels that run
 * meanwhile count too, so that these are bounds of what exchanges cost.
 *
 * @param ranks The exchanges of each rank, by clocks that agree.
 */
export function secondsOfExchanges(ranks: readonly (readonly Exchange[])[]): ExchangeSeconds {
  let underWay = 0, until = -Infinity, skew = 0, transfer = 0;
  ranks[0]!.forEach(({ begin, end }, i) => {
    underWay += Math.max(0, end - Math.max(begin, until));
    until = Math.max(until, end);
    const begins = ranks.map((exchanges) => exchanges[i]!.begin), last = Math.max(...begins);
    skew += begins.reduce((sum, own) => sum + last - own, 0) / ranks.length;
    transfer += Math.max(...ranks.map((exchanges) => exchanges[i]!.end)) - last;
  });
  return { underWay: underWay / 1000, skew: skew / 1000, transfer: transfer / 1000 };
}
