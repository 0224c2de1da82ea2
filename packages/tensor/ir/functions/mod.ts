/**
 * Transcendental functions built as kernel expressions from basic operations, so that WGSL and WebAssembly compute
 * the same values and no code generator has to implement them. WGSL's built-ins may be off by 2^-11.
 *
 * All map f32 to f32, hold with and without fused multiply-add, and contain no infinite or NaN constant: special
 * values are assembled from their bits. Error bounds are in units in the last place (ulp) of the result.
 *
 * @module
 */
export { expandErf } from "./erf.ts";
export { expandExp, expandExpm1, expandSigmoid, expandTanh } from "./exp.ts";
export { expandCosh, expandSinh } from "./hyperbolic.ts";
export { expandAcos, expandAsin, expandAtan, expandAtan2 } from "./inverse.ts";
export { expandLog, expandLog1p } from "./log.ts";
export { expandIsFinite, expandIsNaN, expandOrderKey } from "./order.ts";
export { expandPow, expandRemainder } from "./power.ts";
export { expandCos, expandSin, expandTan } from "./trigonometric.ts";
export { expandCos2pi, expandSin2pi } from "./sin2pi.ts";
