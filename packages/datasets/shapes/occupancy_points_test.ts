import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { writeNpy, writeNpz } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import { occupancyPointDataset, occupancyPointsFolder, readOccupancyPoints } from "./occupancy_points.ts";

const A = [0.5, -0.5, 0, 1, 0.25, 0, -0.125, 0], B = [0, 0, 0, 0, 0.5, 0.25, -0.5, 1];

function file(...clouds: number[][]): Uint8Array {
  return writeNpy({
    shape: [clouds.length, clouds[0]!.length / 4, 4],
    data: Float32Array.from(clouds.flat()),
  });
}

Deno.test("occupancyPointDataset() doubles coordinates, which each item has of its own", async () => {
  const data = occupancyPointDataset("points", readOccupancyPoints(file(A, B)), { resolution: 16 });
  assertEquals([data.items, data.pointCount, data.coordinateDim, data.featureDim], [2, 2, 3, 1]);
  assertEquals(data.display, { kind: "volume", resolution: 16 });
  assertEquals([...data.coordinates], [1, -1, 0, 0.5, 0, -0.25]);
  assertEquals([...await data.batch([1, 0])], [-1, 1, 1, -1]);
  assertEquals([...await data.batchCoordinates!([1])], [0, 0, 0, 1, 0.5, -1]);
  await assertRejects(() => data.batchCoordinates!([2]), RangeError, "items 0 to 1");
});

Deno.test("readOccupancyPoints() reads one cloud, archives, other ranges and other axes", () => {
  const one = readOccupancyPoints(writeNpz([["points", { shape: [2, 4], data: Float64Array.from(A) }]]));
  assertEquals([one.count, one.points], [1, 2]);
  const wide = readOccupancyPoints(file(A), "a.npy", { extent: 1, orientation: "y-up" });
  assertEquals([...wide.positions], [0.5, 0, -0.5, 0.25, 0.125, 0]);
});

Deno.test("readOccupancyPoints() rejects numbers out of range", () => {
  assertThrows(() => readOccupancyPoints(file([0.6, 0, 0, 1])), DataError, "expected -0.5 to 0.5");
  assertThrows(() => readOccupancyPoints(file([NaN, 0, 0, 1])), DataError, "a coordinate NaN in shape 0");
  assertThrows(() => readOccupancyPoints(file([0, 0, 0, 0.5])), DataError, "an occupancy 0.5 in shape 0");
});

Deno.test("occupancyPointsFolder() concatenates files, thinned to the size of the smallest", async () => {
  const folder = (contents: Record<string, Uint8Array>) => ({
    location: "clouds",
    list: () => Promise.resolve(Object.keys(contents)),
    read: (name: string) => Promise.resolve(contents[name]!),
  });
  const { count, features } = await occupancyPointsFolder(folder({ "2.npy": file(B), "1.npy": file(A, A) }));
  assertEquals([count, ...features], [3, 1, -1, 1, -1, -1, 1]);
  const mixed = folder({ "1.npy": file(A), "2.npy": file([0, 0, 0, 1]) });
  const messages: string[] = [], report = (message: string) => messages.push(message);
  const thinned = await occupancyPointsFolder(mixed, { report });
  assertEquals([thinned.count, thinned.points, ...thinned.features], [2, 1, 1, 1]);
  assertEquals(messages, [
    "clouds has clouds of 1 to 2 points: 1 of each are read, evenly spaced in their order.",
  ]);
  messages.length = 0;
  await occupancyPointsFolder(folder({ "1.npy": file(A, [0, 0, 0, 0, 0.5, 0, 0, 0]) }), { report });
  assertEquals(messages.length, 1);
  assertStringIncludes(messages[0]!, "1 of 2 clouds have no point inside (the first in 1.npy)");
  await assertRejects(() => occupancyPointsFolder(folder({})), DataError, "no .npy, .npz or .pt files");
});
