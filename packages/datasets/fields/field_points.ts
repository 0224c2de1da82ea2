/**
 * Points of fields: all of a grid, or those that have values. A function needs no grid, so fields with gaps are known at
 * fewer points: the same of all items, as on land, or different ones, of which each item then has an equal number.
 *
 * @module
 */
import { permutation } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";

/** Fields of several features, before the choice of points. */
export interface FeatureFields {
  /** Source, for messages. */
  readonly name: string;
  /** Number of fields. */
  readonly items: number;
  /** Coordinates `[points, 3]`, NaN where a point has none. */
  readonly coordinates: Float32Array;
  /** Reads a field: an array of values per feature, NaN where missing. */
  read(item: number): Promise<readonly Float32Array[]>;
}

/** Points that are read. */
export interface FieldPoints {
  /** Points per item. */
  readonly count: number;
  /** Points that all items have; undefined if each has its own. */
  readonly shared: Uint32Array | undefined;
  /** What was chosen, as a sentence. */
  readonly note: string;
  /** Returns the points of an item. */
  of(item: number): Promise<Uint32Array>;
}

/** Returns the points where all features of a field have values. */
async function presentIn(fields: FeatureFields, item: number): Promise<Uint32Array> {
  const features = await fields.read(item), { coordinates } = fields, total = coordinates.length / 3;
  const present = new Uint32Array(total);
  let count = 0;
  for (let point = 0; point < total; point++) {
    if (Number.isNaN(coordinates[3 * point]!) || features.some((values) => Number.isNaN(values[point]!))) {
      continue;
    }
    present[count++] = point;
  }
  return present.slice(0, count);
}

function isSame(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((point, i) => point === b[i]);
}

/**
 * Chooses the points that have values, by reading all fields.
 *
 * @param fields Fields.
 * @throws {DataError} If a field has none.
 */
export async function presentPoints(fields: FeatureFields): Promise<FieldPoints> {
  const { name, items } = fields, total = fields.coordinates.length / 3;
  const first = await presentIn(fields, 0);
  let least = first.length, most = first.length, isShared = true;
  for (let item = 0; item < items; item++) {
    const present = item === 0 ? first : await presentIn(fields, item);
    if (present.length === 0) {
      throw new DataError(
        `${name}: field ${item} has no value at any point: leave it out, for example with --select time=N.`,
      );
    }
    least = Math.min(least, present.length);
    most = Math.max(most, present.length);
    isShared &&= isSame(present, first);
  }
  if (isShared) {
    return {
      count: first.length,
      shared: first,
      note:
        `${first.length} of the ${total} points have values, the same in all items; the others are left out`,
      of: () => Promise.resolve(first),
    };
  }
  return {
    count: least,
    shared: undefined,
    note:
      `${least}${
        most > least ? ` to ${most}` : ""
      } of the ${total} points have values, not the same in all items: ` +
      `${least} of each item are read, at random`,
    async of(item) {
      const present = await presentIn(fields, item);
      if (present.length === least) return present;
      const order = permutation({ seed: 0, stream: "points of an item", step: item }, present.length);
      return order.slice(0, least).sort().map((i) => present[i]!);
    },
  };
}
