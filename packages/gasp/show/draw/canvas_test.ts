/** @module */
import { assert, assertEquals } from "@std/assert";
import { Canvas } from "./canvas.ts";
import { colourOf } from "./colour_map.ts";
import { textDots, textWidth } from "./font.ts";
import { ticksBetween } from "./ticks.ts";

/** Shows where an image is darker than half. */
function drawn(canvas: Canvas): string[] {
  return Array.from(
    { length: canvas.height },
    (_, row) =>
      Array.from(
        { length: canvas.width },
        (_, column) => canvas.pixels[(row * canvas.width + column) * 3]! < 128 ? "#" : ".",
      ).join(""),
  );
}

Deno.test("Canvas.line() passes through its ends in any direction", () => {
  for (const [from, to] of [[[0.5, 0.5], [4.5, 4.5]], [[4.5, 0.5], [0.5, 4.5]]] as const) {
    const canvas = new Canvas(5, 5);
    canvas.line(from, to, [0, 0, 0], 1);
    const rows = drawn(canvas);
    rows.forEach((row, i) => assertEquals(row[from[0] < to[0] ? i : 4 - i], "#", rows.join("\n")));
  }
  const canvas = new Canvas(3, 5);
  canvas.line([1, 1.5], [4, 1.5], [0, 0, 0], 1);
  assertEquals(drawn(canvas), [".....", ".###.", "....."]);
});

Deno.test("Canvas.line() of length zero is a dot, and lines may leave the image", () => {
  const canvas = new Canvas(3, 3);
  canvas.line([1.5, 1.5], [1.5, 1.5], [0, 0, 0], 1);
  assertEquals(drawn(canvas), ["...", ".#.", "..."]);
  canvas.line([-1e4, 1.5], [1e4, 1.5], [0, 0, 0], 1);
  assertEquals(drawn(canvas)[1], "###");
});

Deno.test("Canvas.paste() copies grey and colour images and crops them", () => {
  const canvas = new Canvas(2, 2, [9, 9, 9]);
  canvas.paste({ height: 1, width: 2, channels: 1, pixels: Uint8Array.of(1, 2) }, 1, 0);
  canvas.paste({ height: 2, width: 1, channels: 3, pixels: Uint8Array.of(3, 4, 5, 6, 7, 8) }, 0, 1);
  assertEquals([...canvas.pixels], [9, 9, 9, 1, 1, 1, 3, 4, 5, 9, 9, 9]);
});

Deno.test("textDots() draws characters 5 wide and 7 high", () => {
  const rows = Array.from({ length: 7 }, () => Array(11).fill("."));
  for (const [column, row] of textDots("7K")) rows[row]![column] = "#";
  assertEquals(rows.map((row) => row.join("")), [
    "#####.#...#",
    "....#.#..#.",
    "...#..#.#..",
    "..#...##...",
    ".#....#.#..",
    ".#....#..#.",
    ".#....#...#",
  ]);
  assertEquals([textWidth("7K"), textWidth("")], [11, 0]);
  assertEquals(textDots("\u2603").length, 20);
});

Deno.test("ticksBetween() returns round numbers within the range, up to a maximum count", () => {
  const labels = (low: number, high: number, most: number) =>
    ticksBetween(low, high, most).map(({ label }) => label);
  assertEquals(labels(202.66, 320.93, 6), ["220", "240", "260", "280", "300", "320"]);
  assertEquals(labels(-1, 1, 6), ["-1.0", "-0.5", "0.0", "0.5", "1.0"]);
  assertEquals(labels(5, 5, 4), ["5"]);
  for (let i = 1; i < 200; i++) {
    const low = -Math.abs(Math.sin(i)) * i, high = low + i ** 2 / 100, ticks = ticksBetween(low, high, 7);
    assert(ticks.length >= 2 && ticks.length <= 7, `${low} ${high} ${ticks.length}`);
    assert(ticks.every(({ value }) => value >= low - 1e-9 * i && value <= high + 1e-9 * i));
  }
});

Deno.test("colourOf() runs from dark to bright and clamps", () => {
  const sums = Array.from({ length: 21 }, (_, i) => colourOf(i / 10 - 1).reduce((a, b) => a + b));
  sums.slice(1).forEach((sum, i) => assert(sum >= sums[i]!, `${i}: ${sum} < ${sums[i]}`));
  assertEquals([colourOf(-9), colourOf(9), colourOf(NaN)], [[68, 1, 84], [253, 231, 37], [0, 0, 0]]);
});
