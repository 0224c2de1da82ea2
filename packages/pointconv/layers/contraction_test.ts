import { assert, assertEquals, assertThrows } from "@std/assert";
import { chooseContraction, contractionCosts, type ContractionSizes } from "./contraction.ts";

/** A layer for images of 64 × 64: offsets and rows are those of its tables. */
const pictures = layer([256, 9, 8], [128, 256], [707, 2429]);

function layer(
  [outputs, neighbours, batch]: readonly [number, number, number],
  [channelsIn, channelsOut]: readonly [number, number],
  [offsets, groupedRows]: readonly [number, number],
): ContractionSizes {
  return { outputs, neighbours, batch, channelsIn, channelsOut, mid: 16, offsets, groupedRows };
}

/**
 * Layers of the presets with measurements: time of a training step of the layer alone with materialised kernels,
 * relative to that through the weight net, on one thread.
 */
const MEASURED: readonly [ratio: number, sizes: ContractionSizes][] = [
  [0.81, layer([784, 9, 16], [1, 64], [157, 7376])],
  [0.72, layer([196, 9, 16], [64, 128], [416, 1883])],
  [1.09, layer([49, 9, 16], [128, 256], [287, 447])],
  [0.71, layer([784, 9, 64], [1, 64], [157, 7376])],
  [0.64, layer([196, 9, 64], [64, 128], [416, 1883])],
  [0.53, layer([49, 9, 64], [128, 256], [287, 447])],
  [5.84, layer([4096, 9, 8], [3, 64], [149, 38532])],
  [0.73, layer([1024, 9, 8], [64, 128], [542, 10424])],
  [1.06, pictures],
  [1.96, layer([64, 9, 8], [256, 512], [299, 590])],
  [0.64, layer([1024, 9, 32], [64, 128], [542, 10424])],
  [0.76, { ...pictures, batch: 32 }],
  [0.92, layer([4096, 8, 4], [1, 32], [603, 38157])],
  [1.41, layer([4096, 27, 4], [32, 64], [2464, 123074])],
  [9.72, layer([512, 27, 4], [64, 128], [7454, 13927])],
];

Deno.test("contractionCosts() predicts the order measured to be faster", () => {
  for (const [ratio, sizes] of MEASURED) {
    const { mid, kernels } = contractionCosts(sizes);
    assertEquals(Math.sign(kernels - mid), Math.sign(ratio - 1), `measured ${ratio}, got ${kernels / mid}`);
  }
});

Deno.test("contractionCosts() counts the multiply-adds of the order through the weight net", () => {
  assertEquals(contractionCosts(pictures).mid, 256 * 8 * 128 * 16 * (9 + 256));
});

Deno.test("chooseContraction() returns the requested order, and rejects an impossible one", () => {
  assertEquals(chooseContraction("mid", pictures), "mid");
  assertEquals(chooseContraction("kernels", pictures), "kernels");
  const ungrouped = { ...pictures, batch: 64, groupedRows: undefined };
  assertEquals(chooseContraction("auto", { ...pictures, batch: 64 }), "kernels");
  assertEquals(chooseContraction("auto", ungrouped), "mid");
  assertThrows(
    () => chooseContraction("kernels", ungrouped),
    RangeError,
    "kernels of 128 channels need tables with groups of equal offsets, but these have none",
  );
  assert(Number.isFinite(contractionCosts({ ...ungrouped, channelsIn: 1 }).kernels));
});
