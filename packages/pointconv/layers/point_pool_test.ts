import { gradients } from "@gasp/autograd";
import { mul, reference, sum } from "@gasp/tensor";
import { assertEquals } from "@std/assert";
import { toBatchMajor, toPointMajor } from "./layout.ts";
import { findNeighbourhoods } from "../tables/neighbourhood.ts";
import { pointPool } from "./point_pool.ts";
import { poolTables } from "../tables/tables.ts";
import { assertClose, gridPoints, numbers, randomTensor } from "../testing.ts";

Deno.test("pointPool() is the plain mean over neighbours, and its gradient is distributed evenly", async () => {
  const layer = { points: 4, neighbours: 5 };
  const [neighbourhood] = await findNeighbourhoods(gridPoints(4), [layer], { device: reference });
  const features = randomTensor("features", [2, 16, 3]);
  const output = toBatchMajor(pointPool(toPointMajor(features, "shared"), poolTables(neighbourhood!)), 4);
  assertEquals(output.shape, [2, 4, 3]);
  const cotangent = randomTensor("cotangent", [2, 4, 3]);
  const [gradient] = gradients([sum(mul(output, cotangent))], [features]);

  const [x, g] = [await numbers(features), await numbers(cotangent)];
  const mean = new Array<number>(24).fill(0), spread = new Array<number>(96).fill(0);
  for (let example = 0; example < 2; example++) {
    neighbourhood!.neighbours.forEach((point, i) => {
      for (let channel = 0; channel < 3; channel++) {
        const from = (example * 16 + point) * 3 + channel,
          to = (example * 4 + Math.floor(i / 5)) * 3 + channel;
        mean[to]! += x[from]! / 5;
        spread[from]! += g[to]! / 5;
      }
    });
  }
  assertClose(await numbers(output), mean);
  assertClose(await numbers(gradient!), spread);
});

Deno.test("pointPool() within a radius is the mean over the present neighbours", async () => {
  const layer = { points: 16, neighbours: 9, radius: 0.7 };
  const [neighbourhood] = await findNeighbourhoods(gridPoints(4), [layer], { device: reference });
  const { neighbours, present } = neighbourhood!, features = randomTensor("features", [1, 16, 2]);
  const x = await numbers(features);
  const expected = Array.from({ length: 16 }, (_, output) => {
    const there = [...neighbours.subarray(9 * output, 9 * output + 9)].filter((_, i) =>
      present![9 * output + i] === 1
    );
    return [0, 1].map((channel) =>
      there.reduce((sum, point) => sum + x[2 * point + channel]!, 0) / there.length
    );
  });
  assertEquals([
    ...new Set(expected.keys().map((i) => present!.subarray(9 * i, 9 * i + 9).filter(Boolean).length)),
  ], [
    3,
    4,
    5,
  ]);
  const output = pointPool(toPointMajor(features, "shared"), poolTables(neighbourhood!));
  assertClose(await numbers(toBatchMajor(output, 16)), expected.flat());
});
