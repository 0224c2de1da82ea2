import { assert, assertEquals } from "@std/assert";
import { emojiImages } from "./emoji.ts";

Deno.test("emojiImages() returns the Noto emoji over white with names and categories", async () => {
  const { count, height, width, channels, pixels, labels, categories, names } = await emojiImages(16);
  assertEquals({ height, width, channels }, { height: 16, width: 16, channels: 3 });
  assert(count > 1900);
  assertEquals([pixels.length, labels.length, names.length], [count * 768, count, count]);
  const pixel = (name: string, row: number, column: number) => {
    const start = (names.indexOf(name) * 256 + row * 16 + column) * 3;
    return [...pixels.subarray(start, start + 3)];
  };
  assertEquals(pixel("red_circle", 0, 0), [255, 255, 255]);
  const [red, green, blue] = pixel("red_circle", 8, 8);
  assert(red! > 200 && green! < 100 && blue! < 100, `${[red, green, blue]}`);
  assertEquals(categories[labels[names.indexOf("apple")]!], "Food & Drink");
});
