/** @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { runProgram } from "../../ir/evaluate.ts";
import type { LoopKernel } from "../../ir/kernel.ts";
import { deviceTest, ir, noise, PassRunner, programOf, rowMajor } from "../runtime/harness_test.ts";
import { printLongLoop } from "./long_reduction.ts";
import { printLoopKernel } from "./loop.ts";
import { volume } from "./unravel.ts";

/** Sums, and the largest, of `x[map, reduce] · y[map]`, with an epilogue. */
function reduction(map: readonly number[], reduce: readonly number[]): LoopKernel {
  const x = ir.load(0, rowMajor([...map, ...reduce])), y = ir.load(1, rowMajor(map, reduce.length));
  const value = ir.op("mul", "f32", x, y), strides = rowMajor(map, reduce.length);
  return {
    kind: "loop",
    name: "mul+sum+max",
    buffers: ir.buffers("f32:r f32:r f32:w f32:w"),
    map,
    reduce,
    accumulators: [{ kind: "sum", dtype: "f32", value }, { kind: "max", dtype: "f32", value }],
    stores: [
      { buffer: 2, address: ir.affine(0, strides), value: ir.op("add", "f32", ir.accumulator(0), y) },
      { buffer: 3, address: ir.affine(0, strides), value: ir.accumulator(1) },
    ],
  };
}

deviceTest("reductions of more terms than a kernel counts are divided", async () => {
  const runner = await PassRunner.open();
  for (
    const [map, reduce, most] of [
      [[], [40, 50], 1000],
      [[3], [2, 9, 40], 300],
      [[3, 5], [2, 3, 4, 5], 61],
      [[2], [3, 4000], 8000],
    ] as const
  ) {
    const kernel = reduction(map, reduce), passes = printLongLoop(kernel, 1, most);
    assert(passes.passes.length > printLoopKernel(kernel).passes.length || passes.scratch.length > 0);
    const points = volume(map);
    const data = [
      noise(points * volume(reduce)),
      noise(points, 2),
      ...[2, 3].map(() => new Float32Array(points)),
    ];
    const want = data.map((array) => array.slice());
    runProgram(programOf(kernel, data), want);
    const got = await runner.run(passes, data);
    want.forEach((array, i) =>
      array.forEach((value, at) =>
        assert(Math.abs(value - got[i]![at]!) < 1e-4 * Math.max(1, Math.abs(value)))
      )
    );
  }
});

Deno.test("printLongLoop() leaves other kernels as they are, and rejects those that cannot be divided", () => {
  const short = reduction([4], [10, 10]);
  assertEquals(printLongLoop(short, 1), printLoopKernel(short, 1));
  for (
    const [map, reduce, most] of [[[4], [100], 100], [[200], [3, 90], 200], [[30], [30, 9], 200]] as const
  ) {
    assertThrows(
      () => printLongLoop(reduction(map, reduce), 1, most),
      RangeError,
      `mul+sum+max over ${volume(reduce)} terms for each of ${volume(map)} results`,
    );
  }
});
