import { tensor } from "@gasp/tensor";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { encodeCoordinates, fourierFeatures } from "./fourier.ts";
import { assertClose, numbers, randomTensor } from "../methods/gasp/gasp_testing.ts";

Deno.test("fourierFeatures() returns the cosines, then the sines, of 2πBx", async () => {
  const coordinates = randomTensor("x", [2, 3, 2]), frequencies = randomTensor("B", [4, 2]);
  const features = fourierFeatures(coordinates, frequencies);
  assertEquals(features.shape, [2, 3, 8]);
  const [x, b] = [await numbers(coordinates), await numbers(frequencies)];
  const expected = Array.from({ length: 6 }, (_, point) => {
    const angles = Array.from(
      { length: 4 },
      (_, i) => 2 * Math.PI * (b[2 * i]! * x[2 * point]! + b[2 * i + 1]! * x[2 * point + 1]!),
    );
    return [...angles.map(Math.cos), ...angles.map(Math.sin)];
  });
  assertClose(await numbers(features), expected.flat(), 1e-14);
});

Deno.test("fourierFeatures() is exact after many whole turns", async () => {
  const features = fourierFeatures(tensor([[1000]]), tensor([[3]]));
  assertClose(await numbers(features), [1, 0], 1e-15);
});

Deno.test("encodeCoordinates() without frequencies returns the coordinates themselves", () => {
  const coordinates = randomTensor("x", [3, 2]);
  assertStrictEquals(encodeCoordinates(coordinates, undefined), coordinates);
});
