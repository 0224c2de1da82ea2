/** @module */
import { assert, assertEquals } from "@std/assert";
import type { LoopKernel, Program } from "../ir/kernel.ts";
import { Noise } from "../wasm/testing.ts";
import { ALIGNMENT, livePeak, planTemporaries } from "./plan.ts";

const KERNEL: LoopKernel = {
  kind: "loop",
  name: "nothing",
  buffers: [],
  map: [],
  reduce: [],
  accumulators: [],
  stores: [],
};

function programOf(
  buffers: readonly [bytes: number, role: "external" | "temporary"][],
  steps: number[][],
): Program {
  return {
    buffers: buffers.map(([bytes, role]) => ({ bytes, role })),
    steps: steps.map((args) => ({ kernel: KERNEL, args })),
  };
}

Deno.test("planTemporaries() shares memory between buffers that are not live together", () => {
  const chain = programOf(
    [[4, "external"], [1000, "temporary"], [1000, "temporary"], [1000, "temporary"], [4, "external"]],
    [[0, 1], [1, 2], [2, 3], [3, 4]],
  );
  const { offsets, bytes } = planTemporaries(chain);
  assertEquals(bytes, 2048);
  assertEquals(offsets, [-1, 0, 1024, 0, -1]);
});

Deno.test("planTemporaries() places a buffer into the lowest gap that fits", () => {
  const program = programOf(
    [[640, "temporary"], [576, "temporary"], [512, "temporary"], [448, "temporary"], [64, "temporary"]],
    [[0, 1, 2, 3], [1, 3, 4]],
  );
  // Live with the last one are those at 640 and 1728: the gap of 640 below the first comes before that of 512
  assertEquals(planTemporaries(program), { offsets: [0, 640, 1216, 1728, 0], bytes: 2176 });
});

Deno.test("livePeak() returns the first step of peak memory", () => {
  const program = programOf(
    [[6400, "external"], [64, "temporary"], [128, "temporary"], [128, "temporary"], [64, "temporary"]],
    [[0, 1], [1, 2], [2, 3], [3, 1], [1, 4]],
  );
  assertEquals(livePeak(program), { bytes: 320, step: 2 });
  assertEquals(livePeak(programOf([[64, "external"]], [[0]])), { bytes: 0, step: 0 });
});

Deno.test("planTemporaries() never overlaps two live buffers", () => {
  const noise = new Noise(77);
  for (let round = 0; round < 200; round++) {
    const count = noise.integer(1, 30), steps = noise.integer(1, 25);
    const program = programOf(
      Array.from(
        { length: count },
        () => [4 * noise.integer(0, 200), noise.next() < 0.2 ? "external" : "temporary"],
      ),
      Array.from({ length: steps }, () => {
        const args = new Set(Array.from({ length: noise.integer(0, 4) }, () => noise.integer(0, count - 1)));
        return [...args];
      }),
    );
    const { offsets, bytes } = planTemporaries(program);
    const uses = (buffer: number) =>
      program.steps.flatMap(({ args }, step) => args.includes(buffer) ? [step] : []);
    const placed = offsets.flatMap((offset, buffer) =>
      offset < 0 ? [] : [{ offset, buffer, used: uses(buffer) }]
    );
    for (const { offset, buffer, used } of placed) {
      const size = program.buffers[buffer]?.bytes ?? 0;
      assertEquals(offset % ALIGNMENT, 0);
      assert(offset + size <= bytes);
      assertEquals(program.buffers[buffer]?.role, "temporary");
      for (const other of placed) {
        if (other.buffer <= buffer) continue;
        const together = Math.max(...used) >= Math.min(...other.used) &&
          Math.max(...other.used) >= Math.min(...used);
        const otherSize = program.buffers[other.buffer]?.bytes ?? 0;
        const apart = offset + size <= other.offset || other.offset + otherSize <= offset;
        assert(!together || apart, `round ${round}: buffers ${buffer} and ${other.buffer} overlap`);
      }
    }
    program.buffers.forEach(({ role }, buffer) => {
      if (role === "temporary" && uses(buffer).length > 0) assert((offsets[buffer] ?? -1) >= 0);
    });
  }
});
