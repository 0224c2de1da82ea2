/**
 * Graphs of 20,000 nodes compile with work proportional to their size, and to the same numbers as the interpreter's.
 * @module
 */
import { disposeTree, evaluate, openDevice } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { benchCompile, compileTable } from "../apps/cli/bench/compile.ts";
import { GRAPH_SHAPES, graphOf } from "../apps/cli/bench/graph_shapes.ts";
import { MAX_KERNEL_SIZE } from "../packages/tensor/compile/lowering/inline_size.ts";
import { schedule } from "../packages/tensor/compile/schedule.ts";
import { topological } from "../packages/tensor/ir/rewrite.ts";

const NODES = 20_000;

for (const shape of GRAPH_SHAPES) {
  Deno.test(`${NODES} nodes compile and evaluate: ${shape.name}`, async () => {
    await using device = await openDevice("wasm", { threads: 1 });
    const { outputs, nodes } = graphOf(shape, NODES);
    assert(nodes >= NODES && nodes < 1.1 * NODES, `${nodes} nodes`);
    const results = await evaluate(outputs, device), expected = await evaluate(outputs);
    for (const [i, result] of results.entries()) {
      const ours = await result.data(), theirs = await expected[i]!.data();
      assertEquals(ours.length, theirs.length);
      // Sums of thousands of terms in single precision
      for (const [j, value] of ours.entries()) {
        assertAlmostEquals(value, theirs[j]!, 2e-3 * Math.max(1, Math.abs(theirs[j]!)));
      }
    }
    disposeTree(results);
  });

  for (const maxBuffers of [9, 64]) {
    Deno.test(`scheduling is linear with ${maxBuffers} buffers for a kernel: ${shape.name}`, () => {
      const small = schedule(graphOf(shape, NODES / 10).outputs, maxBuffers).effort;
      const { kernels, effort } = schedule(graphOf(shape, NODES).outputs, maxBuffers);
      assert(effort.passes <= 3, `${effort.passes} passes`);
      assert(effort.lowerings <= 11 * small.lowerings + 10, `${effort.lowerings} after ${small.lowerings}`);
      for (const { kernel } of kernels) {
        const loops = kernel.kind === "concatenate" ? kernel.parts : kernel.kind === "loop" ? [kernel] : [];
        for (const { accumulators, stores } of loops) {
          const expressions = topological([...accumulators, ...stores].map(({ value }) => value));
          assert(expressions.length <= 2 * MAX_KERNEL_SIZE, `${expressions.length} expressions in a kernel`);
        }
      }
    });
  }
}

Deno.test("benchCompile() times graphs of all shapes and sizes", async () => {
  await using device = await openDevice("wasm", { threads: 1 });
  const report = await benchCompile(device, [100, 200]);
  assertEquals(report.rows.map(({ shape }) => shape), GRAPH_SHAPES.map(({ name }) => name));
  for (const { seconds } of report.rows) assert(seconds.length === 2 && seconds.every((value) => value > 0));
  const lines = compileTable(report).split("\n");
  assertEquals(lines.length, 3 + GRAPH_SHAPES.length);
  assert(lines.at(-1)!.startsWith(GRAPH_SHAPES.at(-1)!.name));
});
