/** @module */
import { assertEquals } from "@std/assert";
import { applyOp, wrap } from "./arithmetic.ts";

Deno.test("wrap() converts numbers to each type", () => {
  assertEquals(wrap("f32", 0.1), Math.fround(0.1));
  assertEquals(wrap("i32", 2 ** 31), -(2 ** 31));
  assertEquals(wrap("u32", -1), 2 ** 32 - 1);
  assertEquals([wrap("bool", 3), wrap("bool", -0)], [1, 0]);
});

Deno.test("applyOp() rounds to nearest with ties to even", () => {
  const from = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49, -0.2, 8388607.5, Infinity, NaN];
  const to = [0, 2, 2, -0, -2, -2, 0, -0, 8388608, Infinity, NaN];
  assertEquals(from.map((x) => applyOp("round", "f32", "f32", [x])), to);
});

Deno.test("applyOp() wraps integers and preserves the sign in shifts of i32", () => {
  assertEquals(applyOp("mul", "u32", "u32", [0xffffffff, 0xffffffff]), 1);
  assertEquals(applyOp("add", "i32", "i32", [0x7fffffff, 1]), -0x80000000);
  assertEquals(applyOp("abs", "i32", "i32", [-0x80000000]), -0x80000000);
  assertEquals(applyOp("shr", "i32", "i32", [-8, 1]), -4);
  assertEquals(applyOp("shr", "u32", "u32", [0x80000000, 31]), 1);
  assertEquals(applyOp("shl", "u32", "u32", [1, 31]), 0x80000000);
  assertEquals(applyOp("xor", "u32", "u32", [0xffffffff, 1]), 0xfffffffe);
});

Deno.test("applyOp() converts with truncation and saturation", () => {
  const toSigned = (x: number) => applyOp("convert", "i32", "f32", [x]);
  const toUnsigned = (x: number) => applyOp("convert", "u32", "f32", [x]);
  assertEquals([-1.9, -0.5, 1.9, 1e20, -Infinity, NaN].map(toSigned), [-1, 0, 1, 0x7fffffff, -0x80000000, 0]);
  assertEquals([-1.9, 3e9, 1e20, NaN].map(toUnsigned), [0, 3e9, 0xffffffff, 0]);
  assertEquals(applyOp("convert", "i32", "u32", [0xffffffff]), -1);
  assertEquals(applyOp("convert", "f32", "i32", [16777217]), 16777216);
  assertEquals(applyOp("convert", "bool", "f32", [0.25]), 1);
  assertEquals(applyOp("convert", "f32", "bool", [1]), 1);
});

Deno.test("applyOp() preserves bits in bitcast", () => {
  assertEquals(applyOp("bitcast", "i32", "f32", [-0]), -0x80000000);
  assertEquals(applyOp("bitcast", "u32", "f32", [1]), 0x3f800000);
  assertEquals(applyOp("bitcast", "f32", "i32", [-0x800000]), -Infinity);
  assertEquals(applyOp("bitcast", "u32", "i32", [-1]), 0xffffffff);
});

Deno.test("applyOp() compares and combines booleans", () => {
  assertEquals([[0, 1], [1, 1], [0, 0]].map((args) => applyOp("and", "bool", "bool", args)), [0, 1, 0]);
  assertEquals(applyOp("not", "bool", "bool", [0]), 1);
  assertEquals(applyOp("le", "bool", "f32", [NaN, 1]), 0);
  assertEquals(applyOp("ne", "bool", "f32", [NaN, 1]), 1);
  assertEquals(applyOp("select", "f32", "bool", [0, 3, 4]), 4);
});
