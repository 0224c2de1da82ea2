import { assertEquals, assertThrows } from "@std/assert";
import { gridCoordinates, gridRows } from "./grid.ts";

Deno.test("gridCoordinates() lists the points of an image in row-major order, vertical coordinate first", () => {
  const expected = [-1, -1, -1, 0, -1, 1, 0, -1, 0, 0, 0, 1, 1, -1, 1, 0, 1, 1];
  assertEquals([...gridCoordinates([3, 3])], expected);
});

Deno.test("gridCoordinates() scales every axis by the first one", () => {
  assertEquals([...gridCoordinates([2, 3])], [-1, -1, -1, 1, -1, 3, 1, -1, 1, 1, 1, 3]);
});

Deno.test("gridCoordinates() rounds to float32 after each operation", () => {
  const { fround } = Math;
  for (const size of [7, 28, 64, 257]) {
    const coordinates = gridCoordinates([size, size]);
    for (let i = 0; i < size; i++) {
      const expected = fround(2 * fround(fround(i / (size - 1)) - fround(0.5)));
      assertEquals(coordinates[2 * i + 1], expected);
      assertEquals(coordinates[2 * i * size], expected);
    }
    assertEquals(coordinates.at(-1), 1);
  }
});

Deno.test("gridCoordinates() of a finer grid contains the coarser one", () => {
  const coarse = gridCoordinates([17]), fine = gridCoordinates([65]);
  coarse.forEach((value, i) => assertEquals(fine[4 * i], value));
});

Deno.test("gridCoordinates() supports any number of axes", () => {
  const coordinates = gridCoordinates([2, 2, 2]);
  assertEquals(coordinates.length, 24);
  assertEquals([...coordinates.subarray(9, 12)], [-1, 1, 1]);
});

Deno.test("gridCoordinates() rejects shapes whose spacing is undefined", () => {
  for (const shape of [[], [1, 5], [4, 0], [4, 2.5]]) {
    assertThrows(() => gridCoordinates(shape), RangeError, "at least 2 points along its first axis");
  }
});

Deno.test("gridRows() returns a part of gridCoordinates()", () => {
  for (const shape of [[5], [4, 3], [3, 2, 4]]) {
    const all = gridCoordinates(shape), size = all.length / shape[0]!;
    for (const [begin, end] of [[0, 1], [1, 3], [2, 3], [2, 2]] as const) {
      assertEquals(gridRows(shape, begin, end), all.slice(begin * size, end * size));
    }
    assertThrows(() => gridRows(shape, 1, 9), RangeError, "no rows from 1 to 9");
  }
});
