import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { gzip, writeNpy, writeNpz } from "@gasp/tensor";
import { climateDataset, type ClimateOptions, ERA5_RANGE } from "./climate.ts";
import {
  classicFile,
  hdf5File,
  kelvinAt,
  memoryFolder,
  packedOf,
  type TestFile,
  valuesOf,
} from "./climate_testing.ts";
import { DataError } from "../core/data_error.ts";
import type { Dataset, SphereDisplay } from "../core/dataset.ts";
import { writeNetcdf } from "../netcdf/netcdf_testing.ts";
import { sphereCoordinates, sphereCoordinatesAt } from "../core/sphere.ts";

const LATITUDES = [90, 45, 0, -45, -90];
const LONGITUDES = [0, 60, 120, 180, 240, 300];
const UPSIDE_DOWN = LATITUDES.toReversed();
const FROM_DATE_LINE = [-180, -120, -60, 0, 60, 120];
const GRID = { latitudes: LATITUDES, longitudes: LONGITUDES, times: 3 };

function load(bytes: Uint8Array, options: ClimateOptions = {}, name = "era5.nc"): Promise<Dataset> {
  return climateDataset(memoryFolder({ [name]: bytes }), options);
}

/** Returns values in the data's units. */
async function kelvins(data: Dataset, items: number[]): Promise<number[]> {
  const { low, high } = (data.display as SphereDisplay).scale;
  return Array.from(await data.batch(items), (feature) => low + (feature + 1) / 2 * (high - low));
}

async function assertFields(data: Dataset, file: TestFile, tolerance: number): Promise<void> {
  const all = [...Array(file.times).keys()];
  const expected = valuesOf({ ...GRID, times: file.times });
  assertEquals([data.items, data.pointCount, data.coordinateDim, data.featureDim], [file.times, 30, 3, 1]);
  assertEquals(data.coordinates, sphereCoordinates(5, 6));
  const found = await kelvins(data, all);
  found.forEach((value, i) => assertAlmostEquals(value, expected[i]!, tolerance));
  const { scale } = data.display as SphereDisplay;
  assertEquals([scale.units, scale.quantity], ["K", "2 metre temperature"]);
  assertAlmostEquals(scale.low, Math.min(...expected), tolerance);
  assertAlmostEquals(scale.high, Math.max(...expected), tolerance);
}

for (const latitudes of [LATITUDES, UPSIDE_DOWN]) {
  for (const longitudes of [LONGITUDES, FROM_DATE_LINE]) {
    for (const packed of [false, true]) {
      const file = { latitudes, longitudes, times: 3, packed };
      const which = `latitudes from ${latitudes[0]}, longitudes from ${longitudes[0]}${
        packed ? ", packed" : ""
      }`;
      Deno.test(`climateDataset() brings NetCDF 3 into canonical form: ${which}`, async () => {
        for (const record of [false, true]) {
          await assertFields(await load(classicFile({ ...file, record })), file, packed ? 0.006 : 1e-4);
        }
      });
      Deno.test(`climateDataset() brings NetCDF 4 into canonical form: ${which}`, async () => {
        await assertFields(await load(await hdf5File(file)), file, packed ? 0.006 : 1e-4);
      });
    }
  }
}

Deno.test("climateDataset() reads sets above the limit again for each batch, until closed", async () => {
  const file = { latitudes: UPSIDE_DOWN, longitudes: FROM_DATE_LINE, times: 3 };
  for (const bytes of [classicFile(file), await hdf5File(file)]) {
    const data = await climateDataset(memoryFolder({ "a.nc": bytes }, true), { maxBytes: 100 });
    const inMemory = await load(bytes);
    await assertFields(data, file, 1e-4);
    assertEquals(await data.batch([2, 0]), await inMemory.batch([2, 0]));
    assertEquals(inMemory.close, undefined);
    await data.close!();
    await assertRejects(() => data.batch([0]), RangeError, "a.nc is closed");
  }
});

Deno.test("climateDataset() scales by the set's range to exactly -1 and 1, or by given constants like the reference", async () => {
  const bytes = classicFile(GRID);
  const features = await (await load(bytes)).batch([0, 1, 2]);
  assertEquals([Math.min(...features), Math.max(...features)], [-1, 1]);
  const given = await load(bytes, { range: ERA5_RANGE });
  const kelvin = Math.fround(kelvinAt(1, 90, 0));
  assertEquals(
    (await given.batch([1]))[0],
    Math.fround(2 * Math.fround((kelvin - 202.66) / (320.93 - 202.66)) - 1),
  );
  assertEquals((given.display as SphereDisplay).scale.low, 202.66);
});

Deno.test("climateDataset() concatenates the authors' npz files, one field each", async () => {
  const field = (time: number) =>
    writeNpz([
      ["latitude", { shape: [5], data: Float32Array.from(LATITUDES) }],
      ["longitude", { shape: [6], data: Float32Array.from(LONGITUDES) }],
      ["temperature", {
        shape: [5, 6],
        data: valuesOf({ ...GRID, times: 3 }).slice(time * 30, time * 30 + 30),
      }],
    ]);
  const folder = memoryFolder({
    "b.npz": field(1),
    "c.npz": field(2),
    "a.npz": field(0),
    "notes.txt": field(0),
  });
  const data = await climateDataset(folder, { quantity: "2 metre temperature" });
  await assertFields(data, GRID, 1e-4);
});

