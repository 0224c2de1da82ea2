/**
 * Work of a device that may end before the work does.
 * @module
 */

/** Promises that are rejected when their device ends. */
export class PendingWork {
  #failure: (() => Error) | undefined;
  readonly #rejections = new Set<(reason: Error) => void>();

  /** Throws if the device has ended. */
  check(): void {
    if (this.#failure) throw this.#failure();
  }

  /** Ends the device. The first cause counts. @param failure Creates the error of all work, pending and later. */
  fail(failure: () => Error): void {
    const create = this.#failure ??= failure;
    for (const reject of this.#rejections) reject(create());
    this.#rejections.clear();
  }

  /**
   * Waits for work, or until the device ends: no implementation of WebGPU may leave a promise pending when a device is
   * lost, but a driver can.
   *
   * @param work A promise of WebGPU.
   * @returns Its value.
   */
  wait<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#rejections.add(reject);
      const settle = (act: () => void) => {
        this.#rejections.delete(reject);
        act();
      };
      // Work that fails because the device is lost may be rejected just before the loss is reported
      work.then(
        (value) => settle(() => resolve(value)),
        (error) => setTimeout(settle, 0, () => reject(error)),
      );
    });
  }
}
