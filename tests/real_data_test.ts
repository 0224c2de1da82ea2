/**
 * Real files: every set in the folder that the environment variable GASP_DATA names, by default `../shared/data` beside
 * the repository. Ignored where there is no such folder.
 * @module
 */
import { sheetOf } from "@gasp/gasp";
import { type DataKind, type Dataset, openDataset } from "@gasp/datasets";
import { assert, assertEquals } from "@std/assert";
import { folderTree } from "../apps/cli/files/file_tree.ts";

const FOLDER = Deno.env.get("GASP_DATA") ?? new URL("../../shared/data", import.meta.url).pathname;
const BATCH = 16;

/** What is known of a file. */
interface Known {
  readonly kind: DataKind;
  readonly items: number;
  /** Points of an item. */
  readonly points: number;
  readonly features?: number;
  /** Set where the kind has to be said, since the shape alone is taken for another. */
  readonly isAsked?: boolean;
}

const KNOWN: Readonly<Record<string, Known>> = {
  "chairs-modelnet10-32.npy.gz": { kind: "shapes", items: 713, points: 32 ** 3 },
  "chairs-procedural32.npy.gz": { kind: "shapes", items: 1700, points: 32 ** 3 },
  "cifar10-test2000.npy.gz": { kind: "images", items: 1700, points: 32 ** 2, features: 3 },
  "emoji64.npy.gz": { kind: "images", items: 1611, points: 64 ** 2, features: 3 },
  "era5-t-3deg.npy.gz": { kind: "climate", items: 60, points: 61 * 120 },
  "era5-t-46x90.npy.gz": { kind: "climate", items: 60, points: 46 * 90 },
  "etopo60.npy.gz": { kind: "climate", items: 1, points: 180 * 360, isAsked: true },
  "faces128.npy.gz": { kind: "images", items: 480, points: 128 ** 2, features: 3 },
  "faces64.npy.gz": { kind: "images", items: 3400, points: 64 ** 2, features: 3 },
  "fsdd-8k-4096.npy.gz": { kind: "curves", items: 600, points: 4096 },
  "glyph-sdf64.npy.gz": { kind: "glyphs", items: 4457, points: 64 ** 2 },
  "mnist-images-idx3-ubyte.gz": { kind: "digits", items: 8500, points: 28 ** 2 },
  "t2m-monthly.npy.gz": { kind: "climate", items: 31, points: 46 * 90 },
  "t2m-seasonal-blend.npy.gz": { kind: "climate", items: 770, points: 46 * 90 },
};

/** Names of the sets there, or none. */
function setsThere(): readonly string[] {
  try {
    return [...Deno.readDirSync(FOLDER)].map(({ name }) => name)
      .filter((name) => /\.np[yz](\.gz)?$|images-idx3-ubyte(\.gz)?$/.test(name) && !/labels/.test(name))
      .sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

const sets = setsThere();
const open = (file: string, kind?: DataKind) =>
  openDataset({ files: folderTree(FOLDER), file, ...(kind && { kind }) });
const firstBatch = (dataset: Dataset) =>
  dataset.batch(Int32Array.from({ length: Math.min(BATCH, dataset.items) }, (_, item) => item));

Deno.test({
  name: sets.length > 0
    ? "openDataset() reads every real set"
    : `openDataset() reads every real set: there is none in ${FOLDER}`,
  ignore: sets.length === 0,
  async fn(context) {
    for (const file of sets) {
      await context.step(file, async () => {
        const known = KNOWN[file];
        const { dataset, kind } = await open(file, known?.isAsked ? known.kind : undefined);
        const { items, pointCount, featureDim } = dataset, features = await firstBatch(dataset);
        if (known) {
          const { features: channels = 1, ...expected } = known;
          assertEquals([kind, items, pointCount, featureDim], [
            expected.kind,
            expected.items,
            expected.points,
            channels,
          ]);
        }
        assertEquals(features.length, Math.min(BATCH, items) * pointCount * featureDim);
        // NaN fails this too.
        assert(
          features.every((feature) => feature >= -1 && feature <= 1),
          `${file} has features beyond [-1, 1]`,
        );
        assert(features.some((feature) => feature !== features[0]), `${file} is the same everywhere`);
      });
    }
  },
});

/** Mean of one of the rows of a field or a map. */
function meanOfRow(values: ArrayLike<number>, row: number, width: number, stride = 1, offset = 0): number {
  let sum = 0;
  for (let column = 0; column < width; column++) sum += values[(row * width + column) * stride + offset]!;
  return sum / width;
}

for (const file of ["era5-t-46x90.npy.gz", "era5-t-3deg.npy.gz"]) {
  const isThere = sets.includes(file);
  Deno.test({
    name: `a map of ${file} is right way up${isThere ? "" : `, which is not in ${FOLDER}`}`,
    ignore: !isThere,
    async fn() {
      const { dataset } = await open(file), { display, coordinates } = dataset;
      assert(display.kind === "sphere" && coordinates);
      const { latitudes, longitudes } = display, points = dataset.pointCount;
      assertEquals([coordinates[2], coordinates.at(-1)], [1, -1]);
      const batch = await firstBatch(dataset);
      for (let first = 0; first < batch.length; first += points) {
        const values = batch.subarray(first, first + points);
        // January: the dark pole is in the north, and it is the colder one.
        const [north, equator, south] = [0, (latitudes - 1) >> 1, latitudes - 1]
          .map((row) => meanOfRow(values, row, longitudes)) as [number, number, number];
        assert(north < south && south < equator, `${north}, ${south}, ${equator}`);
        const sample = { values, display, coordinates, coordinateDim: 3, featureDim: 1 };
        const { width, pixels } = sheetOf(sample, 1), height = width / 2;
        // In the colours of the map more green is warmer.
        const green = [0, height >> 1, height - 1].map((row) => meanOfRow(pixels, row, width, 3, 1));
        assert(green[0]! < green[2]! && green[2]! < green[1]!, `${green}`);
        const places = placesOfGrid().map(([latitude, longitude]) => {
          const row = Math.floor((90 - latitude) / 180 * height);
          const column = Math.floor((longitude + 180) / 360 * width);
          const from = (90 - latitude) / 180 * (latitudes - 1) * longitudes;
          const value = values[from + (longitude + 360) % 360 / 360 * longitudes]!;
          return { value, green: pixels[(row * width + column) * 3 + 1]! };
        });
        checkOrder(places);
      }
    },
  });
}

/** Latitudes and longitudes that grids of 3° and of 4° have both. */
function placesOfGrid(): [latitude: number, longitude: number][] {
  const degrees = (most: number) => Array.from({ length: most / 6 + 1 }, (_, i) => 12 * i - most);
  return degrees(78).flatMap((latitude) =>
    degrees(168).map((longitude): [number, number] => [latitude, longitude])
  );
}

/** Warmer places are greener, wherever they are: neither side of the map is swapped, nor turned. */
function checkOrder(places: readonly { readonly value: number; readonly green: number }[]): void {
  const sorted = places.toSorted((a, b) => a.value - b.value);
  for (const [i, warm] of sorted.entries()) {
    for (const cold of sorted.slice(0, i)) {
      // A pixel is beside the place by up to its size, so only clear differences count.
      if (warm.value - cold.value > 0.2) assert(warm.green > cold.green, `${JSON.stringify([cold, warm])}`);
    }
  }
}
