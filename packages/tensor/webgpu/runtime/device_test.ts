import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BufferLimitError } from "../../device/buffer_limit_error.ts";
import type { DeviceBuffer, KernelDevice } from "../../device/device.ts";
import type { LoopKernel, Program, Scalar, Step } from "../../ir/kernel.ts";
import { openWebGPU } from "./device.ts";
import { checkProgram, deviceTest, ir, noise } from "./harness_test.ts";

const { load, op, constant, accumulator, store, buffers } = ir;

/** `out = factor · x + shift`. */
function scale(size: number, factor: number, shift = 0): LoopKernel {
  return {
    kind: "loop",
    name: "scale",
    buffers: buffers("f32:r f32:w"),
    map: [size],
    reduce: [],
    accumulators: [],
    stores: [
      store(1, [1], op("add", "f32", op("mul", "f32", load(0, [1]), constant(factor)), constant(shift))),
    ],
  };
}

/** `x += 1`, in place. */
function increment(size: number): LoopKernel {
  return {
    kind: "loop",
    name: "increment",
    buffers: buffers("f32:rw"),
    map: [size],
    reduce: [],
    accumulators: [],
    stores: [store(0, [1], op("add", "f32", load(0, [1]), constant(1)))],
  };
}

/** Steps that each scale the buffer before them; the first and the last are external. */
function chain(size: number, length: number): Program {
  return {
    buffers: Array.from({ length: length + 1 }, (_, i) => ({
      bytes: 4 * size,
      role: i === 0 || i === length ? "external" : "temporary",
    })),
    steps: Array.from({ length }, (_, i): Step => ({ kernel: scale(size, 0.5, i), args: [i, i + 1] })),
  };
}

const external = (bytes: number) => ({ bytes, role: "external" }) as const;

async function readFloats(device: KernelDevice, buffer: DeviceBuffer): Promise<number[]> {
  return [...new Float32Array(await device.read(buffer, buffer.bytes))];
}

deviceTest("write() and read() support views, shared memory, and empty arrays", async (device) => {
  const buffer = device.allocate(20);
  const whole = Float32Array.of(9, 1, 2, 3, 4, 5, 9);
  device.write(buffer, whole.subarray(1, 6));
  assertEquals(await readFloats(device, buffer), [1, 2, 3, 4, 5]);
  const shared = new Float32Array(new SharedArrayBuffer(8));
  shared.set([7, 8]);
  device.write(buffer, shared);
  assertEquals(await readFloats(device, buffer), [7, 8, 3, 4, 5]);
  device.write(buffer, new Float32Array(0));
  assertEquals([...new Float32Array(await device.read(buffer, 8))], [7, 8]);
  const empty = device.allocate(0);
  assertEquals((await device.read(empty, 0)).byteLength, 0);
  device.free(buffer);
  device.free(empty);
});

deviceTest("reads of one buffer may overlap, and only see preceding writes", async (device) => {
  const buffer = device.allocate(4);
  const reads = [1, 2, 3].map((value) => {
    device.write(buffer, Float32Array.of(value));
    return device.read(buffer, 4);
  });
  const values = (await Promise.all(reads)).map((bytes) => new Float32Array(bytes)[0]);
  assertEquals(values, [1, 2, 3]);
  device.free(buffer);
});

deviceTest("wrong sizes and handles are rejected", async (device) => {
  assertThrows(() => device.allocate(6), RangeError, "multiple of four bytes, got 6");
  assertThrows(() => device.allocate(device.info.maxBufferBytes + 16), BufferLimitError, "but the limit max");
  const buffer = device.allocate(8);
  assertThrows(
    () => device.write(buffer, new Float32Array(3)),
    RangeError,
    "12 bytes do not fit a buffer of 8",
  );
  await assertRejects(
    () => device.read(buffer, 12),
    RangeError,
    "12 bytes cannot be read from a buffer of 8",
  );
  const other = await openWebGPU();
  assertThrows(() => other.free(buffer), TypeError, "belongs to another device");
  await other.close();
  device.free(buffer);
  assertThrows(() => device.free(buffer), TypeError, "has been freed");
  await assertRejects(() => device.read(buffer, 4), TypeError, "has been freed");
});

