import { assert, assertEquals } from "@std/assert";
import { kernelGroups } from "./kernel_groups.ts";
import { neighbourhoodFrom } from "./neighbourhood.ts";
import { pointSet } from "../search/point_set.ts";
import { gridPoints, numbers } from "../testing.ts";

const OUTPUTS = 30, K = 4;

/** Arbitrary neighbours, whose offsets are given by `index`. */
function groupsFor(index: Int32Array) {
  const neighbours = Int32Array.from({ length: OUTPUTS * K }, (_, i) => (7 * i) % 36);
  const inputs = gridPoints(6), chosen = Int32Array.from({ length: OUTPUTS }, (_, i) => i);
  const counts = new Float32Array(Math.max(...index) + 1);
  for (const offset of index) counts[offset]! += 1;
  const groups = kernelGroups(neighbourhoodFrom(inputs, chosen, neighbours, K), index, counts);
  return { groups, neighbours, counts };
}

Deno.test("kernelGroups() holds every neighbour once, at its offset, with its two points", async () => {
  const index = Int32Array.from({ length: OUTPUTS * K }, (_, i) => (i % 3 > 0 ? i % 2 : i % 37));
  const { groups, neighbours } = groupsFor(index);
  const expected = [...index].map((offset, i) => `${offset} ${neighbours[i]} ${Math.floor(i / K)}`);
  const found: string[] = [];
  for (const { offsets, points, outputs } of groups) {
    const [offset, point, output] = await Promise.all(
      [offsets, points, outputs].map((x) => numbers(x.index)),
    );
    const rows = point!.length / offset!.length;
    output!.forEach((m, i) => {
      if (m < OUTPUTS) found.push(`${offset![Math.floor(i / rows)]} ${point![i]} ${m}`);
    });
  }
  assertEquals(found.sort(), expected.sort());
});

Deno.test("kernelGroups() groups offsets with equal counts, with little padding", () => {
  const even = groupsFor(Int32Array.from({ length: OUTPUTS * K }, (_, i) => i % 6));
  assertEquals(even.groups.map(({ offsets, points }) => [offsets.index.size, points.index.size]), [[6, 120]]);
  const skewed = groupsFor(Int32Array.from({ length: OUTPUTS * K }, (_, i) => Math.max(0, i - 60)));
  assert(skewed.groups.length > 1);
  const rows = skewed.groups.reduce((sum, { points }) => sum + points.index.size, 0);
  assert(rows <= 1.1 * OUTPUTS * K, `${rows} rows for ${OUTPUTS * K} neighbours`);
});

Deno.test("kernelGroups() of one output is one group", () => {
  const inputs = pointSet(new Float32Array([0, 1, 3]), [3, 1]);
  const neighbourhood = neighbourhoodFrom(inputs, new Int32Array(1), new Int32Array([0, 1, 2]), 3);
  const groups = kernelGroups(neighbourhood, new Int32Array([0, 1, 2]), new Float32Array([1, 1, 1]));
  assertEquals(groups.map(({ points }) => points.index.size), [3]);
});
