import { assertEquals, assertRejects } from "@std/assert";
import * as t from "../../mod.ts";
import { bufferLimitOf } from "./buffer_limit.ts";
import { openWebGPU } from "./device.ts";
import { deviceTest } from "./harness_test.ts";

const limitsOf = (maxStorageBufferBindingSize: number, maxBufferSize: number) =>
  ({ maxStorageBufferBindingSize, maxBufferSize }) as unknown as GPUSupportedLimits;

Deno.test("bufferLimitOf() names the tightest limit and rounds it to whole vectors", () => {
  assertEquals(bufferLimitOf(limitsOf(2 ** 27, 2 ** 28)), {
    name: "maxStorageBufferBindingSize",
    bytes: 2 ** 27,
  });
  assertEquals(bufferLimitOf(limitsOf(2 ** 31 - 1, 1000)), { name: "maxBufferSize", bytes: 992 });
  assertEquals(bufferLimitOf(limitsOf(2 ** 31, 1000), 100), { name: "maxBufferBytes", bytes: 96 });
});

deviceTest("a program with a buffer beyond the limit is rejected with the tensor and the limit", async () => {
  await using device = await openWebGPU({ maxBufferBytes: 4096 });
  assertEquals(device.info.maxBufferBytes, 4096);
  using f = t.compile(
    (x: t.Tensor, rows: t.Tensor) => t.sum(t.scope("layer1", () => t.cumsum(t.add(rows, x)))),
    { device },
  );
  using y = await f(t.ones([16]), t.ones([64, 1]));
  assertEquals([...await y.data()], [2 * 16 * 64 * 65 / 2]);
  const error = await assertRejects(() => f(t.ones([17]), t.ones([64, 1])), t.BufferLimitError);
  assertEquals(error.buffer, {
    what: 'the result of "add" in the scope "layer1"',
    bytes: 64 * 17 * 4,
    limit: "maxBufferBytes",
    limitBytes: 4096,
  });
  const message = "an argument takes 4.0 KiB, but the limit maxBufferBytes of this GPU is 4.0 KiB";
  await assertRejects(
    () => t.evaluate(t.sum(t.tensor(new Float32Array(1025))), device),
    t.BufferLimitError,
    message,
  );
});