deviceTest("maxMemoryBytes is enforced, temporaries included", async () => {
  const device = await openWebGPU({ maxMemoryBytes: 1000 });
  const buffer = device.allocate(600);
  assertThrows(() => device.allocate(500), RangeError, "are in use");
  await assertRejects(
    () => device.prepare(chain(50, 3)).then(() => device.prepare(chain(50, 3))),
    RangeError,
  );
  device.free(buffer);
  device.free(device.allocate(600));
  await device.close();
});

deviceTest("programs of several steps share memory among temporaries", async (device) => {
  const size = 1000, length = 9;
  const program = chain(size, length);
  const executable = await device.prepare(program);
  assertEquals(executable.temporaryBytes, 2 * 4 * size);
  assertEquals(device.liveBytes, executable.temporaryBytes);
  executable.release();
  executable.release();
  await checkProgram(device, program, [noise(size), new Float32Array(size)], "chain");
});

deviceTest("programs mix kernels with scratch memory", async (device) => {
  const rows = 40000, columns = 3;
  const x = load(0, [1, columns]);
  const sum = (value: Scalar): LoopKernel => ({
    kind: "loop",
    name: "sum",
    buffers: buffers("f32:r f32:w"),
    map: [columns],
    reduce: [rows],
    accumulators: [{ kind: "sum", dtype: "f32", value }],
    stores: [store(1, [1, 0], accumulator())],
  });
  const center: LoopKernel = {
    kind: "loop",
    name: "center",
    buffers: buffers("f32:r f32:r f32:w"),
    map: [rows, columns],
    reduce: [],
    accumulators: [],
    stores: [
      store(
        2,
        [columns, 1],
        op("sub", "f32", load(0, [columns, 1]), op("mul", "f32", load(1, [0, 1]), constant(1 / rows))),
      ),
    ],
  };
  const bytes = 4 * rows * columns;
  const program: Program = {
    buffers: [
      external(bytes),
      { bytes: 4 * columns, role: "temporary" },
      { bytes, role: "temporary" },
      external(4 * columns),
    ],
    steps: [
      { kernel: sum(x), args: [0, 1] },
      { kernel: center, args: [0, 1, 2] },
      { kernel: sum(op("mul", "f32", x, x)), args: [2, 3] },
    ],
  };
  const shifted = noise(rows * columns).map((x) => x + 0.5);
  await checkProgram(device, program, [shifted, new Float32Array(columns)], "squared deviations");
});

deviceTest("runs execute in call order, awaited or not", async (device) => {
  const executable = await device.prepare({
    buffers: [external(16)],
    steps: [{ kernel: increment(4), args: [0] }],
  });
  const buffer = device.allocate(16);
  device.write(buffer, new Float32Array(4));
  const runs = Array.from({ length: 20 }, () => executable.run([buffer]));
  const between = device.read(buffer, 16);
  device.write(buffer, new Float32Array(4));
  for (let i = 0; i < 5; i++) runs.push(executable.run([buffer]));
  assertEquals([...new Float32Array(await between)], [20, 20, 20, 20]);
  assertEquals(await readFloats(device, buffer), [5, 5, 5, 5]);
  await Promise.all(runs);
  device.free(buffer);
  executable.release();
});

deviceTest("a program runs on many sets of buffers in turn", async (device) => {
  const executable = await device.prepare(chain(8, 2));
  const sets = Array.from({ length: 11 }, (_, i) => {
    const set = [device.allocate(32), device.allocate(32)] as const;
    device.write(set[0], new Float32Array(8).fill(i));
    return set;
  });
  for (let round = 0; round < 2; round++) {
    for (const set of sets) await executable.run(set);
  }
  for (const [i, [, out]] of sets.entries()) assertEquals((await readFloats(device, out))[0], i * 0.25 + 1);
  sets.flat().forEach((buffer) => device.free(buffer));
  executable.release();
});

