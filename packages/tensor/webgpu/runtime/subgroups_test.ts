import { assert, assertEquals } from "@std/assert";
import { runKernel } from "../../ir/evaluate.ts";
import type { LoopKernel } from "../../ir/kernel.ts";
import { findAdapter } from "./adapter.ts";
import { assertClose, deviceTest, ir, noise, PassRunner } from "./harness_test.ts";
import { printLoopKernel } from "../shader/loop.ts";
import { subgroupSize } from "./subgroups.ts";

const { load, op, accumulator, store, buffers } = ir;

deviceTest(
  "subgroupSize() is a power of two where the adapter has subgroups, and 1 without the feature",
  async () => {
    const { adapter, hardware } = await findAdapter();
    const plain = await adapter.requestDevice();
    assertEquals(await subgroupSize(plain, adapter.info.subgroupMinSize, hardware), 1);
    plain.destroy();
    await plain.lost;
    const runner = await PassRunner.open();
    assert(Number.isInteger(Math.log2(runner.subgroup)));
    assertEquals(runner.subgroup > 1, adapter.features.has("subgroups"));
    await runner.close();
  },
);

/** Sums and maxima of the rows of a matrix. */
function rows(count: number, length: number): LoopKernel {
  const x = load(0, [length, 1]);
  return {
    kind: "loop",
    name: "rows",
    buffers: buffers("f32:r f32:w f32:w"),
    map: [count],
    reduce: [length],
    accumulators: [
      { kind: "sum", dtype: "f32", value: op("mul", "f32", x, x) },
      { kind: "max", dtype: "f32", value: x },
    ],
    stores: [store(1, [1, 0], accumulator(0)), store(2, [1, 0], accumulator(1))],
  };
}

deviceTest(
  "reductions over subgroups agree with the oracle and return the same bytes as without",
  async () => {
    const runner = await PassRunner.open();
    for (const [count, length] of [[1, 3000], [7, 100], [300, 70], [3, 40000]] as const) {
      const kernel = rows(count, length);
      const data = [noise(count * length), new Float32Array(count), new Float32Array(count)];
      const wanted = data.map((array) => array.slice());
      runKernel(kernel, wanted);
      const without = await runner.run(printLoopKernel(kernel), data);
      for (let size = runner.subgroup; size > 1; size /= 2) {
        const printed = printLoopKernel(kernel, size);
        assert(printed.passes[0]!.code.includes("subgroupShuffleDown"));
        const got = await runner.run(printed, data);
        got.forEach((array, i) => assertClose(array, wanted[i]!, 2e-6, `${count} x ${length}, ${size}`));
        assertEquals(got, without, `${count} x ${length}, subgroups of ${size}`);
      }
    }
    await runner.close();
  },
);

Deno.test("sums of booleans and sums along columns do not use subgroups", () => {
  const any: LoopKernel = {
    ...rows(4, 100),
    buffers: buffers("f32:r u32:w"),
    accumulators: [{
      kind: "sum",
      dtype: "bool",
      value: op("lt", "bool", load(0, [100, 1]), ir.constant(0)),
    }],
    stores: [store(1, [1, 0], op("convert", "u32", accumulator(0, "bool")))],
  };
  const columns: LoopKernel = {
    ...rows(64, 1000),
    buffers: buffers("f32:r f32:w"),
    accumulators: [{ kind: "sum", dtype: "f32", value: load(0, [1, 64]) }],
    stores: [store(1, [1, 0], accumulator())],
  };
  for (const kernel of [any, columns]) {
    for (const { code } of printLoopKernel(kernel, 8).passes) assert(!code.includes("subgroup"));
  }
});
