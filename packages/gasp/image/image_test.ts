import { assertEquals, assertThrows } from "@std/assert";
import { rasterFromValues } from "./image.ts";

Deno.test("rasterFromValues() maps [-1, 1] to bytes and clamps other values", () => {
  const { pixels } = rasterFromValues([-1, 0.2, 1, -1.5, 1.5, NaN], { height: 2, width: 1, channels: 3 });
  assertEquals([...pixels], [0, 153, 255, 0, 255, 0]);
});

Deno.test("rasterFromValues() throws for a wrong number of values", () => {
  assertThrows(
    () => rasterFromValues([0], { height: 1, width: 1, channels: 3 }),
    RangeError,
    "has 3 values, got 1",
  );
});
