/** @module */
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { binary, bitcast, compare, constant, convert, select, unary } from "./build.ts";
import type { Scalar } from "./kernel.ts";

const axis: Scalar = { op: "affine", dtype: "i32", affine: { offset: 0, strides: [1] } };

Deno.test("constant() rounds floats and rejects values an integer type cannot represent", () => {
  assertEquals(constant("f32", 0.1), { op: "const", dtype: "f32", value: Math.fround(0.1) });
  assertThrows(() => constant("i32", 0.5), RangeError, "cannot represent the constant 0.5");
  assertThrows(() => constant("u32", -1), RangeError);
  assertThrows(() => constant("bool", 2), RangeError);
});

Deno.test("binary() folds constants", () => {
  assertEquals(binary("add", constant("i32", 0x7fffffff), constant("i32", 1)), constant("i32", -0x80000000));
  assertEquals(binary("div", constant("f32", 1), constant("f32", 0)), constant("f32", Infinity));
  assertStrictEquals(binary("mul", axis, constant("i32", 1)), axis);
  assertStrictEquals(binary("mul", constant("i32", 1), axis), axis);
});

Deno.test("binary() rejects mixed and unknown types", () => {
  assertThrows(() => binary("add", axis, constant("f32", 1)), TypeError, "got i32, f32");
  assertThrows(() => binary("div", axis, axis), TypeError, "div expects arguments of one type out of f32");
});

Deno.test("unary() and compare() infer result types", () => {
  assertEquals(unary("neg", axis).dtype, "i32");
  assertEquals(compare("lt", axis, axis).dtype, "bool");
  assertThrows(() => unary("sqrt", axis), TypeError);
  assertThrows(() => unary("not", axis), TypeError);
});

Deno.test("select() folds a constant condition and rejects mismatched types", () => {
  const one = constant("i32", 1);
  assertStrictEquals(select(constant("bool", 1), axis, one), axis);
  assertStrictEquals(select(constant("bool", 0), axis, one), one);
  assertThrows(() => select(axis, axis, one), TypeError, "bool condition, got i32");
  assertThrows(() => select(constant("bool", 1), axis, constant("f32", 1)), TypeError);
});

Deno.test("convert() and bitcast() return a value of the target type unchanged", () => {
  assertStrictEquals(convert(axis, "i32"), axis);
  assertStrictEquals(bitcast(axis, "i32"), axis);
  assertEquals(convert(constant("f32", -2.5), "i32"), constant("i32", -2));
  assertEquals(bitcast(constant("f32", 1), "u32"), constant("u32", 0x3f800000));
  assertThrows(() => bitcast(axis, "bool"), TypeError);
});
