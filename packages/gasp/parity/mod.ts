/**
 * Numerical comparison with results of the authors' code.
 *
 * @module
 */
export { ALLOWED_RATIO, type Floors, type GroupResult, MIN_FLOOR } from "./comparison.ts";
export { type ParityResult, runParityFile } from "./run.ts";
