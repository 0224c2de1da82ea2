/**
 * The functions that no printer has to know: each is a builder of kernel expressions out of plain operations, so
 * that WGSL and WebAssembly compute the same thing. WGSL's own may be off by 2^-11.
 *
 * All are f32 to f32, hold with and without fused multiply-add, and write no infinity or NaN as a constant: special
 * values are put in through their bits. Error bounds are in units in the last place (ulp) of the result.
 *
 * @module
 */
export { expandExp, expandExpm1, expandSigmoid, expandTanh } from "./function_exp.ts";
export { expandLog, expandLog1p } from "./function_log.ts";
export { expandCos, expandSin } from "./function_trigonometric.ts";
export { expandCosTurns, expandSinTurns } from "./function_turns.ts";
