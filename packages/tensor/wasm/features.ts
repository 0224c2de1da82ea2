/**
 * What the WebAssembly engine at hand can do.
 * @module
 */
import { ModuleBuilder } from "./assembler.ts";

/** How products are added up. */
export interface Features {
  /** Relaxed SIMD: fused multiply-add, one-instruction lane select. */
  readonly relaxed: boolean;
}

function accepts(relaxed: boolean): boolean {
  const probe = new ModuleBuilder();
  probe.function([], (f) => {
    f.splat(0).splat(0);
    if (relaxed) f.splat(0).op("f32x4.relaxed_madd");
    else f.op("f32x4.add");
    f.op("drop");
  });
  return WebAssembly.validate(probe.finish());
}

/**
 * Probes the engine.
 *
 * @param simd `plain` leaves relaxed SIMD unused even where there is some.
 * @throws {Error} If there is no WebAssembly, or none with SIMD.
 */
export function probeFeatures(simd: "auto" | "plain" = "auto"): Features {
  if (typeof WebAssembly === "undefined") {
    throw new Error("this runtime has no WebAssembly: use Deno, Node 20 or later, or a current browser");
  }
  if (!accepts(false)) {
    throw new Error(
      "this runtime's WebAssembly has no SIMD: use Deno, Node 20 or later, or a current browser on a 64-bit machine",
    );
  }
  return { relaxed: simd === "auto" && accepts(true) };
}
