import { assertEquals, assertThrows } from "@std/assert";
import { tensor } from "./from_host.ts";

Deno.test("tensor() converts booleans to bool, and rejects mixing them with numbers", async () => {
  const booleans = tensor([[true, false], [false, true]]);
  assertEquals([booleans.dtype, booleans.shape, [...await booleans.data()]], ["bool", [2, 2], [1, 0, 0, 1]]);
  assertEquals([...await tensor(true).data()], [1]);
  assertEquals([...await tensor([true, false], [2], "f32").data()], [1, 0]);
  assertThrows(() => tensor([true, 1]), TypeError, "numbers and booleans");
});

Deno.test("tensor() rejects values not representable in an integer type", () => {
  assertThrows(() => tensor([1.5], [1], "i32"), RangeError, "value 0 is 1.5");
  assertThrows(() => tensor([0, -1], [2], "u32"), RangeError, "value 1 is -1");
  assertThrows(() => tensor([2 ** 31], [1], "i32"), RangeError, "not representable in i32");
  assertThrows(() => tensor([NaN], [1], "i32"), RangeError, "value 0 is NaN");
  assertThrows(() => tensor(Int32Array.of(-1), [1], "u32"), RangeError, "not representable in u32");
  assertEquals(tensor([2 ** 32 - 1], [1], "u32").dtype, "u32");
});

Deno.test("tensor() names unsupported values", () => {
  assertThrows(() => tensor(new Uint8Array(2) as unknown as Uint32Array), TypeError, "got Uint8Array");
  assertThrows(() => tensor(["1"] as unknown as number[]), TypeError, "got 1");
  assertThrows(() => tensor([[1, 2], [3]]), RangeError, "ragged");
  assertThrows(() => tensor([1], [1], "f64" as unknown as "f32"), TypeError, "unknown type f64");
});
