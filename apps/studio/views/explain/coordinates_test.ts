import { assertAlmostEquals, assertEquals } from "@std/assert";
import { coordinatesAt, featuresAt } from "./coordinates.ts";

Deno.test("coordinatesAt() has rows first for images, poles at the edges of maps, and halves shapes", () => {
  const image = { kind: "image", height: 3, width: 5, channels: 1 } as const;
  assertEquals(coordinatesAt(image, [1, 1]), [-1, 2]);
  const sphere = { kind: "sphere", latitudes: 3, longitudes: 4, scale: { low: 0, high: 1 } } as const;
  const [x, y, z] = coordinatesAt(sphere, [0.5, 0]);
  [[x, 0], [y, 1], [z, 0]].forEach(([value, expected]) => assertAlmostEquals(value!, expected!, 1e-12));
  assertAlmostEquals(coordinatesAt(sphere, [0.3, 1])[2]!, 1, 1e-12);
  assertEquals(coordinatesAt({ kind: "volume", resolution: 4 }, [0.2, -1]), [0, 0.2, -1]);
});

Deno.test("featuresAt() is the cosine and sine of each frequency", () => {
  const [[c1, s1] = [], [c2, s2] = []] = featuresAt(Float32Array.of(1, 0, 0.5, 0.25), [0.25, 1]);
  const expected = [0, 1, Math.cos(2 * Math.PI * 0.375), Math.sin(2 * Math.PI * 0.375)];
  [c1, s1, c2, s2].forEach((value, i) => assertAlmostEquals(value!, expected[i]!, 1e-12));
});
