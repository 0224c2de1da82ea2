import { reference } from "@gasp/tensor";
import { assertEquals, assertRejects } from "@std/assert";
import { withinRadius } from "./radius.ts";

const device = reference;

Deno.test("withinRadius() lists the points of each query, nearest first, including those at the radius", async () => {
  const points = new Float32Array([0, 1, 3, 3.5]), queries = new Float32Array([1, 9, 3]);
  const { indptr: starts, index, distances } = await withinRadius(points, queries, {
    dimension: 1,
    radius: 2,
    device,
  });
  assertEquals([...starts], [0, 3, 3, 6]);
  assertEquals([...index], [1, 0, 2, 2, 3, 1]);
  assertEquals([...distances], [0, 1, 2, 0, 0.5, 2]);
});

Deno.test("withinRadius() without points in the radius returns empty rows", async () => {
  const { indptr: starts, index } = await withinRadius(new Float32Array([0]), new Float32Array([5]), {
    dimension: 1,
    radius: 0,
    device,
  });
  assertEquals([[...starts], [...index]], [[0, 0], []]);
});

Deno.test("withinRadius() rejects a negative radius", async () => {
  const points = new Float32Array(2);
  await assertRejects(
    () => withinRadius(points, points, { dimension: 2, radius: -1, device }),
    RangeError,
    "a radius must be at least 0, got -1",
  );
});
