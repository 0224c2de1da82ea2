/** @module */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { levelFor, squareOf, TILE_PIXELS, visibleTiles, zoomedAt } from "./tiles.ts";

Deno.test("visibleTiles() covers the canvas once a level, coarse before fine, from the centre", () => {
  const camera = { x: 0.3, y: -0.2, scale: 500 }, width = 900, height = 700;
  const tiles = visibleTiles(camera, width, height), levels = [...new Set(tiles.map(({ level }) => level))];
  assertEquals(levels, [levelFor(500) - 2, levelFor(500)]);
  for (const level of levels) {
    const squares = tiles.filter((tile) => tile.level === level).map(squareOf);
    for (const [x, y] of [[-0.59, -0.89], [1.19, 0.49], [0.3, -0.2], [-0.59, 0.49]] as const) {
      const covering = squares.filter(([left, top, size]) => {
        return x >= left && x < left + size && y >= top && y < top + size;
      });
      assertEquals(covering.length, 1);
    }
  }
  const fine = tiles.filter(({ level }) => level === levels[1]).map(squareOf);
  const distances = fine.map(([left, top, size]) => Math.hypot(left + size / 2 - 0.3, top + size / 2 + 0.2));
  assert(distances.every((distance, i) => i === 0 || distance >= distances[i - 1]!));
});

Deno.test("levelFor(): pixels of a tile are as fine as those of the screen, and less than twice as fine", () => {
  for (const scale of [9, 128, 129, 1000, 12345]) {
    const shown = scale * 2 ** -levelFor(scale);
    assert(shown <= TILE_PIXELS && shown > TILE_PIXELS / 2, `${scale}: ${shown}`);
  }
});

Deno.test("zoomedAt() keeps the point under the pointer", () => {
  const camera = { x: 0.1, y: 0.2, scale: 300 }, at = [120, -45] as const;
  const next = zoomedAt(camera, 2.5, at);
  assertEquals(next.scale, 750);
  assertAlmostEquals(next.x + at[0] / next.scale, camera.x + at[0] / camera.scale, 1e-12);
  assertAlmostEquals(next.y + at[1] / next.scale, camera.y + at[1] / camera.scale, 1e-12);
});
