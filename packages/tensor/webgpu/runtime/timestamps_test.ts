import { assert, assertEquals } from "@std/assert";
import type { LoopKernel, Program } from "../../ir/kernel.ts";
import { findAdapter } from "./adapter.ts";
import { deviceTest, ir } from "./harness_test.ts";
import { TIMESTAMPS } from "./timestamps.ts";

const { load, op, constant, store, buffers } = ir;

/** `x += 1`, in place. */
const increment: LoopKernel = {
  kind: "loop",
  name: "increment",
  buffers: buffers("f32:rw"),
  map: [1000],
  reduce: [],
  accumulators: [],
  stores: [store(0, [1], op("add", "f32", load(0, [1]), constant(1)))],
};

/** More passes than a query set holds. */
const STEPS = 2050;

deviceTest(
  "profile() does what run() does and times every step, if the adapter has timestamps",
  async (device) => {
    const program: Program = {
      buffers: [{ bytes: 4000, role: "external" }],
      steps: Array.from({ length: STEPS }, () => ({ kernel: increment, args: [0] })),
    };
    const executable = await device.prepare(program);
    const hasClock = (await findAdapter()).adapter.features.has(TIMESTAMPS);
    assertEquals(executable.profile !== undefined, hasClock);
    const x = device.allocate(4000);
    device.write(x, new Float32Array(1000));
    await executable.run([x]);
    const profile = await executable.profile?.([x]);
    const [first] = new Float32Array(await device.read(x, 4));
    assertEquals(first, profile ? 2 * STEPS : STEPS);
    if (profile) {
      assertEquals(profile.program, program);
      assertEquals(profile.spans.map(({ step }) => step).sort((a, b) => a - b), [...program.steps.keys()]);
      assertEquals(Math.min(...profile.spans.map(({ begin }) => begin)), 0);
      for (const { begin, end } of profile.spans) assert(end >= begin, `${begin} to ${end}`);
      assert(profile.spans.some(({ begin, end }) => end > begin), "some step takes time");
    }
    executable.release();
    device.free(x);
  },
);
