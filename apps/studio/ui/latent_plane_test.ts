import { assertAlmostEquals, assertEquals } from "@std/assert";
import { randomNormal } from "@gasp/tensor";
import { latentAt, latentBetween, latentsOfCells } from "./latent_plane.ts";

const SIZE = 4096;
const three = randomNormal({ seed: 0, stream: "plane", step: 0 }, 3 * SIZE);

Deno.test("latentAt() is the first latent in the middle and standard normal everywhere", () => {
  assertEquals([...latentAt(three, [0, 0])], [...three.subarray(0, SIZE)]);
  for (const position of [[1, 1], [-1, 0.5], [0, -1]] as const) {
    const z = latentAt(three, position), square = z.reduce((sum, value) => sum + value * value, 0);
    // The mean of 4096 squares has a standard deviation of √(2/4096) = 0.022.
    assertAlmostEquals(square / SIZE, 1, 0.1);
  }
});

Deno.test("latentsOfCells() has the middle of the plane in its middle, and up at the top", () => {
  const all = latentsOfCells(3, (position) => latentAt(three, position)),
    row = (i: number) => [...all.subarray(i * SIZE, (i + 1) * SIZE)];
  assertEquals(row(4), row(4).map((_, i) => three[i]!));
  assertEquals(row(1), [...latentAt(three, [0, 2 / 3])]);
  assertEquals(row(5), [...latentAt(three, [2 / 3, 0])]);
});

Deno.test("latentBetween() goes from one latent to the other and stays standard normal", () => {
  const two = three.subarray(0, 2 * SIZE);
  assertEquals([...latentBetween(two, 0)], [...two.subarray(0, SIZE)]);
  assertAlmostEquals(latentBetween(two, 1)[5]!, two[SIZE + 5]!, 1e-6);
  const square = latentBetween(two, 0.5).reduce((sum, value) => sum + value * value, 0);
  assertAlmostEquals(square / SIZE, 1, 0.1);
});
