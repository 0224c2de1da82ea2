/**
 * Distinct rows of an array, found by hashing their bits.
 * @module
 */

/** The distinct rows of an array. */
export interface DistinctRows {
  /** `[distinct, width]`, in order of first occurrence. */
  readonly rows: Float32Array;
  /** For each row of the array, the index of its distinct row. */
  readonly index: Int32Array;
  /** Number of occurrences of each distinct row. */
  readonly counts: Float32Array;
}

/**
 * Finds the distinct rows of an array, by bitwise comparison.
 *
 * @param values `[rows, width]`; negative zeros equal zeros.
 * @param width Length of a row.
 */
export function distinctRows(values: Float32Array, width: number): DistinctRows {
  const count = values.length / width;
  const clean = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) clean[i] = values[i]! + 0;
  const bits = new Int32Array(clean.buffer);
  const index = new Int32Array(count);
  // Usually few rows are distinct: tables of their size stay in the cache, tables of all rows do not
  let capacity = 512, size = 0;
  let slots = new Int32Array(2 * capacity), hashes = new Int32Array(capacity);
  let counts = new Int32Array(capacity), found = new Int32Array(capacity * width);
  for (let row = 0, start = 0; row < count; row++, start += width) {
    const hash = hashRow(bits, start, width), mask = slots.length - 1;
    let slot = hash & mask, distinct = slots[slot]! - 1;
    while (distinct >= 0 && !sameRow(found, distinct * width, bits, start, width)) {
      slot = (slot + 1) & mask;
      distinct = slots[slot]! - 1;
    }
    if (distinct < 0) {
      distinct = size++;
      if (size > capacity) {
        capacity *= 4;
        [hashes, counts, found] = [grown(hashes, 4), grown(counts, 4), grown(found, 4)];
        slots = slotsOf(hashes.subarray(0, distinct), 2 * capacity);
        slot = freeSlot(slots, hash);
      }
      slots[slot] = size;
      hashes[distinct] = hash;
      for (let i = 0; i < width; i++) found[distinct * width + i] = bits[start + i]!;
    }
    index[row] = distinct;
    counts[distinct]! += 1;
  }
  return {
    rows: new Float32Array(found.buffer).slice(0, size * width),
    index,
    counts: Float32Array.from(counts.subarray(0, size)),
  };
}

function grown(values: Int32Array, factor: number): Int32Array<ArrayBuffer> {
  const result = new Int32Array(factor * values.length);
  result.set(values);
  return result;
}

/** Slots hold the index of a distinct row plus one, or 0 if free. */
function slotsOf(hashes: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const slots = new Int32Array(length);
  hashes.forEach((hash, distinct) => slots[freeSlot(slots, hash)] = distinct + 1);
  return slots;
}

function freeSlot(slots: Int32Array, hash: number): number {
  let slot = hash & (slots.length - 1);
  while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
  return slot;
}

function hashRow(bits: Int32Array, start: number, width: number): number {
  let hash = 0;
  for (let i = start; i < start + width; i++) {
    hash = Math.imul(hash ^ bits[i]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

function sameRow(a: Int32Array, startA: number, b: Int32Array, startB: number, width: number): boolean {
  for (let i = 0; i < width; i++) if (a[startA + i] !== b[startB + i]) return false;
  return true;
}
