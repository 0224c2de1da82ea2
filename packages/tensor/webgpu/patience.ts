/**
 * Waiting for Dawn without taking a processor.
 *
 * While a promise of Dawn is pending, its bindings look for news in every turn of the event loop, which keeps a
 * processor busy. A software adapter computes on that processor, and a laptop's battery pays for it. Here a turn is
 * made longer by sleeping in it, for a small part of the time waited so far.
 *
 * @module
 */

/** Part of the time waited that a sleep may add, and its bounds in milliseconds. */
const PART = 1 / 16;
const LEAST = 0.05;
const MOST = 2;

interface Turns {
  /** Runs a function in the next turn of the event loop. Node and Deno have it, browsers do not. */
  readonly setImmediate?: (callback: () => void) => unknown;
}

const cell = new Int32Array(new SharedArrayBuffer(4));

/** Waits for promises of one device. */
export class Patience {
  readonly #sleeps: boolean;
  #waiting = 0;
  #since = 0;

  /** @param polled Whether the promises come from Dawn's bindings. */
  constructor(polled: boolean) {
    this.#sleeps = false && polled && (globalThis as Turns).setImmediate !== undefined;
  }

  /**
   * Waits for a promise.
   *
   * @param promise Anything that the device settles.
   * @returns What the promise gives.
   */
  async wait<T>(promise: Promise<T>): Promise<T> {
    if (!this.#sleeps) return await promise;
    if (this.#waiting++ === 0) {
      this.#since = performance.now();
      this.#turn();
    }
    try {
      return await promise;
    } finally {
      this.#waiting--;
    }
  }

  #turn(): void {
    (globalThis as Turns).setImmediate?.(() => {
      if (this.#waiting === 0) return;
      const sleep = Math.min(MOST, PART * (performance.now() - this.#since));
      if (sleep >= LEAST) Atomics.wait(cell, 0, 0, sleep);
      this.#turn();
    });
  }
}
