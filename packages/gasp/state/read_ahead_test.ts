/** @module */
import { ELEMENT_BYTES, type Tensor, tensor } from "@gasp/tensor";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type HostTensor, tensorToHost } from "./host_record.ts";
import { readAhead } from "./read_ahead.ts";

/** Tensors of these many KiB, whose elements are their index. */
const tensorsOf = (...kibibytes: number[]) =>
  kibibytes.map((size, i) => [i, tensor(new Float32Array((size * 1024) / ELEMENT_BYTES).fill(i))] as const);

Deno.test("readAhead() reads small tensors at once and large ones alone, in order", async () => {
  const tensors = tensorsOf(100, 400, 500, 100, 3000, 1, 1, 1);
  let pending = 0;
  const most: number[] = [];
  const read = async (value: Tensor): Promise<HostTensor> => {
    pending += value.size * ELEMENT_BYTES;
    most.push(pending / 1024);
    await new Promise((resolve) => setTimeout(resolve, 1));
    pending -= value.size * ELEMENT_BYTES;
    return await tensorToHost(value);
  };
  const found: number[] = [];
  for await (const [key, { data }] of readAhead(tensors, read)) {
    assert(data.every((element) => element === key));
    found.push(key);
  }
  assertEquals(found, [0, 1, 2, 3, 4, 5, 6, 7]);
  assertEquals(most.slice(0, 3), [100, 500, 1000]);
  assert(most.every((sum) => sum <= 1024 || sum === 3000), `${most}`);
});

Deno.test("readAhead() throws the error of the first tensor that cannot be read", async () => {
  const read = (value: Tensor) => Promise.reject(new Error(`size ${value.size}`));
  const all = async () => {
    for await (const _ of readAhead(tensorsOf(1, 2), read));
  };
  await assertRejects(all, Error, "size 256");
});
