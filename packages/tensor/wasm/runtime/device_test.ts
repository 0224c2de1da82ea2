/** @module */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { KernelDevice } from "../../device/device.ts";
import type { GemmKernel, LoopKernel, Program } from "../../ir/kernel.ts";
import { openWasm } from "./device.ts";
import { WorkerPool } from "./pool.ts";
import { accumulator, affine, load, Noise, runOn, slots, withDevice } from "../testing.ts";

/** `x · x`, then the row sums of the result, through a temporary: large enough for the workers. */
function squareProgram(size: number): Program {
  const product: GemmKernel = {
    kind: "gemm",
    name: "square",
    buffers: slots("r", "w"),
    batch: [],
    m: size,
    n: size,
    k: size,
    a: { buffer: 0, offset: 0, batch: [], row: size, column: 1 },
    b: { buffer: 0, offset: 0, batch: [], row: size, column: 1 },
    stores: [{ buffer: 1, address: affine([size, 1]), value: accumulator(0) }],
  };
  const totals: LoopKernel = {
    kind: "loop",
    name: "totals",
    buffers: slots("r", "w"),
    map: [size],
    reduce: [size],
    accumulators: [{ kind: "sum", dtype: "f32", value: load(0, [size, 1]) }],
    stores: [{ buffer: 1, address: affine([1, 0]), value: accumulator(0) }],
  };
  return {
    buffers: [
      { bytes: 4 * size * size, role: "external" },
      { bytes: 4 * size * size, role: "temporary" },
      { bytes: 4 * size, role: "external" },
    ],
    steps: [{ kernel: product, args: [0, 1] }, { kernel: totals, args: [1, 2] }],
  };
}

/** `y[i] = y[i] + 1` on a few elements: small enough for the calling thread. */
function incrementProgram(size: number): Program {
  const kernel: LoopKernel = {
    kind: "loop",
    name: "increment",
    buffers: slots("rw"),
    map: [size],
    reduce: [],
    accumulators: [],
    stores: [{
      buffer: 0,
      address: affine([1]),
      value: { op: "add", dtype: "f32", args: [load(0, [1]), { op: "const", dtype: "f32", value: 1 }] },
    }],
  };
  return { buffers: [{ bytes: 4 * size, role: "external" }], steps: [{ kernel, args: [0] }] };
}

const open = (threads: number) => () => openWasm({ threads });

Deno.test("openWasm() returns the same bytes on any number of threads", async () => {
  const size = 200, data = [new Noise(1).array("f32", size * size), new Float32Array(size)];
  const results: Float32Array[] = [];
  for (const threads of [1, 2, 3]) {
    await withDevice(open(threads), async (device) => {
      const [, totals] = await runOn(device, squareProgram(size), data);
      results.push(new Float32Array(totals ?? new ArrayBuffer(0)));
    });
  }
  assertEquals(results[1], results[0]);
  assertEquals(results[2], results[0]);
  assert(results[0]?.some((total) => total !== 0));
});

Deno.test("openWasm() runs everything on the calling thread where memory cannot be shared", async () => {
  const size = 150, data = [new Noise(2).array("f32", size * size), new Float32Array(size)];
  const shared = Object.getOwnPropertyDescriptor(globalThis, "SharedArrayBuffer");
  assert(shared, "the runtime of the tests has shared memory");
  const results: (ArrayBuffer | undefined)[] = [];
  try {
    for (const value of [undefined, shared.value]) {
      Object.defineProperty(globalThis, "SharedArrayBuffer", { ...shared, value });
      await withDevice(open(2), async (device) => {
        assertEquals(device.info.threads, value ? 2 : 1);
        results.push((await runOn(device, squareProgram(size), data))[1]);
      });
    }
  } finally {
    Object.defineProperty(globalThis, "SharedArrayBuffer", shared);
  }
  assertEquals(results[0], results[1]);
});

Deno.test("openWasm() executes runs, writes and reads in order", () =>
  withDevice(open(2), async (device) => {
    const size = 160,
      small = await device.prepare(incrementProgram(size)),
      big = await device.prepare(squareProgram(size));
    const square = device.allocate(4 * size * size), totals = device.allocate(4 * size);
    const ones = new Float32Array(size * size).fill(1), twos = new Float32Array(size * size).fill(2);
    device.write(square, ones);
    const first = big.run([square, totals]);
    device.write(square, twos);
    twos.fill(NaN);
    const added = small.run([totals]);
    const afterFirst = device.read(totals, 4);
    const second = big.run([square, totals]);
    const afterSecond = device.read(totals, 4);
    device.free(square);
    device.free(totals);
    await Promise.all([first, second, added]);
    assertEquals(new Float32Array(await afterFirst)[0], size * size + 1);
    assertEquals(new Float32Array(await afterSecond)[0], 4 * size * size);
    big.release();
    small.release();
  }));

