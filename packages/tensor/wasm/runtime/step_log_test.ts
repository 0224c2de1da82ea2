/** @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { KernelDevice } from "../../device/device.ts";
import type { GemmKernel, LoopKernel, Program } from "../../ir/kernel.ts";
import { openWasm } from "./device.ts";
import { accumulator, affine, load, Noise, slots, withDevice } from "../testing.ts";

/** `x · x` with an inner dimension long enough to be split into parts, then its double. */
function twoSteps(size: number): Program {
  const product: GemmKernel = {
    kind: "gemm",
    name: "square",
    buffers: slots("r", "w"),
    batch: [],
    m: 16,
    n: 16,
    k: size,
    a: { buffer: 0, offset: 0, batch: [], row: size, column: 1 },
    b: { buffer: 0, offset: 0, batch: [], row: 1, column: size },
    stores: [{ buffer: 1, address: affine([16, 1]), value: accumulator(0) }],
  };
  const double: LoopKernel = {
    kind: "loop",
    name: "double",
    buffers: slots("r", "w"),
    map: [256],
    reduce: [],
    accumulators: [],
    stores: [{
      buffer: 1,
      address: affine([1]),
      value: { op: "add", dtype: "f32", args: [load(0, [1]), load(0, [1])] },
    }],
  };
  return {
    buffers: [
      { bytes: 4 * 16 * size, role: "external" },
      { bytes: 1024, role: "temporary" },
      { bytes: 1024, role: "external" },
    ],
    steps: [{ kernel: product, args: [0, 1] }, { kernel: double, args: [1, 2] }],
  };
}

/** Runs a program plainly and profiled; returns both results and the profile. */
async function runBoth(device: KernelDevice, size: number) {
  const noise = new Noise(1);
  const x = device.allocate(4 * 16 * size), y = device.allocate(1024);
  device.write(x, noise.array("f32", 16 * size));
  const executable = await device.prepare(twoSteps(size));
  await executable.run([x, y]);
  const ran = new Uint8Array(await device.read(y, 1024));
  device.write(y, new Float32Array(256));
  const profile = await executable.profile!([x, y]);
  const profiled = new Uint8Array(await device.read(y, 1024));
  executable.release();
  await assertRejects(() => executable.profile!([x, y]), Error, "released");
  [x, y].forEach((buffer) => device.free(buffer));
  return { ran, profiled, profile };
}

for (const [threads, size, rows] of [[1, 2048, 1], [3, 2048, 1], [3, 65536, 3]] as const) {
  Deno.test(`profile() returns the bytes of run() and times each part, ${threads} threads, ${size} long`, () =>
    withDevice(() => openWasm({ threads }), async (device) => {
      const { ran, profiled, profile: { program, spans } } = await runBoth(device, size);
      assertEquals(profiled, ran);
      assertEquals(program.steps.map(({ kernel }) => kernel.name), ["square", "double"]);
      assertEquals(new Set(spans.map(({ thread }) => thread)).size, rows);
      const ofThread = spans.filter(({ thread }) => thread === 0);
      const parts = ofThread.map(({ step, part }) => [step, part]);
      assert(parts.filter(([step]) => step === 0).length > 1, "the product is split into parts");
      assertEquals(parts, [...parts].sort(([s, p], [t, q]) => s! - t! || p! - q!));
      assertEquals(Math.min(...spans.map(({ begin }) => begin)), 0);
      for (const { begin, end } of spans) assert(end >= begin, `${begin} to ${end}`);
      // No thread begins a part before all have finished the previous one
      for (const [i, { step, part }] of ofThread.entries()) {
        const before = ofThread[i - 1];
        const of = (s?: { step: number; part: number }) =>
          spans.filter((span) => span.step === s?.step && span.part === s.part);
        const finished = Math.max(0, ...of(before).map(({ end }) => end));
        for (const { begin } of of({ step, part })) {
          assert(begin >= finished - 0.05, `${begin} after ${finished}`);
        }
      }
    }));
}
