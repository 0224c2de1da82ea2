/** Every reader checks the memory it needs before it allocates. */
import {
  availableMemory,
  gzip,
  limitMemory,
  MemoryError,
  requireMemory,
  writeNpy,
  writeNpz,
} from "@gasp/tensor";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { classicFile, hdf5File, memoryFolder } from "./fields/climate_testing.ts";
import { DataError } from "./core/data_error.ts";
import * as datasets from "./mod.ts";
import { memoryTree, plain, pngFile } from "./images/picture_testing.ts";
import { TorchWriter } from "../tensor/io/torch/torch_testing.ts";
import { binvoxFile, boxMesh, glbFile, objFile, offFile, plyFile, stlFile } from "./shapes/shape_testing.ts";

const BOX = boxMesh([-1, -2, -3], [1, 2, 3.5]);
const CUBES = new Uint8Array(2 * 6 ** 3).map((_, i) => i % 2);
const CLOUDS = Float32Array.from(
  { length: 2 * 9 * 4 },
  (_, i) => i % 4 === 3 ? i % 8 > 3 ? 1 : 0 : 0.01 * i % 0.5,
);
const MANIFOLD: [string, { shape: number[]; data: Float32Array }][] = [
  ["coordinates", { shape: [9, 2], data: Float32Array.from({ length: 18 }, (_, i) => i / 18) }],
  ["features", { shape: [3, 9, 1], data: Float32Array.from({ length: 27 }, (_, i) => i) }],
];
const FIELDS = { latitudes: [90, 0, -90], longitudes: [0, 90, 180, 270], times: 3 };
const SOUND = { rate: 100, samples: Float32Array.from({ length: 300 }, (_, i) => Math.sin(i)) };
const PICTURES = new Uint8Array(2 * 9 * 9).map((_, i) => i);
const pixels = pngFile(plain(9, 12, [9, 8, 7]));
const idx = gzip(Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 9, ...PICTURES));
const npy = (shape: number[], data: Float32Array | Uint8Array | Int8Array) => gzip(writeNpy({ shape, data }));
const writer = new TorchWriter(), torch = writer.file(writer.tensor(new Float32Array(9), [9]));
const npz = writeNpz(MANIFOLD, { compress: true });
const firstBatch = async (opened: datasets.Dataset | Promise<datasets.Dataset>) =>
  await (await opened).batch([0]);
const pictureSource: datasets.PictureSource = {
  name: "squares",
  items: 2,
  resolution: 8,
  channels: 1,
  identity: "squares",
  state: 0,
  pixels: () => Promise.resolve(new Uint8Array(64)),
};
const grids = () => datasets.voxelGrids(6, CUBES);

