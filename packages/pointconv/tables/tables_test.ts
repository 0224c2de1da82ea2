import { randomUniform, reference, tableRows } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { findNeighbourhoods, type Neighbourhood } from "./neighbourhood.ts";
import { type PointSet, pointSet } from "../search/point_set.ts";
import { convTables, poolTables } from "./tables.ts";
import { gridPoints, numbers } from "../testing.ts";

const grid = await neighbourhood(gridPoints(12), 144, 9);

async function neighbourhood(inputs: PointSet, points: number, neighbours: number): Promise<Neighbourhood> {
  const [found] = await findNeighbourhoods(inputs, [{ points, neighbours }], { device: reference });
  return found!;
}

Deno.test("convTables() deduplicates offsets on a grid, with their uses and counts", async () => {
  const merged = convTables(grid), plain = convTables(grid, { distinctBelow: 0 });
  assert(merged.distinct !== undefined);
  assertEquals([plain.distinct, plain.offsets.shape], [undefined, [144 * 9, 2]]);
  const distinct = merged.offsets.shape[0]!;
  assert(distinct < 300, `${distinct} of ${144 * 9} offsets are distinct`);
  const [rows, every] = [await numbers(merged.offsets), await numbers(plain.offsets)];
  const index = await numbers(merged.distinct.table.index);
  assertEquals(index.flatMap((row) => [rows[2 * row]!, rows[2 * row + 1]!]), every);
  const counts = await numbers(merged.distinct.counts);
  assertEquals(counts.map((_, row) => index.filter((other) => other === row).length), counts);
});

Deno.test("convTables() computes neighbour minus centre in float32", async () => {
  const { offsets, neighbours } = convTables(grid, { distinctBelow: 0 });
  const { coordinates } = grid.inputs, index = await numbers(neighbours.index);
  const expected = index.flatMap((neighbour, i) => {
    const centre = Math.floor(i / 9);
    return [0, 1].map((axis) =>
      Math.fround(coordinates[2 * neighbour + axis]! - coordinates[2 * centre + axis]!)
    );
  });
  assertEquals(await numbers(offsets), expected);
});

Deno.test("convTables() keeps all offsets if nearly all differ", async () => {
  const points = pointSet(randomUniform({ seed: 1, stream: "points", step: 0 }, 100, -1, 1), [50, 2]);
  assertEquals(convTables(await neighbourhood(points, 50, 4)).distinct, undefined);
});

Deno.test("convTables() pads the number of offsets with unused ones", async () => {
  const exact = convTables(grid), padded = convTables(grid, { distinctMultiple: 512 });
  assert(exact.distinct && padded.distinct);
  assertEquals([padded.offsets.shape, tableRows(padded.distinct.table)], [[512, 2], 512]);
  const [before, after] = [await numbers(exact.distinct.counts), await numbers(padded.distinct.counts)];
  assertEquals(after, [...before, ...new Array(512 - before.length).fill(0)]);
});

Deno.test("poolTables() lists the neighbours over the input points", async () => {
  const { neighbours } = poolTables(await neighbourhood(gridPoints(12), 36, 9));
  assertEquals([neighbours.index.shape, tableRows(neighbours)], [[36, 9], 144]);
});

Deno.test("convTables() counts present neighbours only, and marks missing ones", async () => {
  const [within] = await findNeighbourhoods(gridPoints(12), [{ points: 144, neighbours: 9, radius: 0.2 }], {
    device: reference,
  });
  const { distinct, present } = convTables(within!);
  assert(distinct && present);
  const there = await numbers(present), index = await numbers(distinct.table.index);
  // Corners have two neighbours within the radius, other border points three, and each has itself.
  assertEquals(there.reduce((sum, one) => sum + one), 4 * 3 + 40 * 4 + 100 * 5);
  const expected = (await numbers(distinct.counts)).map((_, row) =>
    index.reduce((sum, other, i) => sum + (other === row ? there[i]! : 0), 0)
  );
  assertEquals(await numbers(distinct.counts), expected);
});