Deno.test("openWasm() reports memory in use, and rejects allocations that do not fit", async () => {
  const device = await openWasm({ threads: 1, maxMemoryBytes: 8 << 20 });
  const buffer = device.allocate(4 << 20);
  assertEquals([device.liveBuffers, device.liveBytes], [1, 4 << 20]);
  assertThrows(
    () => device.allocate(6 << 20),
    RangeError,
    "cannot allocate 6.0 MiB: 4.0 MiB of 8.0 MiB are in use",
  );
  assertThrows(() => device.allocate(3), RangeError, "multiple of 4");
  device.free(buffer);
  assertThrows(() => device.free(buffer), Error, "has been freed");
  device.free(device.allocate(6 << 20));
  device.free(device.allocate(0));
  assertEquals([device.liveBuffers, device.liveBytes], [0, 0]);
  await device.close();
  assertThrows(() => device.allocate(4), Error, "closed");
});

Deno.test("openWasm() rejects options out of range", async () => {
  await assertRejects(() => openWasm({ threads: 0 }), RangeError, "from 1 to 256, got 0");
  await assertRejects(() => openWasm({ maxMemoryBytes: 5 }), RangeError, "at least 1 MiB");
});

Deno.test("WasmDevice.prepare() accepts a program without steps", () =>
  withDevice(() => openWasm({ threads: 1 }), async (device) => {
    const data = Float32Array.of(1, 2, 3);
    const program = { buffers: [{ bytes: 12, role: "external" }], steps: [] } as const;
    assertEquals((await runOn(device, program, [data])).map((buffer) => [...new Float32Array(buffer)]), [[
      1,
      2,
      3,
    ]]);
  }));

Deno.test("Executable.release() gives the memory of the program back", async () => {
  const size = 400;
  // Temporaries of 640 kB and a little more, ten times over, do not fit.
  await withDevice(() => openWasm({ threads: 2, maxMemoryBytes: 6 << 20 }), async (device) => {
    for (let i = 0; i < 10; i++) {
      const executable = await device.prepare(squareProgram(size));
      assert(device.liveBytes >= 4 * size * size);
      executable.release();
      assertEquals(device.liveBytes, 0);
    }
  });
});

Deno.test("Executable.release() lets the workers forget the program", async () => {
  const { forget, run } = WorkerPool.prototype, log: string[] = [];
  WorkerPool.prototype.run = function (id, ...rest) {
    log.push(`run ${id}`);
    return run.call(this, id, ...rest);
  };
  WorkerPool.prototype.forget = function (id) {
    log.push(`forget ${id}`);
    forget.call(this, id);
  };
  try {
    const size = 200, data = [new Float32Array(size * size), new Float32Array(size)];
    await withDevice(open(2), async (device) => {
      for (let i = 0; i < 2; i++) await runOn(device, squareProgram(size), data);
    });
    const [first, second] = log.filter((line) => line.startsWith("run")).map((line) => line.slice(4));
    assert(first !== second);
    assertEquals(log, [`run ${first}`, `forget ${first}`, `run ${second}`, `forget ${second}`]);
  } finally {
    Object.assign(WorkerPool.prototype, { forget, run });
  }
});

Deno.test("Executable.run() rejects buffers that do not fit", () =>
  withDevice(open(1), async (device) => {
    const executable = await device.prepare(incrementProgram(8));
    const small = device.allocate(16);
    await assertRejects(
      () => executable.run([small]),
      RangeError,
      "buffer 0 of the program needs 32 bytes, got 16",
    );
    await assertRejects(() => executable.run([]), RangeError, "needs 1 buffers, got 0");
    device.free(small);
    executable.release();
    await assertRejects(() => executable.run([]), Error, "released");
  }));

Deno.test("Executable.run() survives a failing worker", () =>
  withDevice(open(2), async (device) => {
    const size = 256, noise = new Noise(3);
    await assertRejects(() => runBadGather(device, size), Error, "failed while running a program");
    const data = [noise.array("f32", size * size), new Float32Array(size)];
    const [, totals] = await runOn(device, squareProgram(size), data);
    await withDevice(open(2), async (fresh) => {
      assertEquals(totals, (await runOn(fresh, squareProgram(size), data))[1]);
    });
  }));

/** A gather far out of bounds of all memory, in the middle of a large program. */
async function runBadGather(device: KernelDevice, size: number): Promise<void> {
  const index = load(0, [1], { dtype: "i32" });
  const bad: LoopKernel = {
    kind: "loop",
    name: "bad",
    buffers: slots(["r", "i32"], "r", "w"),
    map: [size],
    reduce: [],
    accumulators: [],
    stores: [{ buffer: 2, address: affine([1]), value: load(1, [0], { indirect: [{ stride: 1, index }] }) }],
  };
  const { buffers, steps } = squareProgram(size);
  const program: Program = {
    buffers: [...buffers, { bytes: 4 * size, role: "external" }],
    steps: [...steps, { kernel: bad, args: [3, 1, 2] }, ...steps],
  };
  const executable = await device.prepare(program);
  const external = [size * size, size, size].map((count) => device.allocate(4 * count));
  const [, , table] = external;
  if (table) device.write(table, new Int32Array(size).fill(0x30000000));
  try {
    await executable.run(external);
  } finally {
    external.forEach((buffer) => device.free(buffer));
    executable.release();
  }
}
