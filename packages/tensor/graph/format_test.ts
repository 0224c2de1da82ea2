import { assertEquals } from "@std/assert";
import { formatArray } from "./format.ts";

Deno.test("formatArray() aligns columns at the decimal point", () => {
  assertEquals(
    formatArray(Float32Array.of(1, -2.5, 3, 40, 0.125, 6), [2, 3], "f32"),
    "[[ 1    , -2.5  ,  3    ],\n [40    ,  0.125,  6    ]]",
  );
});

Deno.test("formatArray() shows single numbers, booleans, integers and special values", () => {
  assertEquals(formatArray([0.1 + 0.2], [], "f32"), "0.3");
  assertEquals(formatArray([1, 0], [2], "bool"), "[ true, false]");
  assertEquals(formatArray([4294967295, 7], [2], "u32"), "[4294967295,          7]");
  assertEquals(formatArray([NaN, -Infinity, -0], [3], "f32"), "[      NaN, -Infinity,        -0]");
  assertEquals(formatArray([1e-7, 1], [2], "f32"), "[1e-7, 1   ]");
});

Deno.test("formatArray() shows empty arrays", () => {
  assertEquals(formatArray([], [0], "f32"), "[]");
  assertEquals(formatArray([], [2, 0], "f32"), "[[],\n []]");
  assertEquals(formatArray([], [0, 2], "f32"), "[]");
});

Deno.test("formatArray() elides the middle of long axes", () => {
  const counted = Float32Array.from({ length: 1000 }, (_, i) => i);
  assertEquals(formatArray(counted, [1000], "f32"), "[  0,   1,   2, …, 997, 998, 999]");
  assertEquals(
    formatArray(counted, [500, 2], "f32"),
    "[[  0,   1],\n [  2,   3],\n [  4,   5],\n …,\n [994, 995],\n [996, 997],\n [998, 999]]",
  );
  assertEquals(formatArray(counted, [10, 10, 10], "f32").split("\n").length, 2 * 7 + 3);
});

Deno.test("formatArray() reads only the elements that it shows", () => {
  let reads = 0;
  const data = new Proxy([] as number[], { get: (_, key) => (key === "length" ? 1e9 : (reads++, 0)) });
  formatArray(data, [1000, 1000, 1000], "f32");
  assertEquals(reads, 2 * 6 * 6);
});
