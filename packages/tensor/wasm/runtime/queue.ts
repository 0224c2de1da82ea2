/**
 * Runs jobs in order, some of them asynchronous. A job runs synchronously if no other is pending.
 * @module
 */

/** A queue of jobs. A failing job does not affect the following ones. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Whether no job is pending. */
  get idle(): boolean {
    return this.#waiting === 0;
  }

  /** Runs a synchronous job: immediately if none is pending, otherwise in its turn. */
  now(job: () => void): void {
    if (this.idle) job();
    else void this.#enqueue(job);
  }

  /**
   * Runs a job: immediately if none is pending, otherwise in its turn.
   *
   * @param job May return a promise, which later jobs wait for.
   * @returns The result of the job.
   */
  add<T>(job: () => T | Promise<T>): Promise<T> {
    if (!this.idle) return this.#enqueue(job);
    let result: T | Promise<T>;
    try {
      result = job();
    } catch (error) {
      return Promise.reject(error);
    }
    return result instanceof Promise ? this.#enqueue(() => result) : Promise.resolve(result);
  }

  /** Resolves when no job is pending. */
  async drained(): Promise<void> {
    while (!this.idle) await this.#last;
  }

  #enqueue<T>(job: () => T | Promise<T>): Promise<T> {
    this.#waiting++;
    const done = this.#last.then(job);
    const settled = () => void this.#waiting--;
    this.#last = done.then(settled, settled);
    return done;
  }
}
