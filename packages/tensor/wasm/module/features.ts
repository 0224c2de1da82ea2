/**
 * Feature detection of the WebAssembly engine.
 * @module
 */
import { ModuleBuilder } from "./assembler.ts";

/** Engine features that code generation depends on. */
export interface Features {
  /** Relaxed SIMD: fused multiply-add, one-instruction lane select. */
  readonly relaxed: boolean;
  /**
   * Maximum unroll factor of the inner loops of products. Older compilers hoist all loads of a loop body to its start
   * and then run out of registers; there, the loops are not unrolled.
   */
  readonly unroll: 1 | 16;
}

/** A module with a table of 64-bit indices. Engines that accept it are recent enough to preserve instruction order. */
const RECENT = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 4, 4, 1, 0x70, 4, 1]);

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
 * @param simd `plain` disables relaxed SIMD even if the engine supports it.
 * @throws {Error} If the runtime has no WebAssembly, or no SIMD.
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
  return { relaxed: simd === "auto" && accepts(true), unroll: WebAssembly.validate(RECENT) ? 16 : 1 };
}

/** The empty module. */
const EMPTY = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/**
 * Checks that modules may be compiled: a page's Content-Security-Policy can forbid it.
 *
 * @throws {Error} If they may not; the message says what the policy must allow.
 */
export async function checkCompilation(): Promise<void> {
  try {
    await WebAssembly.compile(EMPTY);
  } catch (error) {
    throw new Error(
      "this page's Content-Security-Policy forbids WebAssembly: allow it with script-src 'wasm-unsafe-eval', or use the " +
        `webgpu device. ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
