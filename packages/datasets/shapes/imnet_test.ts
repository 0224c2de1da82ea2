import { limitMemory, MemoryError } from "@gasp/tensor";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../core/data_error.ts";
import { memoryTree } from "../images/picture_testing.ts";
import { inferDataKind, openDataset } from "../open_dataset.ts";
import type { OpenRequest } from "../open_request.ts";
import { type ArrayToWrite, cubes, imnetFile, points, writeHdf5 } from "./imnet_testing.ts";

const open = (bytes: Uint8Array, request: Partial<OpenRequest> = {}) =>
  openDataset({ files: memoryTree({ "chairs.hdf5": bytes }, "data"), ...request });

const insideOf = (features: Float32Array) => features.filter((value) => value > 0).length;

Deno.test("openDataset() takes IM-NET's HDF5 files for shapes, and reads their voxels", async () => {
  const bytes = await imnetFile();
  assertEquals(await inferDataKind({ files: memoryTree({ "chairs.hdf5": bytes }) }), "shapes");
  const { dataset, kind, assumptions } = await open(bytes);
  assertEquals([kind, dataset.items, dataset.pointCount], ["shapes", 2, 64]);
  assertEquals([insideOf(await dataset.batch([0])), insideOf(await dataset.batch([1]))], [10, 28]);
  assertEquals(assumptions, [
    "voxels holds the shapes, as in IM-NET's files: inside is above 0",
    "pixels, points_16, points_64, values_16, values_64 of chairs.hdf5 are not read",
  ]);
});

Deno.test("openDataset() reads the voxels of IM-NET's files at a lower resolution, in its memory", async () => {
  const data = new Uint8Array(30 * 32 ** 3).fill(1),
    bytes = await writeHdf5({ voxels: { shape: [30, 32, 32, 32, 1], data } });
  using _limit = limitMemory(900_000);
  await assertRejects(() => open(bytes), MemoryError, "30 shapes of 32³");
  const { dataset } = await open(bytes, { resolution: 8 });
  assertEquals([dataset.items, dataset.pointCount, insideOf(await dataset.batch([29]))], [30, 512, 512]);
});

Deno.test("openDataset() turns IM-NET's voxels and points from their axes", async () => {
  const bytes = await imnetFile(), { dataset: plain } = await open(bytes);
  const { dataset: turned } = await open(bytes, { read: { axes: "y-up" } });
  const before = await plain.batch([0]), after = await turned.batch([0]);
  // The file's (x, y, z) = (0, 1, 2), inside, is the project's (0, 4 - 1 - 2, 1).
  assertEquals([before[6]! > 0, after[5]], [true, before[6]!]);
  assert(before.some((value, i) => value !== after[i]));
});

Deno.test("openDataset() reads the points of IM-NET's HDF5 files, by default those of the highest resolution", async () => {
  const bytes = await imnetFile();
  const { dataset, assumptions } = await open(bytes, { kind: "occupancy" });
  assertEquals([dataset.items, dataset.pointCount, dataset.featureDim], [2, 20, 1]);
  assertEquals(insideOf(await dataset.batch([1])), 4);
  const own = await dataset.batchCoordinates!([1]);
  // (cell + 0.5) / 256 - 0.5 of the authors, in [-1, 1].
  assertEquals([...own.subarray(9, 12)], [3, 6, 252].map((cell) => Math.fround((2 * cell + 1) / 256 - 1)));
  assertEquals(assumptions, [
    "points_64 holds cells of a grid of 256³, values_64 their occupancy, as in IM-NET's files",
    "of points_64, points_16 the first is read: choose another with --variable",
    "pixels, points_16, values_16, voxels of chairs.hdf5 are not read",
  ]);
  const named = await open(bytes, { kind: "occupancy", read: { variable: ["points_16"] } });
  assertEquals([named.dataset.pointCount, insideOf(await named.dataset.batch([0]))], [8, 4]);
});

Deno.test("openDataset() takes HDF5 files of points alone for points with occupancy", async () => {
  const [points32, values32] = points(12, 3),
    bytes = await writeHdf5({ points_32: points32, values_32: values32 });
  const { dataset, kind } = await open(bytes);
  assertEquals([kind, dataset.pointCount], ["occupancy", 12]);
  await assertRejects(
    () => open(bytes, { kind: "shapes" }),
    DataError,
    "write occupancy:FILE to read points_32",
  );
});

Deno.test("openDataset() reads IM-NET's files in place, and says which of several it reads", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["test.hdf5", "train.hdf5"]) {
      await Deno.writeFile(`${folder}/${name}`, await imnetFile());
    }
    const files = { ...memoryTree({}, folder), path: (name: string) => `${folder}/${name}` };
    const names = ["test.hdf5", "train.hdf5"], unread = () => Promise.reject(new Error("read as a whole"));
    const { dataset, assumptions } = await openDataset({
      files: { ...files, list: () => Promise.resolve(names), read: unread },
    });
    assertEquals([dataset.items, assumptions[0]], [
      2,
      "of 2 HDF5 files test.hdf5 is read: pass another to read that",
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("openDataset() refuses IM-NET's files without such arrays, with other shapes and cells out of range", async () => {
  const refused = async (
    arrays: Readonly<Record<string, ArrayToWrite>>,
    kind: "shapes" | "occupancy",
    message: string,
  ) => {
    const bytes = await writeHdf5(arrays);
    await assertRejects(() => open(bytes, { kind }), DataError, message);
  };
  const [cells, values] = points(8, 2), { data } = cubes(3, 4);
  await refused({ cubes: cubes(3, 4) }, "shapes", 'no array "voxels" of cubes: found cubes');
  await refused({ voxels: { shape: [2, 2, 4, 8], data } }, "shapes", 'no array "voxels" of cubes');
  await refused({ points_8: cells }, "occupancy", "no points with values: found points_8");
  await refused(
    { points_8: cells, values_8: { ...values, shape: [8, 2, 1] } },
    "occupancy",
    "expected (items, n, 3)",
  );
  const floats = { shape: [2, 8, 3], data: new Float32Array(48).fill(0.7) };
  await refused({ points_8: floats, values_8: values }, "occupancy", "expected -0.5 to 0.5");
});
