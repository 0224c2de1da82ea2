/** @module */
import { presetOf } from "@gasp/gasp";
import { localCommunicators } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { differenceOf, trained } from "./rank_agreement.ts";

Deno.test("differenceOf() is relative to the largest weight of a tensor, and to all weights", () => {
  const run = (losses: number[], weights: Record<string, number[]>) => ({
    losses,
    weights: new Map(Object.entries(weights).map(([path, values]) => [path, Float32Array.from(values)])),
  });
  const one = run([0.5, 4], { a: [3, 0], b: [4] }), other = run([0.75, 5], { a: [3, 1.5], b: [4] });
  const { losses, weights, rms } = differenceOf(one, other);
  assertEquals([losses, weights], [0.25, 0.5]);
  assertAlmostEquals(rms, 1.5 / 5);
  assertEquals(differenceOf(one, one), { losses: 0, weights: 0, rms: 0 });
});

Deno.test("trained() trains the same run on ranks, and variants of it that differ by rounding", async () => {
  const config = { ...presetOf("tiny"), batchSize: 8 }, steps = 2;
  const alone = await trained(config, steps);
  assertEquals(differenceOf(alone, await trained(config, steps)), { losses: 0, weights: 0, rms: 0 });
  const [first, second] = await Promise.all(
    localCommunicators(2).map((communicator) => trained(config, steps, { communicator })),
  );
  assertEquals(differenceOf(first!, second!), { losses: 0, weights: 0, rms: 0 });
  for (
    const other of [
      first!,
      await trained(config, steps, { isReversed: true }),
      await trained(config, steps, { moved: 0 }),
    ]
  ) {
    const { weights } = differenceOf(alone, other);
    assert(weights > 0 && weights < 1e-2, `${weights}`);
  }
});
