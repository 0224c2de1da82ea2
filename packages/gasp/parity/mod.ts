/**
 * Comparison with numbers of the authors' code.
 *
 * @module
 */
export { ALLOWED_RATIO, type Floors, type GroupResult, LEAST_FLOOR } from "./comparison.ts";
export { type ParityResult, runParityFile } from "./run.ts";
