/**
 * Things to do in order, some of which take time. What can be done at once is done at once.
 * @module
 */

/** A queue of jobs. A job that fails does not stop those behind it. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Whether all jobs are done. */
  get idle(): boolean {
    return this.#waiting === 0;
  }

  /** Does a quick job: now if nothing is waiting, else in its turn. */
  now(job: () => void): void {
    if (this.idle) job();
    else void this.#enqueue(job);
  }

  /**
   * Does a job: now if nothing is waiting, else in its turn.
   *
   * @param job May give a promise; later jobs wait for it.
   * @returns What the job gives.
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

  /** Resolves when all jobs are done. */
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
