/**
 * Equal rows of numbers found by hashing their bits.
 * @module
 */

/** The distinct rows of an array. */
export interface DistinctRows {
  /** `[distinct, width]`, in the order in which they first occur. */
  readonly rows: Float32Array;
  /** For each row of the array, which distinct row it equals. */
  readonly index: Int32Array;
  /** For each distinct row, how often it occurs. */
  readonly counts: Float32Array;
}

/**
 * Finds the rows that are equal bit for bit.
 *
 * @param values `[rows, width]`; negative zeros count as zeros.
 * @param width Numbers of a row.
 */
export function distinctRows(values: Float32Array, width: number): DistinctRows {
  const count = values.length / width;
  const clean = values.map((value) => value + 0);
  const bits = new Int32Array(clean.buffer, clean.byteOffset, clean.length);
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * count + 1))).fill(-1);
  const first: number[] = [];
  const index = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    let slot = hashRow(bits, row * width, width) & (slots.length - 1);
    while (slots[slot]! >= 0 && !sameRow(bits, first[slots[slot]!]! * width, row * width, width)) {
      slot = (slot + 1) & (slots.length - 1);
    }
    if (slots[slot]! < 0) slots[slot] = first.push(row) - 1;
    index[row] = slots[slot]!;
  }
  const counts = new Float32Array(first.length);
  for (const distinct of index) counts[distinct]! += 1;
  const rows = new Float32Array(first.length * width);
  first.forEach((row, i) => rows.set(clean.subarray(row * width, (row + 1) * width), i * width));
  return { rows, index, counts };
}

function hashRow(bits: Int32Array, start: number, width: number): number {
  let hash = 0;
  for (let i = start; i < start + width; i++) {
    hash = Math.imul(hash ^ bits[i]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

function sameRow(bits: Int32Array, a: number, b: number, width: number): boolean {
  for (let i = 0; i < width; i++) if (bits[a + i] !== bits[b + i]) return false;
  return true;
}
