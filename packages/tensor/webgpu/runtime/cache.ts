/**
 * A bounded LRU cache.
 * @module
 */

/** Values by key; the least recently used are evicted beyond a limit. */
export class Cache<T> {
  readonly #limit: number;
  /** In order of last use, oldest first. */
  readonly #values = new Map<string, T>();

  /** @param limit Maximum number of values. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Returns the value of a key.
   *
   * @param key Identifies the value.
   * @param create Creates the value if it is not cached.
   */
  get(key: string, create: () => T): T {
    const value = this.#values.get(key) ?? create();
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#limit) this.#values.delete(this.#values.keys().next().value!);
    return value;
  }
}
