/**
 * Elements of the leaves of a program.
 * @module
 */
import { sizeOf } from "@gasp/tensor";
import { Dice } from "./dice.ts";
import type { DataKind, Leaf } from "./program.ts";

/** Numbers at which kernels differ if they are wrong. */
const SPECIAL = [
  NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1e-40,
  -1e-40,
  1.1754943508222875e-38,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  1e30,
  -1e-30,
  0.5,
  -0.5,
  2 ** 24,
  1,
  -1,
];

type Draw = (dice: Dice, position: number, leaf: Leaf) => number;

/** One element of each kind. */
const draws: Readonly<Record<DataKind, Draw>> = {
  uniform: (dice) => 4 * dice.unit() - 2,
  whole: (dice) => dice.between(-4, 4),
  sparse: (dice) => (dice.chance(0.4) ? 0 : dice.chance(0.3) ? 4 * dice.unit() - 2 : dice.between(-2, 2)),
  positive: (dice) => 0.1 + 1.9 * dice.unit(),
  special: (dice) => (dice.chance(0.6) ? 4 * dice.unit() - 2 : dice.pick(SPECIAL)),
  index: (dice, _, { data }) => dice.below(Math.max(1, data.kind === "index" ? data.bound ?? 1 : 1)),
  words: (dice) => dice.chance(0.2) ? dice.pick([0, 1, 2 ** 31, 2 ** 32 - 1]) : dice.below(2 ** 32),
  clusters: (dice) =>
    dice.pick([-1, 0, 0.5, 3]) + (dice.chance(0.5) ? 0.01 * dice.below(4) : 0.1 * dice.unit()),
  grid: (dice) => dice.between(-2, 2) / 2,
  line: (_, i, leaf) => hashed(leaf, Math.floor(i / axesOf(leaf))) * (1 + i % axesOf(leaf)),
  plane(dice, i, leaf) {
    const axes = axesOf(leaf), axis = i % axes;
    return axis === axes - 1 ? 0.25 : dice.unit();
  },
  same: (_, i, leaf) => 0.3 + i % axesOf(leaf),
  outliers: (dice) => dice.chance(0.02) ? 1000 * (dice.unit() - 0.5) : 0.01 * dice.unit(),
  close: (dice) => 1 + dice.below(9) * 2 ** -22,
};

function axesOf({ data }: Leaf): number {
  return data.kind === "values" ? 1 : data.bound ?? 1;
}

/** A number in (-1, 1) for each point of a leaf. */
function hashed({ data }: Leaf, point: number): number {
  const seed = data.kind === "values" ? 0 : data.seed;
  return 2 * (((point + 1) * 0.6180339887498949 + seed * 1e-9) % 1) - 1;
}

/** The elements of each leaf so far, by variation: generators, runs and the oracle all ask for them. */
const known = new WeakMap<Leaf, Map<number, Float64Array>>();

/**
 * Returns the elements of a leaf.
 *
 * @param leaf The leaf.
 * @param variation 0, or the number of other elements for the same leaf.
 * @returns One number per element, representable in the type; not to be changed, since other callers share it.
 */
export function leafValues(leaf: Leaf, variation = 0): Float64Array {
  const found = known.get(leaf) ?? new Map<number, Float64Array>();
  known.set(leaf, found);
  const values = found.get(variation) ?? drawn(leaf, variation);
  found.set(variation, values);
  return values;
}

function drawn(leaf: Leaf, variation: number): Float64Array {
  const { data, dtype, shape } = leaf, size = sizeOf(shape);
  if (data.kind === "values") {
    if (data.values.length !== size) {
      throw new RangeError(`a leaf of ${size} elements has ${data.values.length} values`);
    }
    return Float64Array.from(data.values);
  }
  const dice = new Dice(data.seed, `leaf ${variation}`), draw = draws[data.kind];
  return Float64Array.from({ length: size }, (_, i) => rounded(draw(dice, i, leaf), dtype));
}

function rounded(value: number, dtype: Leaf["dtype"]): number {
  if (dtype === "f32") return Math.fround(value);
  if (dtype === "bool") return Math.abs(value) >= 1 ? 1 : 0;
  return dtype === "i32" ? value | 0 : value >>> 0;
}