Deno.test("climateDataset() reads fields of files that have different ones, by their names", async () => {
  const file = (name: string, shift: number) => {
    const [lat, lon] = [LATITUDES, LONGITUDES].map((axis) => Float64Array.from(axis)) as [
      Float64Array,
      Float64Array,
    ];
    const axis = (units: string, data: Float64Array, dimension: string) => ({
      name: dimension,
      dimensions: [dimension],
      data,
      attributes: { units },
    });
    return writeNetcdf({
      dimensions: { time: 1, lat: lat.length, lon: lon.length },
      variables: [
        axis("degrees_north", lat, "lat"),
        axis("degrees_east", lon, "lon"),
        {
          name,
          dimensions: ["time", "lat", "lon"],
          data: valuesOf({ ...GRID, times: 1 }).map((value) => value + shift),
          attributes: { units: "m s-1" },
        },
      ],
    });
  };
  const folder = memoryFolder({ "a.nc": file("u10", 0), "b.nc": file("v10", 7) });
  await assertRejects(
    () => climateDataset(folder),
    DataError,
    "a.nc has the field u10, b.nc v10: say which with --variable NAME",
  );
  const notes: string[] = [], note = (sentence: string) => notes.push(sentence);
  const one = await climateDataset(folder, { variable: "v10", note });
  assertEquals([one.items, one.featureDim, notes], [1, 1, ["1 of 2 files have no v10: a.nc"]]);
  const both = await climateDataset(folder, { variable: ["u10", "v10"] });
  assertEquals([both.items, both.featureDim], [1, 2]);
  await assertRejects(
    () => climateDataset(folder, { variable: "t" }),
    DataError,
    "a.nc has no field t: found u10",
  );
});

Deno.test("climateDataset() reads 16-bit npy with the scale of its metadata file", async () => {
  const npy = gzip(writeNpy({ shape: [3, 5, 6], data: packedOf(GRID) }));
  const metadata = { scale: 0.01, offset: 250, units: "K", quantity: "2 metre temperature" };
  const json = new TextEncoder().encode(JSON.stringify(metadata));
  const folder = memoryFolder({ "t.npy.gz": npy, "t.json": json });
  await assertFields(await climateDataset(folder), GRID, 0.006);
  await assertFields(await load(npy, metadata, "t.npy.gz"), GRID, 0.006);
});

Deno.test("climateDataset() supports grids without poles", async () => {
  const latitudes = [-60, -20, 20, 60], longitudes = [15, 105, 195, 285];
  const data = await load(classicFile({ latitudes, longitudes, times: 1 }));
  assertEquals(data.coordinates, sphereCoordinatesAt(latitudes.toReversed(), longitudes));
  assertAlmostEquals((await kelvins(data, [0]))[0]!, kelvinAt(0, 60, 15), 1e-4);
});

