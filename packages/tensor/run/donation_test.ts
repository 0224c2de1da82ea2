import { assert, assertEquals, assertRejects } from "@std/assert";
import * as t from "../mod.ts";
import { OracleDevice } from "../compile/oracle_device.ts";
import { DeviceMemoryError } from "../device/device_memory_error.ts";
import type { DeviceBuffer } from "../device/device.ts";
import type { Executable, Program } from "../compiler.ts";

/** Rejects allocations after some, or fails runs. */
class FaultyDevice extends OracleDevice {
  /** Allocations that succeed. */
  room = Infinity;
  /** Whether runs fail. */
  fails = false;

  override allocate(bytes: number) {
    if (this.room-- <= 0) throw new DeviceMemoryError("full");
    return super.allocate(bytes);
  }

  override async prepare(program: Program): Promise<Executable> {
    const executable = await super.prepare(program);
    const run = (external: readonly DeviceBuffer[]) =>
      this.fails ? Promise.reject(new Error("the device was lost")) : executable.run(external);
    return { ...executable, run };
  }
}

const both = (a: t.Tensor, b: t.Tensor) => [t.mul(b, 10), t.add(a, t.sum(b))] as const;

Deno.test("a donated tensor that is passed twice is rejected, and nothing is consumed", async () => {
  for (const device of [new OracleDevice(), t.reference]) {
    using f = t.compile(both, { device, donateArgnums: [1] });
    using x = await t.evaluate(t.tensor([1, 2]), device);
    await assertRejects(
      () => f(x, x),
      Error,
      "argument 1 is the same tensor as argument 0, and argument 1 is donated",
    );
    assertEquals([...await x.data()], [1, 2]);
  }
  using twice = t.compile(both, { device: new OracleDevice(), donateArgnums: [0, 1] });
  const same = t.tensor([1]);
  await assertRejects(() => twice(same, same), Error, "the same tensor");
});

Deno.test("a call that runs out of memory frees its allocations and consumes nothing", async () => {
  const device = new FaultyDevice();
  using f = t.compile(both, { device, donateArgnums: [0] });
  (await f([1, 2], [3, 4])).forEach((y) => y.dispose());
  const a = await t.evaluate(t.tensor([1, 2]), device);
  const live = device.liveBuffers;
  for (const room of [0, 1]) {
    device.room = room;
    // The retry fails too
    await assertRejects(() => f(a, [3, 4]), DeviceMemoryError, "dispose()");
    assertEquals([device.liveBuffers, a.isDisposed], [live, false]);
  }
  device.room = Infinity;
  for (const y of await f(a, [3, 4])) y.dispose();
  assertEquals([device.liveBuffers, a.isDisposed], [live - 1, true]);
});

Deno.test("a failed run frees its allocations and the donated arguments", async () => {
  const device = new FaultyDevice();
  using f = t.compile(both, { device, donateArgnums: [0] });
  const [a, b] = await t.evaluate([t.tensor([1, 2]), t.tensor([3, 4])] as const, device);
  device.fails = true;
  await assertRejects(() => f(a, b), Error, "the device was lost");
  assertEquals([device.liveBuffers, a.isDisposed, b.isDisposed], [1, true, false]);
  b.dispose();
});

Deno.test("a donated tensor that the function also closes over is rejected before anything is consumed", async () => {
  const device = new OracleDevice();
  const x = await t.evaluate(t.tensor([1, 2]), device);
  using f = t.compile((y: t.Tensor) => t.add(t.exp(y), t.exp(x)), { device, donateArgnums: [0] });
  await assertRejects(() => f(x), Error, "closes over");
  assert(!x.isDisposed);
  x.dispose();
});

Deno.test("release() during a call frees the program after the call", async () => {
  const device = new OracleDevice();
  const constant = t.tensor([5, 6]);
  const f = t.compile((x: t.Tensor) => t.add(x, constant), { device });
  const pending = f([1, 2]);
  f.release();
  using y = await pending;
  assertEquals([...await y.data()], [6, 8]);
  await Promise.resolve();
  assertEquals(device.liveBuffers, 1);
});

/**
 * Functions of a donated square matrix, and a result of its shape that could take its memory too early or in a wrong
 * order.
 */
const HAZARDS: Readonly<Record<string, (x: t.Tensor) => t.Tensor[]>> = {
  "at another index in the same kernel": (x) => [t.add(x, t.transpose(x))],
  "as a factor of the product that it becomes": (x) => [t.matmul(x, t.transpose(x))],
  "by a later sum": (x) => [t.add(x, 1), t.sum(x, { axes: 0 }), t.max(x, { axes: 1 })],
  "by a later product": (x) => [t.mul(x, 2), t.matmul(x, x)],
  "by gathers before and after": (x) => {
    const table = t.indexTable([2, 0, 1, 1], [4], 4);
    return [t.add(t.gather(x, table), x), t.exp(x), t.gather(t.sin(x), table)];
  },
};

for (const [name, fn] of Object.entries(HAZARDS)) {
  Deno.test(`a donated argument is not overwritten while it is read ${name}`, async () => {
    const x = t.tensor(Float32Array.from({ length: 16 }, (_, i) => (i * 7 % 16) / 8 - 1), [4, 4]);
    const expected = await Promise.all((await t.evaluate(fn(x))).map(async (y) => [...await y.data()]));
    const device = new OracleDevice();
    using f = t.compile(fn, { device, donateArgnums: [0] });
    for (let call = 0; call < 2; call++) {
      for (const [i, y] of (await f(await t.evaluate(x, device))).entries()) {
        (await y.data()).forEach((value, j) =>
          assert(Math.abs(value - expected[i]![j]!) < 1e-6, `output ${i}`)
        );
        y.dispose();
      }
    }
  });
}