/** Small uses of each export of the package that allocates; several where it has several code paths. */
const READERS: Readonly<Record<string, readonly (() => unknown)[]>> = {
  displayCoordinates: [() => datasets.displayCoordinates({ kind: "volume", resolution: 4 })],
  gridCoordinates: [() => datasets.gridCoordinates([4, 4])],
  gridRows: [() => datasets.gridRows([4, 4], 1, 3)],
  sphereCoordinates: [() => datasets.sphereCoordinates(5, 8)],
  sphereCoordinatesAt: [() => datasets.sphereCoordinatesAt([90, 0], [0, 1, 2, 3, 4])],
  readIdx: [() => datasets.readIdx(idx)],
  torchAsNumpy: [() => datasets.torchAsNumpy(memoryTree({ "a.pt": torch })).read("a.pt")],
  imageDataset: [
    () =>
      firstBatch(
        datasets.imageDataset("a", { count: 2, height: 9, width: 9, channels: 1, pixels: PICTURES }),
      ),
  ],
  mnistFolder: [
    () => datasets.mnistFolder(memoryFolder({ "train-images-idx3-ubyte.gz": idx }), { resolution: 12 }),
  ],
  mnistFolderImages: [() => datasets.mnistFolderImages(memoryFolder({ "train-images-idx3-ubyte.gz": idx }))],
  // Before mnistPackage(), which caches the digits.
  mnistPackageImages: [() => datasets.mnistPackageImages()],
  mnistPackage: [() => datasets.mnistPackage(29)],
  resizeImages: [
    () => datasets.resizeImages({ count: 2, height: 9, width: 9, channels: 1, pixels: PICTURES }, 20, 20),
  ],
  binvoxFolder: [
    () => datasets.binvoxFolder(memoryFolder({ "a.binvox": binvoxFile(6, CUBES.slice(0, 216)) })),
  ],
  readBinvox: [
    () => datasets.readBinvox(binvoxFile(6, CUBES.slice(0, 216))),
    () => datasets.readBinvox(gzip(binvoxFile(6, CUBES.slice(0, 216)))),
  ],
  meshFolder: [() => datasets.meshFolder(memoryFolder({ "a.obj": objFile(BOX) }), { resolution: 8 })],
  parseMesh: [() => datasets.parseMesh(objFile(BOX), "a.obj")],
  parseGlb: [() => datasets.parseGlb(glbFile(BOX))],
  parseObj: [() => datasets.parseObj(objFile(BOX))],
  parseOff: [() => datasets.parseOff(offFile(BOX))],
  parseStl: [() => datasets.parseStl(stlFile(BOX, "text")), () => datasets.parseStl(stlFile(BOX, "binary"))],
  parsePly: [
    () => datasets.parsePly(plyFile(BOX, "ascii")),
    () => datasets.parsePly(plyFile(BOX, "binary_big_endian")),
  ],
  occupancyPointDataset: [() =>
    firstBatch(
      datasets.occupancyPointDataset("a", {
        count: 1,
        points: 40,
        positions: new Float32Array(120),
        features: new Float32Array(40),
      }),
    )],
  occupancyPointsFolder: [
    () => datasets.occupancyPointsFolder(memoryFolder({ "a.npy": npy([2, 9, 4], CLOUDS) })),
  ],
  readOccupancyPoints: [() => datasets.readOccupancyPoints(npy([2, 9, 4], CLOUDS))],
  proceduralChairs: [
    () => datasets.proceduralChairs({ count: 2, resolution: 4 }),
    () => datasets.proceduralChairs({ count: 2, resolution: 4, truncation: 0.1 }),
  ],
  openBundled: [() => datasets.openBundled("chairs", { resolution: 4 })],
  readVoxelFile: [
    () => datasets.readVoxelFile(npy([2, 6, 6, 6], CUBES)),
    () => datasets.readVoxelFile(writeNpy({ shape: [2, 6, 6, 6], data: CUBES })),
  ],
  voxelise: [() => datasets.voxelise(BOX, { resolution: 8 })],
  resizeVoxels: [() => datasets.resizeVoxels(CUBES.slice(0, 216), 6, 9)],
  voxelDataset: [
    () => datasets.voxelDataset("a", grids()),
    () => datasets.voxelDataset("a", grids(), { resolution: 9 }),
  ],
  imageFolder: [() => firstBatch(datasets.imageFolder(memoryTree({ "a.png": pixels }), { resolution: 8 }))],
  streamedImages: [() => datasets.streamedImages(pictureSource)],
  decodeImage: [() => datasets.decodeImage(pixels, "a.png")],
  fitToSquare: [() => datasets.fitToSquare(plain(9, 12, [9, 8, 7]), 8, "pad")],
  squarePicture: [() => datasets.squarePicture(plain(9, 12, [9, 8, 7]), 8)],
  withChannels: [() => datasets.withChannels(plain(9, 12, [9, 8, 7]), 1)],
  emojiImages: [() => datasets.emojiImages(8)],
  emojiDataset: [() => datasets.emojiDataset(8)],
  avatarDataset: [() => datasets.avatarDataset({ count: 1, resolution: 8 })],
  avatarImages: [() => datasets.avatarImages({ count: 1, resolution: 8 })],
  openDataset: [
    () =>
      datasets.openDataset({ files: memoryTree({ "a.npy.gz": npy([2, 9, 9], PICTURES) }), file: "a.npy.gz" }),
    () =>
      datasets.openDataset({
        files: memoryTree({ "a.npy": writeNpy({ shape: [2, 9, 9], data: PICTURES }) }),
        resolution: 12,
      }),
    () => datasets.openDataset({ files: memoryTree({ "a.obj": objFile(BOX) }) }),
    () => datasets.openDataset({ files: memoryTree({ "a.png": pixels }) }),
    () => datasets.openDataset({ files: memoryTree({ "a.nc": classicFile(FIELDS) }) }),
  ],
  arrayDataset: [
    () => datasets.arrayDataset(npy([2, 9, 9], PICTURES), "a"),
    () => datasets.arrayDataset(npy([4, 9], CLOUDS.slice(0, 36)), "a"),
    () => datasets.arrayDataset(npz, "a"),
  ],
  climateDataset: [
    () => datasets.climateDataset(memoryFolder({ "a.nc": classicFile(FIELDS) })),
    async () => datasets.climateDataset(memoryFolder({ "a.nc": await hdf5File(FIELDS) })),
    () => datasets.climateDataset(memoryFolder({ "a.npy": npy([2, 9, 4], CLOUDS) })),
    () => datasets.climateDataset(memoryFolder({ "a.nc": classicFile(FIELDS) }), { resample: [9, 16] }),
  ],
  arrayCurves: [
    () => firstBatch(datasets.arrayCurves("a", [2, 40], Float32Array.from({ length: 80 }, (_, i) => i))),
  ],
  curveDataset: [() =>
    firstBatch(
      datasets.curveDataset("a", {
        count: 1,
        samples: 40,
        values: new Float32Array(40),
        scale: { low: 0, high: 1 },
      }),
    )],
  wavFolder: [
    () => datasets.wavFolder(memoryFolder({ "a.wav": datasets.writeWav(SOUND) }), { samples: 20 }),
    () =>
      datasets.wavFolder(memoryFolder({ "a.wav": datasets.writeWav(SOUND) }), { samples: 20, cut: "pieces" }),
    () => datasets.wavFolder(memoryFolder({ "a.wav": datasets.writeWav(SOUND) }), { samples: 20, rate: 50 }),
  ],
  readWav: [() => datasets.readWav(datasets.writeWav(SOUND))],
  readSound: [() => datasets.readSound(datasets.writeWav(SOUND))],
  resampleSound: [() => datasets.resampleSound(SOUND.samples, 40, 2)],
  glyphDataset: [() => datasets.glyphDataset(npy([2, 9, 9], new Int8Array(162)), "a")],
  manifoldFile: [() => datasets.manifoldFile(npz, "a")],
  manifoldDataset: [
    () => firstBatch(datasets.manifoldDataset(new Map(MANIFOLD.map(([key, array]) => [key, array])), "a")),
  ],
};

