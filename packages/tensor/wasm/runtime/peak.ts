/**
 * Measures the multiply-add peak of one core, the reference for the throughput of products.
 * @module
 */
import { ModuleBuilder } from "../module/assembler.ts";
import { type Features, probeFeatures } from "../module/features.ts";
import { constantBits } from "../module/scalar.ts";

/** Independent sums: more than the latency of a multiply-add times the number of units. */
const CHAINS = 12;
const ROUNDS = 100_000;
const FLOP_PER_ROUND = CHAINS * 8;

function compilePeak({ relaxed }: Features): (rounds: number) => unknown {
  const module = new ModuleBuilder();
  module.function(["i32"], (f) => {
    const [left] = f.parameters;
    const sums = Array.from({ length: CHAINS }, () => f.local("v128"));
    const factor = f.local("v128"), term = f.local("v128");
    f.splat(constantBits("f32", 0.999)).set(factor).splat(constantBits("f32", 0.001)).set(term);
    f.countdown(left, () => {
      for (const sum of sums) {
        f.get(sum).get(factor);
        if (relaxed) f.get(term).op("f32x4.relaxed_madd");
        else f.op("f32x4.mul").get(term).op("f32x4.add");
        f.set(sum);
      }
    });
    f.splat(0);
    for (const sum of sums) f.get(sum).op("f32x4.add");
    f.lane("i32x4.extract_lane", 0);
  }, { export: "peak", results: ["i32"] });
  const { peak } = new WebAssembly.Instance(new WebAssembly.Module(module.finish())).exports;
  if (typeof peak !== "function") throw new Error("the peak module does not export its function");
  return (rounds) => peak(rounds);
}

/**
 * Measures the multiply-add peak of one core.
 *
 * @param simd As in the options of the device.
 * @param milliseconds Approximate duration; the best short run counts, which reduces the influence of other programs.
 * @returns GFLOP/s; a multiply-add counts as two.
 * @category Devices
 */
export function measurePeak(simd: "auto" | "plain" = "auto", milliseconds: number = 150): number {
  const peak = compilePeak(probeFeatures(simd));
  const end = performance.now() + milliseconds;
  let best = Infinity;
  for (let now = performance.now(); now < end;) {
    peak(ROUNDS);
    const then = performance.now();
    best = Math.min(best, then - now);
    now = then;
  }
  return ROUNDS * FLOP_PER_ROUND / best / 1e6;
}
