/**
 * Brings memory into the cache before it is used. WebAssembly has no instruction for that; a loop that does nothing but
 * read has many lines under way at once, where one that computes beside waits for each.
 * @module
 */
import type { SharedFunctions } from "../module/shared_functions.ts";

const LINE_BYTES = 64;
/** Lines of a turn of the loop. */
const LINES = 4;

/** Bytes that one turn of the loop reads. */
export const READ_AHEAD_STEP: number = LINES * LINE_BYTES;

/** A larger operand, in elements, is not expected in a cache. */
export const FAR_ELEMENTS: number = 1 << 20;

/** Parameters of the function, in order. */
const READ_AHEAD_PARAMETERS = ["i32", "i32", "i32"] as const;

/**
 * The function `(from, steps, to)` that reads one number of each line of `steps` times {@link READ_AHEAD_STEP} bytes.
 * What it read goes, mixed, to `to`, so that no engine leaves it out: a place that is written afterwards.
 *
 * @param shared Functions of the module.
 * @returns Number of the function.
 */
export function readAheadFunction(shared: SharedFunctions): number {
  return shared.get("read ahead", (module) =>
    module.function(READ_AHEAD_PARAMETERS, (f) => {
      const [from, steps, to] = f.parameters;
      const mixed = f.local("i32");
      f.get(steps).if(() =>
        f.countdown(steps, () => {
          for (let line = 0; line < LINES; line++) {
            f.get(mixed).get(from).memory("i32.load", line * LINE_BYTES).op("i32.or").set(mixed);
          }
          f.increment(from, READ_AHEAD_STEP);
        })
      );
      f.get(to).get(mixed).memory("i32.store");
    }));
}
