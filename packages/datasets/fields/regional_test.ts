import { assertAlmostEquals, assertEquals } from "@std/assert";
import { atResolution, displayCoordinates, displayOfItems, gridPoints } from "../core/display.ts";
import { memoryFolder } from "./climate_testing.ts";
import { climateDataset } from "./climate.ts";
import { writeNetcdf } from "../netcdf/netcdf_testing.ts";

/** A file of two fields over a region; values count upwards, with gaps at the points of `missing`. */
function regionFile(latitudes: number[], longitudes: number[], missing: number[] = []): Uint8Array {
  const points = latitudes.length * longitudes.length;
  const data = Float32Array.from({ length: 2 * points }, (_, i) => missing.includes(i % points) ? -999 : i);
  return writeNetcdf({
    dimensions: { time: 2, lat: latitudes.length, lon: longitudes.length },
    variables: [
      {
        name: "lat",
        dimensions: ["lat"],
        data: Float64Array.from(latitudes),
        attributes: { units: "degrees_north" },
      },
      {
        name: "lon",
        dimensions: ["lon"],
        data: Float64Array.from(longitudes),
        attributes: { units: "degrees_east" },
      },
      {
        name: "sst",
        dimensions: ["time", "lat", "lon"],
        data,
        attributes: { _FillValue: Float32Array.of(-999), units: "K" },
      },
    ],
  });
}

const ofFile = (bytes: Uint8Array, gaps?: "points") =>
  climateDataset(memoryFolder({ "a.nc": bytes }), { gaps, partial: "keep" });

Deno.test("climateDataset() bounds the display of a region, whose grid is that of the data", async () => {
  const set = await ofFile(regionFile([30, 40, 50], [350, 355, 0, 5, 10]));
  const { display } = set;
  assertEquals(display.kind === "sphere" && display.bounds, { north: 50, south: 30, west: -10, east: 10 });
  assertEquals([gridPoints(display), displayOfItems(set)], [15, display]);
  displayCoordinates(display).forEach((value, i) => assertAlmostEquals(value, set.coordinates[i]!, 1e-6));
  // At another resolution, the corners stay.
  const fine = displayCoordinates(atResolution(display, 9));
  for (const from of [0, -3]) {
    const corner = (points: Float32Array) => [0, 1, 2].map((axis) => points.at(from + axis)!);
    corner(fine).forEach((value, axis) => assertAlmostEquals(value, corner(set.coordinates)[axis]!, 1e-6));
  }
});

Deno.test("climateDataset() does not bound fields of the whole globe", async () => {
  const longitudes = Array.from({ length: 36 }, (_, i) => 10 * i);
  const latitudes = Array.from({ length: 18 }, (_, i) => 85 - 10 * i);
  const { display } = await ofFile(regionFile(latitudes, longitudes));
  assertEquals(display.kind === "sphere" && display.bounds, undefined);
});

Deno.test("climateDataset() displays fields with gaps on their grid, and their items at the points with values", async () => {
  const set = await ofFile(regionFile([30, 40, 50], [100, 110, 120], [4, 5]), "points");
  const { display } = set;
  assertEquals([display.kind, gridPoints(display), set.pointCount], ["sphere", 9, 7]);
  assertEquals(display.kind === "sphere" && display.bounds, { north: 50, south: 30, west: 100, east: 120 });
  const items = displayOfItems(set);
  assertEquals([items.kind, items.kind === "cloud" && items.scales[0]?.units], ["cloud", "K"]);
});
