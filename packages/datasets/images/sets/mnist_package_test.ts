import { assertEquals, assertStrictEquals } from "@std/assert";
import { resolutionOf } from "../../core/display.ts";
import { mnistPackage, mnistPackageImages } from "./mnist_package.ts";

Deno.test("mnistPackageImages() loads 10,000 labelled digits once", async () => {
  const images = await mnistPackageImages();
  assertEquals([images.count, images.height, images.width, images.channels], [10_000, 28, 28, 1]);
  const perClass = new Array(10).fill(0);
  for (const label of images.labels ?? []) perClass[label]++;
  assertEquals(perClass, [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
  assertEquals(images.pixels.length, 10_000 * 784);
  assertStrictEquals(await mnistPackageImages(), images);
});

Deno.test("mnistPackageImages() has bright strokes on a dark background", async () => {
  const { pixels } = await mnistPackageImages();
  let sum = 0, bright = 0;
  for (const value of pixels) {
    sum += value;
    if (value === 255) bright++;
  }
  // MNIST's mean is 0.1307 of full brightness.
  assertEquals((sum / pixels.length / 255).toFixed(2), "0.13");
  assertEquals(bright > 10_000, true);
});

Deno.test("mnistPackage() returns a data set at any resolution", async () => {
  const full = await mnistPackage();
  assertEquals([full.items, full.pointCount, resolutionOf(full.display)], [10_000, 784, 28]);
  const small = await mnistPackage(14);
  assertEquals([small.items, small.pointCount, resolutionOf(small.display)], [10_000, 196, 14]);
  const [large, reduced] = [await full.batch([4000]), await small.batch([4000])];
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  assertEquals(Math.abs(mean(large) - mean(reduced)) < 0.01, true);
});
