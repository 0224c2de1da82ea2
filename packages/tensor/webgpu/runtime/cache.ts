/**
 * A cache of bounded size.
 * @module
 */

/** Values by key, of which the least recently used are dropped beyond a limit. */
export class Cache<T> {
  readonly #limit: number;
  /** The least recently used comes first. */
  readonly #values = new Map<string, T>();

  /** @param limit Most values. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * The value of a key.
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
