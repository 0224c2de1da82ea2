import { assert, assertEquals } from "@std/assert";
import type { Program, Step } from "../../ir/kernel.ts";
import { openWebGPU } from "../runtime/device.ts";
import { deviceTest, ir, noise, runOn } from "../runtime/harness_test.ts";
import { Pace } from "./pace.ts";

const { load, op, constant, store, buffers } = ir;

Deno.test("cut() limits each part and never divides a dispatch", () => {
  assertEquals(new Pace(1).cut([0.4, 0.4, 0.4, 3, 0.1, 0.1]), [2, 3, 4, 6]);
  assertEquals(new Pace(1).cut([0.2, 0.2]), [2]);
  assertEquals(new Pace(1).cut([]), [0]);
});

Deno.test("measured() makes parts longer on a fast adapter and shorter on a slow one", () => {
  const pace = new Pace(1), estimates = [0.3, 0.3, 0.3, 0.3];
  pace.measured(1.2, 0.012, false);
  assertEquals(pace.cut(estimates), [4]);
  pace.measured(1.2, 2.4, false);
  assertEquals(pace.cut(estimates), [4], "an upper bound does not slow the pace");
  pace.measured(1.2, 2.4, true);
  assertEquals(pace.cut(estimates), [1, 2, 3, 4]);
  pace.measured(1e-6, 1e-3, true);
  assertEquals(pace.cut(estimates), [1, 2, 3, 4], "a run of a millisecond does not slow the pace");
});

Deno.test("estimate() grows with operations and with bytes", () => {
  const none = Pace.estimate({ operations: 0, bytes: 0 });
  assert(none > 0);
  assert(Pace.estimate({ operations: 1e9, bytes: 0 }) > 10 * none);
  assert(Pace.estimate({ operations: 0, bytes: 1e9 }) > 10 * none);
});

deviceTest("a run divided into many submits returns the same bytes as one submit", async (device) => {
  const size = 3000, length = 12;
  const grow = (i: number): Step => ({
    kernel: {
      kind: "loop",
      name: "grow",
      buffers: buffers("f32:r f32:w"),
      map: [size],
      reduce: [],
      accumulators: [],
      stores: [store(1, [1], op("mul", "f32", load(0, [1]), constant(1 + 1 / (i + 3))))],
    },
    args: [i, i + 1],
  });
  const program: Program = {
    buffers: Array.from({ length: length + 1 }, (_, i) => ({
      bytes: 4 * size,
      role: i === 0 || i === length ? "external" : "temporary",
    })),
    steps: Array.from({ length }, (_, i) => grow(i)),
  };
  const data = [noise(size), new Float32Array(size)];
  const whole = await runOn(device, program, data);
  const cutting = await openWebGPU({ maxSubmitSeconds: 1e-9 });
  const cut = await runOn(cutting, program, data);
  await cutting.close();
  assertEquals(cut, whole);
});