deviceTest(
  "a buffer that is freed while work uses it is not overwritten by its next owner",
  async (device) => {
    const executable = await device.prepare(chain(1000, 2));
    const [source, out] = [device.allocate(4000), device.allocate(4000)];
    device.write(source, new Float32Array(1000).fill(4));
    const run = executable.run([source, out]);
    device.free(source);
    const next = device.allocate(4000);
    device.write(next, new Float32Array(1000));
    assertEquals((await readFloats(device, out))[999], 2);
    await run;
    device.free(next);
    device.free(out);
    executable.release();
  },
);

deviceTest("programs without work run", async (device) => {
  const executable = await device.prepare({
    buffers: [external(0), external(0)],
    steps: [{ kernel: scale(0, 2), args: [0, 1] }],
  });
  const handles = [device.allocate(0), device.allocate(0)];
  await executable.run(handles);
  handles.forEach((handle) => device.free(handle));
  executable.release();
});

deviceTest("run() rejects wrong buffers and released programs", async (device) => {
  const executable = await device.prepare(chain(8, 2));
  const [large, small] = [device.allocate(32), device.allocate(16)];
  await assertRejects(() => executable.run([large]), RangeError, "needs 2 buffers, got 1");
  await assertRejects(() => executable.run([large, small]), RangeError, "needs 32 bytes, got 16");
  executable.release();
  await assertRejects(() => executable.run([large, large]), Error, "has been released");
  device.free(large);
  device.free(small);
});

deviceTest("errors reported by the GPU are thrown at the next call", async (device) => {
  const executable = await device.prepare(chain(8, 1));
  const buffer = device.allocate(32);
  // One buffer both read and written in a dispatch is an error that WebGPU reports later.
  await executable.run([buffer, buffer]);
  await assertRejects(() => device.read(buffer, 32), Error, "the GPU reported");
  device.write(buffer, new Float32Array(8).fill(3));
  assertEquals((await readFloats(device, buffer))[0], 3);
  device.free(buffer);
  executable.release();
});

deviceTest("a closed device rejects work and frees its memory", async () => {
  const device = await openWebGPU();
  const executable = await device.prepare(chain(8, 3));
  const buffer = device.allocate(32);
  await device.close();
  assertEquals([device.liveBuffers, device.liveBytes], [0, 0]);
  assertThrows(() => device.allocate(4), Error, "the device has been closed; open a new one");
  await assertRejects(() => device.read(buffer, 4), Error, "the device has been closed");
  await assertRejects(() => device.prepare(chain(8, 3)), Error, "the device has been closed");
  await assertRejects(() => executable.run([buffer, buffer]), Error, "the device has been closed");
  device.free(buffer);
  executable.release();
  await device.close();
});

deviceTest("results are the same bytes in every run and on every device of one kind", async (device) => {
  const rows = 30000;
  const kernel: LoopKernel = {
    kind: "loop",
    name: "sum",
    buffers: buffers("f32:r f32:w"),
    map: [5],
    reduce: [rows],
    accumulators: [{ kind: "sum", dtype: "f32", value: load(0, [1, 5]) }],
    stores: [store(1, [1, 0], accumulator())],
  };
  const program: Program = {
    buffers: [external(20 * rows), external(20)],
    steps: [{ kernel, args: [0, 1] }],
  };
  const results: number[][] = [];
  const other = await openWebGPU();
  for (const on of [device, device, other]) {
    const executable = await on.prepare(program);
    const handles = [on.allocate(20 * rows), on.allocate(20)];
    on.write(handles[0]!, noise(5 * rows));
    await executable.run(handles);
    results.push(await readFloats(on, handles[1]!));
    handles.forEach((handle) => on.free(handle));
    executable.release();
  }
  await other.close();
  assertEquals(results[1], results[0]);
  assertEquals(results[2], results[0]);
});
