/**
 * Memoisation.
 *
 * @module
 */

/**
 * Returns a function that caches the results of another. Failures are not cached: after an exception or a rejected promise,
 * the next call recomputes.
 *
 * @param compute Computes the result for a key.
 * @param capacity Maximum number of cached results; those of further keys are recomputed on each call. Default: unlimited.
 * @returns The memoised function.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { memoize } from "@gasp/datasets";
 *
 * let loads = 0;
 * const table = memoize(() => Promise.resolve(++loads));
 * assertEquals([await table(), await table()], [1, 1]);
 * ```
 *
 * @category Data
 */
export function memoize<K = void, V = unknown>(
  compute: (key: K) => V,
  capacity: number = Infinity,
): (key: K) => V {
  const results = new Map<K, V>();
  return (key) => {
    const cached = results.get(key);
    if (cached !== undefined || results.has(key)) return cached!;
    const result = compute(key);
    if (results.size >= capacity) return result;
    results.set(key, result);
    if (result instanceof Promise) result.catch(() => results.delete(key));
    return result;
  };
}