Deno.test("climateDataset() reads npy files of cell centres", async () => {
  const npy = writeNpy({ shape: [2, 4], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
  const data = await load(npy, { centred: true }, "a.npy");
  assertEquals(data.coordinates, sphereCoordinatesAt([45, -45], [45, 135, 225, 315]));
  assertEquals((await data.batch([0]))[7], 1);
});

Deno.test("climateDataset() drops a repeated meridian", async () => {
  const data = await load(classicFile({ ...GRID, longitudes: [...LONGITUDES, 360] }));
  assertEquals(data.coordinates, sphereCoordinates(5, 6));
});

Deno.test("climateDataset() thins and resamples", async () => {
  const file = { latitudes: UPSIDE_DOWN, longitudes: FROM_DATE_LINE, times: 2 };
  for (const bytes of [classicFile(file), await hdf5File(file)]) {
    const thin = await load(bytes, { thin: 2 });
    assertEquals(thin.coordinates, sphereCoordinates(3, 3));
    assertAlmostEquals((await kelvins(thin, [1]))[5]!, kelvinAt(1, 0, 240), 1e-4);
    const fine = await load(bytes, { resample: [9, 12] });
    assertEquals(fine.coordinates, sphereCoordinates(9, 12));
    const values = await kelvins(fine, [0]);
    assertAlmostEquals(values[12 * 2 + 2]!, kelvinAt(0, 45, 60), 1e-4);
    assertAlmostEquals(values[12 * 1 + 3]!, kelvinAt(0, 67.5, 90), 1e-4);
    // Interpolates between 300° and 360°, which is 0°.
    assertAlmostEquals(values[12 * 2 + 11]!, (kelvinAt(0, 45, 300) + kelvinAt(0, 45, 0)) / 2, 1e-4);
    assertEquals(new Set(values.slice(0, 12)).size, 1);
  }
});

Deno.test("climateDataset() rejects damaged files, ambiguous variables and inconsistent files", async () => {
  const grid = classicFile(GRID);
  const variable = (name: string, dimensions: string[], data: Float32Array, attributes = {}) => ({
    name,
    dimensions,
    data,
    attributes,
  });
  const level = writeNetcdf({
    dimensions: { level: 2, lat: 2, lon: 2 },
    variables: [
      variable("lat", ["lat"], Float32Array.of(90, -90)),
      variable("lon", ["lon"], Float32Array.of(0, 180)),
      variable("t", ["level", "lat", "lon"], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), { _FillValue: 8 }),
      variable("u", ["lat", "lon"], new Float32Array(4)),
    ],
  });
  for (
    const [bytes, options, message] of [
      [new Uint8Array(20), {}, "begins with zeros"],
      [grid.subarray(0, 300), {}, "is truncated"],
      [grid.subarray(0, -1), {}, "t2m ends at byte"],
      [grid, { variable: "sst" }, "has no field sst: found t2m"],
      [grid, { thin: 3 }, "cannot be thinned by 3"],
      [level, {}, "has several fields (t, u): say which with --variable t, or several with --variable t,u"],
      [
        level,
        { variable: "t" },
        "2 steps along level, which is no time: select one, for example with --select level=0",
      ],
      [
        level,
        { variable: "t", select: { level: 2 } },
        'level has no step "2": expected a number from 0 to 1',
      ],
      [level, { variable: "t", select: { level: 1 } }, "field 0 has no value at -90° north, 180° east"],
      [level, { variable: "u" }, "all values are equal"],
    ] as const
  ) {
    await assertRejects(() => load(bytes, options), DataError, message);
  }
  const lower = await kelvins(await load(level, { variable: "t", select: { level: 0 } }), [0]);
  assertEquals(lower.map((value) => Math.round(value * 1e6) / 1e6), [1, 2, 3, 4]);
  const two = { "a.nc": grid, "b.nc": classicFile({ ...GRID, latitudes: [90, 0, -90] }) };
  await assertRejects(() => climateDataset(memoryFolder(two)), DataError, "b.nc has another grid (3×6");
  await assertRejects(() => climateDataset(memoryFolder({})), DataError, "no climate files");
  await assertRejects(async () => (await load(grid)).batch([3]), RangeError, "items 0 to 2");
});

Deno.test("climateDataset() falls back to preliminary values where final ones are missing", async () => {
  const fields = Float32Array.of(1, 2, 3, 4, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, 5, 6, 7, 8);
  const bytes = writeNetcdf({
    dimensions: { time: 2, expver: 2, lat: 2, lon: 2 },
    variables: [
      { name: "lat", dimensions: ["lat"], data: Float32Array.of(90, -90) },
      { name: "lon", dimensions: ["lon"], data: Float32Array.of(0, 180) },
      { name: "t2m", dimensions: ["time", "expver", "lat", "lon"], data: fields },
    ],
  });
  assertEquals((await kelvins(await load(bytes), [0, 1])).map(Math.round), [1, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("climateDataset() turns fields by longitude and latitude", async () => {
  const latitudes = [90, 0, -90], longitudes = [0, 90, 180, 270];
  const bytes = writeNetcdf({
    dimensions: { time: 2, longitude: 4, latitude: 3 },
    variables: [
      { name: "latitude", dimensions: ["latitude"], data: Float32Array.from(latitudes) },
      { name: "longitude", dimensions: ["longitude"], data: Float32Array.from(longitudes) },
      {
        name: "t2m",
        dimensions: ["time", "longitude", "latitude"],
        data: Float32Array.from(
          { length: 24 },
          (_, i) => kelvinAt(Math.floor(i / 12), latitudes[i % 3]!, longitudes[Math.floor(i / 3) % 4]!),
        ),
      },
    ],
  });
  const data = await load(bytes);
  assertEquals(data.coordinates, sphereCoordinates(3, 4));
  const expected = valuesOf({ latitudes, longitudes, times: 2 });
  (await kelvins(data, [0, 1])).forEach((value, i) => assertAlmostEquals(value, expected[i]!, 1e-4));
});

Deno.test("climateDataset() takes _FillValue and missing_value for no value", async () => {
  for (const name of ["_FillValue", "missing_value"]) {
    const bytes = writeNetcdf({
      dimensions: { time: 1, latitude: 2, longitude: 2 },
      variables: [
        { name: "latitude", dimensions: ["latitude"], data: Float32Array.of(90, -90) },
        { name: "longitude", dimensions: ["longitude"], data: Float32Array.of(0, 180) },
        {
          name: "t2m",
          dimensions: ["time", "latitude", "longitude"],
          data: Int16Array.of(1, 2, -9, 4),
          attributes: { [name]: Int16Array.of(-9), scale_factor: 0.5 },
        },
      ],
    });
    await assertRejects(
      async () => await (await load(bytes)).batch([0]),
      DataError,
      "field 0 has no value at -90° north, 0° east",
    );
  }
});
