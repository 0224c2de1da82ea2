/**
 * The functions that no printer has to know: each is a builder of kernel expressions out of plain operations, so
 * that WGSL and WebAssembly compute the same thing. WGSL's own may be off by 2^-11.
 *
 * All are f32 to f32, hold with and without fused multiply-add, and write no infinity or NaN as a constant: special
 * values are put in through their bits. Error bounds are in units in the last place (ulp) of the result.
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
export { expandCosTurns, expandSinTurns } from "./turns.ts";
