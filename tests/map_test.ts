/**
 * From a file of a field on the sphere to the colours of its map: north is up and east is right everywhere.
 *
 * @module
 */
import { openDataset } from "@gasp/datasets";
import { sheetOf } from "@gasp/gasp";
import { gzip, writeNpy } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { folderTree } from "../apps/cli/files/file_tree.ts";
import { inFolder } from "./cli.ts";

/** Computes the mean of a row of a field or a map. */
function meanOfRow(values: ArrayLike<number>, row: number, width: number, stride = 1, offset = 0): number {
  let sum = 0;
  for (let column = 0; column < width; column++) sum += values[(row * width + column) * stride + offset]!;
  return sum / width;
}

/** Temperature in hundredths of a degree, as in January: higher in the south, and on one side of the globe. */
function january(latitude: number, longitude: number): number {
  const [north, east] = [latitude, longitude - 100].map((degrees) => degrees * Math.PI / 180) as [
    number,
    number,
  ];
  return Math.round(
    100 * (30 * Math.cos(north) - 9 * Math.sin(north) + 10 * Math.cos(north) * Math.cos(east)),
  );
}

for (const [latitudes, longitudes] of [[46, 90], [61, 120]] as const) {
  Deno.test(`a map of ${latitudes}×${longitudes} points has the right orientation`, () =>
    inFolder(async (folder) => {
      const points = latitudes * longitudes;
      const data = Int16Array.from({ length: 2 * points }, (_, i) => {
        const row = Math.floor(i % points / longitudes), column = i % longitudes;
        return january(90 - 180 * row / (latitudes - 1), 360 * column / longitudes);
      });
      const npy = writeNpy({ shape: [2, latitudes, longitudes], data });
      await Deno.writeFile(`${folder}/t.npy.gz`, gzip(npy));
      const { dataset, kind } = await openDataset({ files: folderTree(folder), file: "t.npy.gz" });
      const { display, coordinates } = dataset;
      assert(kind === "climate" && display.kind === "sphere" && coordinates);
      assertEquals([coordinates[2], coordinates.at(-1)], [1, -1]);
      const values = (await dataset.batch([1])).subarray(0, points);
      const rows = [0, (latitudes - 1) >> 1, latitudes - 1];
      const [north, equator, south] = rows.map((row) => meanOfRow(values, row, longitudes)) as [
        number,
        number,
        number,
      ];
      assert(north < south && south < equator, `${north}, ${south}, ${equator}`);
      const sample = { values, display, coordinates, coordinateDim: 3, featureDim: 1 };
      const { width, pixels } = sheetOf(sample, 1), height = width / 2;
      // In the map's colours, more green is warmer.
      const green = [0, height >> 1, height - 1].map((row) => meanOfRow(pixels, row, width, 3, 1));
      assert(green[0]! < green[2]! && green[2]! < green[1]!, `${green}`);
      const colours = commonPoints().map(([latitude, longitude]) => {
        const row = Math.floor((90 - latitude) / 180 * height);
        const column = Math.floor((longitude + 180) / 360 * width);
        const from = (90 - latitude) / 180 * (latitudes - 1) * longitudes;
        const value = values[from + (longitude + 360) % 360 / 360 * longitudes]!;
        return { value, green: pixels[(row * width + column) * 3 + 1]! };
      });
      assertWarmerIsGreener(colours);
    }));
}

/** Returns latitudes and longitudes of points that grids of 3° and 4° have in common. */
function commonPoints(): [latitude: number, longitude: number][] {
  const degrees = (max: number) => Array.from({ length: max / 6 + 1 }, (_, i) => 12 * i - max);
  return degrees(78).flatMap((latitude) =>
    degrees(168).map((longitude): [number, number] => [latitude, longitude])
  );
}

/** Asserts that warmer points are greener everywhere, so that the map is neither mirrored nor rotated. */
function assertWarmerIsGreener(points: readonly { readonly value: number; readonly green: number }[]): void {
  const sorted = points.toSorted((a, b) => a.value - b.value);
  for (const [i, warm] of sorted.entries()) {
    for (const cold of sorted.slice(0, i)) {
      // A pixel is off by up to its size, so only clear differences count.
      if (warm.value - cold.value > 0.2) assert(warm.green > cold.green, `${JSON.stringify([cold, warm])}`);
    }
  }
}
