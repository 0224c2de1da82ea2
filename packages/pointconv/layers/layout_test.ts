import { assertEquals, assertThrows } from "@std/assert";
import { toBatchMajor, toPointMajor } from "./layout.ts";
import { numbers, randomTensor } from "../testing.ts";

Deno.test("toBatchMajor() inverts toPointMajor(), for shared and own coordinates", async () => {
  const features = randomTensor("features", [3, 5, 2]);
  assertEquals(toPointMajor(features, "shared").shape, [5, 3, 2]);
  assertEquals(toPointMajor(features, "own").shape, [15, 1, 2]);
  for (const layout of ["shared", "own"] as const) {
    assertEquals(await numbers(toBatchMajor(toPointMajor(features, layout), 5)), await numbers(features));
  }
});

Deno.test("toBatchMajor() rejects rows that are not a multiple of the points", () => {
  assertThrows(() => toBatchMajor(randomTensor("x", [7, 1, 2]), 5), RangeError, "not examples of 5 points");
  assertThrows(
    () => toBatchMajor(randomTensor("x", [10, 2, 2]), 5),
    RangeError,
    "expected [5, batch, channels]",
  );
  assertThrows(() => toPointMajor(randomTensor("x", [10, 2]), "own"), RangeError, "three axes");
});
