/**
 * Brings memory into the cache before it is used. WebAssembly has no prefetch instruction; a loop that only reads has
 * many cache lines in flight at once, where one that also computes waits for each.
 * @module
 */
import type { SharedFunctions } from "../module/shared_functions.ts";

const LINE_BYTES = 64;
/** Lines per iteration of the loop. */
const LINES = 4;

/** Bytes that one iteration of the loop reads. */
export const PREFETCH_STEP: number = LINES * LINE_BYTES;

/** Operands with more elements than this are not expected to be cached. */
export const FAR_ELEMENTS: number = 1 << 20;

/** Parameters of the function, in order. */
const PREFETCH_PARAMETERS = ["i32", "i32", "i32"] as const;

/**
 * Returns the function `(from, steps, to)`, which reads one word of each line of `steps` times {@link PREFETCH_STEP}
 * bytes. It stores the OR of what it read to `to`, which is overwritten afterwards, so that no engine eliminates the
 * loop.
 *
 * @param shared Helper functions of the module.
 * @returns Index of the function.
 */
export function prefetchFunction(shared: SharedFunctions): number {
  return shared.get("prefetch", (module) =>
    module.function(PREFETCH_PARAMETERS, (f) => {
      const [from, steps, to] = f.parameters;
      const mixed = f.local("i32");
      f.get(steps).if(() =>
        f.countdown(steps, () => {
          for (let line = 0; line < LINES; line++) {
            f.get(mixed).get(from).memory("i32.load", line * LINE_BYTES).op("i32.or").set(mixed);
          }
          f.increment(from, PREFETCH_STEP);
        })
      );
      f.get(to).get(mixed).memory("i32.store");
    }));
}
