/**
 * Transcendental functions built as kernel expressions from basic operations, so that WGSL and WebAssembly compute
 * the same values and no code generator has to implement them. WGSL's built-ins may be off by 2^-11.
 *
 * All map f32 to f32, hold with and without fused multiply-add, and contain no infinite or NaN constant: special
 * values are assembled from their bits. Error bounds are in units in the last place (ulp) of the result.
 *
 * @module
 */
export { expandExp, expandExpm1, expandSigmoid, expandTanh } from "./function_exp.ts";
export { expandLog, expandLog1p } from "./function_log.ts";
export { expandCos, expandSin } from "./function_trigonometric.ts";
export { expandCos2pi, expandSin2pi } from "./function_sin2pi.ts";
