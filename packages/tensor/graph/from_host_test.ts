import { assertEquals, assertThrows } from "@std/assert";
import { tensor } from "./from_host.ts";

Deno.test("tensor() takes truth values as bool, and refuses to mix them with numbers", async () => {
  const truths = tensor([[true, false], [false, true]]);
  assertEquals([truths.dtype, truths.shape, [...await truths.data()]], ["bool", [2, 2], [1, 0, 0, 1]]);
  assertEquals([...await tensor(true).data()], [1]);
  assertEquals([...await tensor([true, false], [2], "f32").data()], [1, 0]);
  assertThrows(() => tensor([true, 1]), TypeError, "numbers and truth values");
});

Deno.test("tensor() refuses what an integer type cannot hold", () => {
  assertThrows(() => tensor([1.5], [1], "i32"), RangeError, "value 0 is 1.5");
  assertThrows(() => tensor([0, -1], [2], "u32"), RangeError, "value 1 is -1");
  assertThrows(() => tensor([2 ** 31], [1], "i32"), RangeError, "i32 cannot hold");
  assertThrows(() => tensor([NaN], [1], "i32"), RangeError, "value 0 is NaN");
  assertThrows(() => tensor(Int32Array.of(-1), [1], "u32"), RangeError, "u32 cannot hold");
  assertEquals(tensor([2 ** 32 - 1], [1], "u32").dtype, "u32");
});

Deno.test("tensor() names what it does not take", () => {
  assertThrows(() => tensor(new Uint8Array(2) as unknown as Uint32Array), TypeError, "got Uint8Array");
  assertThrows(() => tensor(["1"] as unknown as number[]), TypeError, "got 1");
  assertThrows(() => tensor([[1, 2], [3]]), RangeError, "ragged");
  assertThrows(() => tensor([1], [1], "f64" as unknown as "f32"), TypeError, "knows no type f64");
});
