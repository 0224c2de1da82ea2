/**
 * Graphs of more elements than 32 bits count: computed in parts, or rejected with a message that names the operation,
 * the size and the cure; never a wrong value.
 * @module
 */
import * as t from "@gasp/tensor";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { deviceTest } from "./devices.ts";

const N = 65536, HUGE = 2 ** 32;
const column = t.reshape(t.arange(N), [N, 1]), row = t.reshape(t.arange(N), [1, N]);
/** 2³² elements that are never stored. */
const square = t.add(column, row);
const one = t.ones([1]), index = t.tensor(Int32Array.of(5));

/** Calls that cannot be right beyond 2³¹, and what their errors name. */
const REJECTED: Readonly<Record<string, () => unknown>> = {
  arange: () => t.arange(2 ** 31),
  take: () => t.take(t.reshape(square, [HUGE]), index),
  takeAlongAxis: () => t.takeAlongAxis(square, t.zeros([1, N], "i32"), 0),
  scatter: () => t.scatter(t.broadcastTo(one, [HUGE]), index, one),
  scatterAdd: () => t.scatterAdd(t.broadcastTo(one, [HUGE]), index, one),
  sort: () => t.sort(square),
  argmax: () => t.argmax(square),
  argmin: () => t.argmin(t.broadcastTo(one, [HUGE])),
  invertIndex: () => t.invertIndex(index, 2 ** 31),
  rowOffsets: () => t.rowOffsets(2, 2 ** 30),
};

for (const [name, call] of Object.entries(REJECTED)) {
  Deno.test(`${name}() of more than 2³¹ elements is rejected`, () => {
    const error = assertThrows(call, RangeError, name);
    if (!/2147483|1073741823/.test(error.message)) throw new Error(`no size in: ${error.message}`);
  });
}

await deviceTest(
  "a reduction along an axis of 2³¹ elements or more is rejected when it is compiled",
  async (device) => {
    for (const size of [2 ** 31 - 1, HUGE]) {
      const padded = t.pad(t.add(one, 1), [size], [0]);
      for (const [name, reduced] of Object.entries({ sum: t.sum(padded), max: t.max(padded) })) {
        await assertRejects(
          () => t.evaluate([reduced], device),
          RangeError,
          device.info.kind === "reference"
            ? "2³¹ elements of a tensor"
            : `${name} along an axis of ${size + 1} elements`,
        );
      }
    }
  },
);

await deviceTest("equal terms are summed without counting them", async (device) => {
  const [total] = await t.evaluate([t.sum(t.broadcastTo(t.add(one, 1), [HUGE]))], device);
  assertEquals(await total!.item(), 2 * HUGE);
  total!.dispose();
}, ["wasm", "webgpu"]);

await deviceTest("the reference interpreter rejects what it cannot store", async (device) => {
  await assertRejects(
    () => t.evaluate([t.sum(square)], device),
    RangeError,
    "2³¹ elements of a tensor: use the wasm",
  );
}, ["reference"]);
