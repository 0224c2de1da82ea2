/** @module */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { bicubic } from "./bicubic.ts";

const values = (height: number, width: number, of: (y: number, x: number) => number) =>
  Float32Array.from(
    { length: height * width },
    (_, i) => of(Math.floor(i / width) / (height - 1), i % width / (width - 1)),
  );

Deno.test("bicubic() reproduces the points of the coarse grid in each channel", () => {
  const coarse = Float32Array.from({ length: 3 * 4 * 2 }, (_, i) => Math.sin(7 * i));
  const fine = bicubic(coarse, { height: 3, width: 4, channels: 2 }, { height: 7, width: 10 });
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 4; column++) {
      for (const channel of [0, 1]) {
        const expected = coarse[(row * 4 + column) * 2 + channel]!;
        assertAlmostEquals(fine[(row * 3 * 10 + column * 3) * 2 + channel]!, expected, 1e-6);
      }
    }
  }
});

Deno.test("bicubic() is exact for quadratic functions away from the border", () => {
  const square = (y: number, x: number) => 1 + y - 2 * x + y * y + 3 * x * x + x * y;
  const fine = bicubic(values(9, 9, square), { height: 9, width: 9, channels: 1 }, { height: 33, width: 33 });
  const expected = values(33, 33, square);
  for (let row = 4; row < 29; row++) {
    for (let column = 4; column < 29; column++) {
      assertAlmostEquals(fine[row * 33 + column]!, expected[row * 33 + column]!, 1e-5);
    }
  }
});

Deno.test("bicubic() preserves a uniform image", () => {
  const flat = bicubic(new Float32Array(4).fill(0.5), { height: 2, width: 2, channels: 1 }, {
    height: 5,
    width: 3,
  });
  assertEquals([...flat], Array(15).fill(0.5));
});
