import { assertEquals, assertThrows } from "@std/assert";
import { contactSheet } from "./contact_sheet.ts";

Deno.test("contactSheet() arranges samples in rows with lines between them", () => {
  const sheet = contactSheet([-1, 1, 0.2, -0.2, 7, -7], {
    height: 1,
    width: 2,
    channels: 1,
    columns: 2,
    zoom: 1,
  });
  assertEquals([sheet.height, sheet.width, sheet.channels], [4, 6, 1]);
  // deno-fmt-ignore
  assertEquals([...sheet.pixels], [
    0, 255, 64, 64, 153, 102,
    64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64,
    255, 0, 64, 64, 64, 64,
  ]);
});

Deno.test("contactSheet() enlarges each value to a square", () => {
  const sheet = contactSheet([-1, 1, 1, 1, -1, -1], { height: 1, width: 2, channels: 3, zoom: 2 });
  const [left, right] = [[0, 255, 255], [255, 0, 0]];
  const row = [left, left, right, right].flat();
  assertEquals([...sheet.pixels], [...row, ...row]);
});

Deno.test("contactSheet() chooses a layout by default", () => {
  const sheet = contactSheet(new Float32Array(10 * 784), { height: 28, width: 28, channels: 1 });
  assertEquals([sheet.height, sheet.width], [3 * 86 - 2, 4 * 86 - 2]);
});

Deno.test("contactSheet() throws for partial samples", () => {
  for (const values of [0, 5]) {
    const layout = { height: 2, width: 2, channels: 1 } as const;
    assertThrows(() => contactSheet(new Float32Array(values), layout), RangeError, `got ${values} values`);
  }
});
