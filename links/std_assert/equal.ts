/**
 * Deep equality as assertions mean it: by value, with `NaN` equal to itself and `0` equal to `-0`.
 *
 * @module
 */

/** Objects whose contents are only visible through `String()`. */
function isTextual(value: object): boolean {
  return value instanceof RegExp || value instanceof URL;
}

function equalMaps(
  a: Map<unknown, unknown>,
  b: Map<unknown, unknown>,
  compare: (a: unknown, b: unknown) => boolean,
): boolean {
  if (a.size !== b.size) return false;
  const rest = new Set(b.keys());
  for (const [key, value] of a) {
    const match = rest.has(key) && compare(value, b.get(key))
      ? key
      : [...rest].find((other) => compare(key, other) && compare(value, b.get(other)));
    if (!rest.delete(match)) return false;
  }
  return true;
}

function equalBytes(a: ArrayBufferLike, b: ArrayBufferLike): boolean {
  if (a.byteLength !== b.byteLength) return false;
  const right = new Uint8Array(b);
  return new Uint8Array(a).every((byte, i) => byte === right[i]);
}

/** The keys that take part in a comparison: own, enumerable, symbols too. */
function ownKeys(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
}

/**
 * Tells whether two values are equal by value, however deeply nested.
 *
 * @param a One value.
 * @param b The other value.
 * @returns `true` if both hold the same data in the same structure.
 */
export function equal(a: unknown, b: unknown): boolean {
  const seen = new Map<unknown, unknown>();
  function compare(a: unknown, b: unknown): boolean {
    if (a === b || Object.is(a, b)) return true;
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
    if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
    if ((a.constructor ?? Object) !== (b.constructor ?? Object)) return false;
    if (isTextual(a)) return String(a) === String(b);
    if (seen.get(a) === b) return true;
    seen.set(a, b);
    if (a instanceof Map && b instanceof Map) return equalMaps(a, b, compare);
    if (a instanceof Set && b instanceof Set) {
      return equalMaps(new Map(a.entries()), new Map(b.entries()), compare);
    }
    if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) return equalBytes(a, b);
    if (a instanceof DataView && b instanceof DataView) {
      return equalBytes(
        a.buffer.slice(a.byteOffset, a.byteOffset + a.byteLength),
        b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength),
      );
    }
    if (a instanceof Error && b instanceof Error && a.message !== b.message) return false;
    const keys = ownKeys(a);
    return keys.length === ownKeys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && compare(Reflect.get(a, key), Reflect.get(b, key)));
  }
  return compare(a, b);
}