/** Exports whose allocations do not grow with files or resolutions, and why. */
const OTHERS: readonly string[] = [
  // Sizes, errors, constants
  ...[
    "atResolution",
    "resolutionOf",
    "gridPoints",
    "displayOfItems",
    "DataError",
    "DATA_KINDS",
    "ERA5_RANGE",
    "BUNDLED_NAMES",
    "MAX_EXAMINED",
    "describeDisplay",
  ],
  // Views of files; batches, which check for themselves
  ...["blobTree", "filesOfFolder", "coordinatesOf", "inspectDataset"],
  // Names and headers
  "inferDataKind",
  // Item indices
  ...["batchOrder", "epochOrder"],
  // Views and functions of data in memory
  ...["chairOccupancy", "voxelGrids", "memoizeGrids", "MemoryCacheStore", "memoize"],
  // A small text; a worker, whose function checks for itself; a file from a sound in memory
  ...["readArrayMetadata", "parseGuarded", "writeWav"],
  // The header of an array
];

/** Bytes; less than any of the uses needs. */
const LITTLE = 30;

Deno.test("the table of readers lists every export", () => {
  const known = [...Object.keys(READERS), ...OTHERS].sort();
  assertEquals(
    Object.keys(datasets).sort(),
    known,
    "add a new export to READERS, or to OTHERS with the reason why it needs no estimate",
  );
});

for (const [name, uses] of Object.entries(READERS)) {
  uses.forEach((use, i) => {
    const title = `${name}() checks memory before it allocates${uses.length > 1 ? `, case ${i + 1}` : ""}`;
    Deno.test(title, async () => {
      {
        using _limit = limitMemory(LITTLE);
        const { shortage } = await assertRejects(async () => await use(), MemoryError);
        assert(shortage.needed > LITTLE && shortage.available <= LITTLE, JSON.stringify(shortage));
        assert(!/--|undefined|NaN/.test(shortage.purpose), shortage.purpose);
      }
      await use();
    });
  });
}

