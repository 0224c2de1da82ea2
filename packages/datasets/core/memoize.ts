/**
 * Results that are computed once.
 *
 * @module
 */

/**
 * Returns a function that computes each result once and then returns the same one. Failures are not cached: where the
 * computation throws, or returns a promise that is rejected, the next call computes again.
 *
 * @param compute Computes the result of a key.
 * @param most Results that are cached; those of further keys are computed each time. Default: no limit.
 * @returns The function; without keys it takes no argument.
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
 */
export function memoize<K = void, V = unknown>(
  compute: (key: K) => V,
  most: number = Infinity,
): (key: K) => V {
  const results = new Map<K, V>();
  return (key) => {
    const known = results.get(key);
    if (known !== undefined || results.has(key)) return known!;
    const result = compute(key);
    if (results.size >= most) return result;
    results.set(key, result);
    if (result instanceof Promise) result.catch(() => results.delete(key));
    return result;
  };
}
