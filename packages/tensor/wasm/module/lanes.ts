/**
 * Horizontal adds of vector lanes.
 * @module
 */
import type { FunctionBuilder, Local } from "./function_builder.ts";

type Lanes = readonly [number, number, number, number];

/** Computes `shuffle(a, b, low) + shuffle(a, b, high)` into a new local. */
function addShuffled(f: FunctionBuilder, a: Local, b: Local, low: Lanes, high: Lanes): Local {
  const sum = f.local("v128");
  f.get(a).get(b).shuffle(low).get(a).get(b).shuffle(high).op("f32x4.add").set(sum);
  return sum;
}

/** Computes a vector whose first two lanes are the horizontal sums of two vectors. */
export function addLanesOfTwo(f: FunctionBuilder, a: Local, b: Local): Local {
  const halves = addShuffled(f, a, b, [0, 4, 1, 5], [2, 6, 3, 7]);
  return addShuffled(f, halves, halves, [0, 1, 0, 1], [2, 3, 2, 3]);
}

/** Computes a vector whose lanes are the horizontal sums of four vectors. */
export function addLanesOfFour(f: FunctionBuilder, a: Local, b: Local, c: Local, d: Local): Local {
  const ab = addShuffled(f, a, b, [0, 4, 1, 5], [2, 6, 3, 7]),
    cd = addShuffled(f, c, d, [0, 4, 1, 5], [2, 6, 3, 7]);
  return addShuffled(f, ab, cd, [0, 1, 4, 5], [2, 3, 6, 7]);
}
