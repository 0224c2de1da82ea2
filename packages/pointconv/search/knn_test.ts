import { reference } from "@gasp/tensor";
import { assertEquals, assertRejects } from "@std/assert";
import { nearestNeighbours } from "./knn.ts";

const device = reference;

Deno.test("nearestNeighbours() resolves ties to the lowest index, the query itself first", async () => {
  const grid = Float32Array.from(
    { length: 50 },
    (_, i) => i % 2 ? Math.floor(i / 2) % 5 : Math.floor(i / 10),
  );
  const { index, distances } = await nearestNeighbours(grid, grid, { dimension: 2, k: 3, device });
  assertEquals([...index.subarray(0, 3)], [0, 1, 5]);
  assertEquals([...index.subarray(12 * 3, 13 * 3)], [12, 7, 11]);
  assertEquals([...distances.subarray(12 * 3, 13 * 3)], [0, 1, 1]);
});

Deno.test("nearestNeighbours() orders coincident points by index", async () => {
  const points = new Float32Array(8), queries = new Float32Array(2);
  const { index } = await nearestNeighbours(points, queries, { dimension: 2, k: 3, device });
  assertEquals([...index], [0, 1, 2]);
});

Deno.test("nearestNeighbours() measures in every norm, rounding to float32 at the end", async () => {
  const points = new Float32Array([3, 4, 1, 1]), queries = new Float32Array(2);
  const expected = new Map([[1, [2, 7]], [2, [Math.SQRT2, 5]], [3, [2 ** (1 / 3), 91 ** (1 / 3)]], [
    Infinity,
    [1, 4],
  ]]);
  for (const [norm, distances] of expected) {
    const found = await nearestNeighbours(points, queries, { dimension: 2, k: 2, norm, device });
    assertEquals([...found.index], [1, 0]);
    assertEquals([...found.distances], distances.map(Math.fround));
  }
});

Deno.test("nearestNeighbours() excludes points beyond the radius, with index -1", async () => {
  const points = new Float32Array([0, 1, 2, 7]), queries = new Float32Array([0, 7, 20]);
  const { index, distances } = await nearestNeighbours(points, queries, {
    dimension: 1,
    k: 3,
    radius: 1,
    device,
  });
  assertEquals([...index], [0, 1, -1, 3, -1, -1, -1, -1, -1]);
  assertEquals([...distances], [0, 1, Infinity, 0, ...new Array(5).fill(Infinity)]);
});

Deno.test("nearestNeighbours() respects the clouds of a ragged batch", async () => {
  const points = new Float32Array([0, 1, 2, 1, 2]), queries = new Float32Array([2, 2]);
  const starts = Int32Array.from([0, 2, 5]), queryStarts = Int32Array.from([0, 1, 2]);
  const { index } = await nearestNeighbours(points, queries, {
    dimension: 1,
    k: 2,
    offsets: starts,
    queryOffsets: queryStarts,
    device,
  });
  assertEquals([...index], [1, 0, 2, 4]);
});

Deno.test("nearestNeighbours() of no queries finds nothing", async () => {
  const { index, distances } = await nearestNeighbours(new Float32Array(4), new Float32Array(0), {
    dimension: 2,
    k: 2,
    device,
  });
  assertEquals([index.length, distances.length], [0, 0]);
});

Deno.test("nearestNeighbours() rejects invalid options", async () => {
  const points = new Float32Array(8);
  const refuses = async (
    options: { k: number; norm?: number; dimension?: number; radius?: number; offsets?: Int32Array },
    message: string,
    queries = points,
  ) => {
    const search = () => nearestNeighbours(points, queries, { dimension: 2, device, ...options });
    await assertRejects(search, RangeError, message);
  };
  await refuses({ k: 5 }, "5 neighbours requested, but there are 4 points");
  await refuses({ k: 0 }, "k must be an integer of at least 1, got 0");
  await refuses({ k: 1.5 }, "integer of at least 1");
  await refuses({ k: 1, norm: 0.5 }, "at least 1");
  await refuses({ k: 1, norm: NaN }, "at least 1");
  await refuses({ k: 1, radius: -1 }, "a radius must be at least 0");
  await refuses({ k: 1, dimension: 3 }, "not a multiple of dimension 3");
  await refuses({ k: 1, dimension: 8 }, "dimension of 1 to 4");
  await refuses({ k: 1, offsets: Int32Array.from([0, 2, 4]) }, "pass both offsets");
  await refuses({ k: 1 }, "coordinate 1 of point 0 is NaN", new Float32Array([0, NaN]));
  await refuses({ k: 1 }, "coordinate 0 of point 1", new Float32Array([0, 0, Infinity, 0]));
});