/** Sets with a requested resolution: the error names the largest that fits. */
const RESIZED: Readonly<Record<string, (resolution: number) => unknown>> = {
  mnist: (resolution) => datasets.mnistPackage(resolution),
  chairs: (resolution) => datasets.proceduralChairs({ resolution, truncation: 0.1 }),
  faces: (resolution) => datasets.avatarDataset({ count: 3, resolution }),
  emoji: (resolution) => datasets.emojiDataset(resolution),
  "a folder of images": (resolution) => datasets.imageFolder(memoryTree({ "a.png": pixels }), { resolution }),
  "a folder of meshes": (resolution) =>
    datasets.meshFolder(memoryFolder({ "a.obj": objFile(BOX) }), { resolution }),
  "a folder of voxels": (resolution) =>
    datasets.binvoxFolder(memoryFolder({ "a.binvox": binvoxFile(6, CUBES.slice(0, 216)) }), { resolution }),
  "a folder of digits": (resolution) =>
    datasets.mnistFolder(memoryFolder({ "train-images-idx3-ubyte.gz": idx }), { resolution }),
  "fields that are resampled": (resolution) =>
    datasets.climateDataset(memoryFolder({ "a.nc": classicFile(FIELDS) }), {
      resample: [resolution, 2 * resolution],
    }),
  "a folder of sounds": (samples) =>
    datasets.wavFolder(memoryFolder({ "a.wav": datasets.writeWav(SOUND) }), { samples }),
};

for (const [name, open] of Object.entries(RESIZED)) {
  Deno.test(`${name}: a resolution of 65,536 is rejected, and the one in the error fits`, async () => {
    using _limit = limitMemory(name === "mnist" || name === "emoji" ? 80e6 : 4e5);
    const { shortage } = await assertRejects(async () => await open(65_536), MemoryError);
    const [{ value } = { value: 0 }] = shortage.fitting;
    assert(value >= 2 && value < 65_536, JSON.stringify(shortage));
    await open(value);
    await assertRejects(async () => await open(value + 1), MemoryError);
  });
}

Deno.test("decodeImage() rejects images with an extreme aspect ratio", async () => {
  for (const [width, height] of [[1_048_576, 1], [1, 4000], [6500, 100]] as const) {
    const bytes = pngFile(plain(1, 1, [5])).slice(), view = new DataView(bytes.buffer);
    view.setUint32(16, width);
    view.setUint32(20, height);
    const { message } = await assertRejects(() => datasets.decodeImage(bytes, "long.png"), DataError);
    assert(message.startsWith(`long.png has ${width}×${height} pixels: the long side may`), message);
  }
});

Deno.test("squarePicture() of a long picture allocates no more than the square needs", () => {
  const long = plain(16, 64 * 16, [9, 8, 7]);
  // Resized as a whole it would need 3 · 128 · 64 · 128 bytes.
  using _limit = limitMemory(3 * 128 * (16 + 128));
  assertEquals(datasets.squarePicture(long, 128).pixels.length, 3 * 128 * 128);
});

Deno.test("an array that declares more than fits is rejected by its header", async () => {
  const zeros = new Uint8Array(2 ** 24);
  const file = gzip(writeNpy({ shape: [2 ** 22, 4], data: zeros }));
  assert(file.length < 2 ** 16);
  using _limit = limitMemory(2 ** 23);
  const before = Deno.memoryUsage().rss;
  await assertRejects(
    () => datasets.openDataset({ files: memoryTree({ "bomb.npy.gz": file }) }),
    MemoryError,
    "bomb.npy.gz, an array of shape (4194304, 4) and type u1,",
  );
  assert(Deno.memoryUsage().rss - before < 2 ** 23);
});

Deno.test("unused arrays are not decompressed", () => {
  const bomb = { shape: [2 ** 24], data: new Uint8Array(2 ** 24) };
  const file = writeNpz([...MANIFOLD, ["bomb", bomb]], { compress: true });
  using _limit = limitMemory(2 ** 20);
  assertEquals(datasets.manifoldFile(file, "a").items, 3);
});

Deno.test("parseGuarded() passes a MemoryError from the worker to the caller", async () => {
  const url = new URL("./core/guarded_testing.ts", import.meta.url);
  const error = await assertRejects(
    () => datasets.parseGuarded(url, "exceedMemory", new Uint8Array(4), { name: "a.nc" }),
    MemoryError,
  );
  assertEquals(error.shortage.purpose, "a petabyte");
  requireMemory({ purpose: "what is left", bytes: availableMemory() });
});
