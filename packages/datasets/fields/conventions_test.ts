/** What CF, the NetCDF Users Guide and data centres write in files is read right, or refused with the cure. */
import { assert, assertAlmostEquals, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { gzip, writeNpy } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import type { Dataset } from "../core/dataset.ts";
import { type NetcdfAttribute, type NetcdfVariableToWrite, writeNetcdf } from "../netcdf/netcdf_testing.ts";
import { climateDataset, type ClimateOptions } from "./climate.ts";
import { classicFile, hdf5File, memoryFolder } from "./climate_testing.ts";

const LATITUDES = [90, 0, -90], LONGITUDES = [0, 90, 180, 270];
type Attributes = Readonly<Record<string, NetcdfAttribute>>;
type Numbers = NetcdfVariableToWrite["data"];

const AXES: NetcdfVariableToWrite[] = [
  {
    name: "lat",
    dimensions: ["lat"],
    data: Float64Array.from(LATITUDES),
    attributes: { units: "degrees_north" },
  },
  {
    name: "lon",
    dimensions: ["lon"],
    data: Float64Array.from(LONGITUDES),
    attributes: { units: "degrees_east" },
  },
];

const RAMP = Float32Array.from({ length: 12 }, (_, i) => i);

/** A file of fields `t` over `[...leading, lat, lon]`, with variables for some axes. */
function fileOf(
  data: Numbers,
  attributes: Attributes = {},
  leading: Readonly<Record<string, number>> = {},
  more: readonly NetcdfVariableToWrite[] = [],
): Uint8Array {
  return writeNetcdf({
    dimensions: { ...leading, lat: 3, lon: 4 },
    variables: [
      ...AXES,
      ...more,
      { name: "t", dimensions: [...Object.keys(leading), "lat", "lon"], data, attributes },
    ],
  });
}

async function open(bytes: Uint8Array, options: ClimateOptions = {}, name = "a.nc") {
  const notes: string[] = [];
  const data = await climateDataset(memoryFolder({ [name]: bytes }), {
    note: (sentence) => notes.push(sentence),
    ...options,
  });
  return { data, notes };
}

/** Returns the values of an item in the data's units. */
async function valuesOf(data: Dataset, item: number): Promise<number[]> {
  const { display } = data;
  const scales = display.kind === "cloud" ? display.scales : display.kind === "sphere" ? [display.scale] : [];
  return Array.from(await data.batch([item]), (feature, i) => {
    const { low, high } = scales[i % scales.length]!;
    return low + (feature + 1) / 2 * (high - low);
  });
}

const FILL = 2 ** 122 * 1.875;

Deno.test("missing values are compared in the packed type, whatever the type of the attribute", async () => {
  const floats = (missing: number) => Float32Array.from(RAMP, (value, i) => i === 5 ? missing : value);
  const shorts = (missing: number) => Int16Array.from(RAMP, (value, i) => i === 5 ? missing : value);
  const bytes = (missing: number) => Int8Array.from(RAMP, (value, i) => i === 5 ? missing : value);
  const cases: [string, Numbers, Attributes][] = [
    ["a double for floats", floats(-9999.9), { missing_value: -9999.9 }],
    ["_FillValue of the type", floats(-1e34), { _FillValue: Float32Array.of(-1e34) }],
    ["several missing values", floats(-8), { missing_value: Float32Array.of(-7, -8, -9) }],
    ["text", floats(-999.25), { missing_value: "-999.25f" }],
    ["NaN", floats(NaN), { _FillValue: Float32Array.of(NaN) }],
    ["the default fill of floats", floats(FILL), {}],
    ["the default fill of shorts", shorts(-32767), {}],
    ["beyond valid_range, in packed units", shorts(900), {
      valid_range: Int16Array.of(0, 100),
      scale_factor: 0.5,
    }],
    ["below valid_min", floats(-3), { valid_min: -1 }],
    ["above valid_max", floats(1e9), { valid_max: 1000 }],
    ["both attributes", shorts(-5), { _FillValue: Int16Array.of(-4), missing_value: Int16Array.of(-5) }],
    ["unsigned bytes", bytes(-1), { _Unsigned: "true", _FillValue: Int16Array.of(255) }],
  ];
  for (const [name, data, attributes] of cases) {
    const file = fileOf(data, attributes);
    const error = await assertRejects(
      () => open(file),
      DataError,
      "field 0 has no value at 0° north, 90° east",
    );
    assertStringIncludes(error.message, "--gaps points", name);
    const { data: points, notes } = await open(file, { gaps: "points" });
    assertEquals([points.pointCount, points.display.kind], [11, "sphere"], name);
    assertEquals(notes, [
      "11 of the 12 points have values, the same in all items; the others are left out",
      "samples are drawn on the whole grid, also where the data have gaps",
    ]);
  }
  // What is not missing: a number that only the unpacked value equals, a byte of any value.
  for (
    const [data, attributes] of [
      [Int16Array.from(RAMP), { _FillValue: Int16Array.of(100), scale_factor: 10 }],
      [Int8Array.from(RAMP, (value) => value - 127), {}],
    ] as const
  ) {
    assertEquals((await open(fileOf(data, attributes))).data.pointCount, 12);
  }
});

Deno.test("_Unsigned integers are read as unsigned", async () => {
  const data = Int8Array.from(RAMP, (value) => value + 120);
  const { data: opened } = await open(fileOf(data, { _Unsigned: "true", scale_factor: 2, add_offset: 1 }));
  const values = await valuesOf(opened, 0);
  values.forEach((value, i) => assertAlmostEquals(value, 1 + 2 * (i + 120), 1e-3));
});

Deno.test("gaps that differ between items leave each item its own points, equally many", async () => {
  const data = Float32Array.from({ length: 36 }, (_, i) => i % 12);
  for (const at of [0, 12, 13, 25]) data[at] = NaN;
  const { data: opened, notes } = await open(fileOf(data, {}, { time: 3 }), { gaps: "points" });
  assertEquals([opened.items, opened.pointCount], [3, 10]);
  assertStringIncludes(notes[0]!, "10 to 11 of the 12 points have values, not the same in all items");
  const features = await opened.batch([0, 1, 2]), coordinates = await opened.batchCoordinates!([0, 1, 2]);
  assert(features.every(Number.isFinite) && coordinates.every(Number.isFinite));
  assertEquals(await opened.batch([2]), features.slice(20));
  // Each value is that of its point: the ramp is by row and column.
  const values = await valuesOf(opened, 1);
  values.forEach((value, i) => {
    const [x, y, z] = coordinates.slice(3 * (10 + i), 3 * (10 + i) + 3);
    const row = z! > 0.5 ? 0 : z! < -0.5 ? 2 : 1;
    assertEquals(Math.floor(Math.round(value) / 4), row);
    if (row !== 1) return;
    const column = Math.round(Math.atan2(y!, x!) / Math.PI * 2 + 4) % 4;
    assertEquals(Math.round(value) % 4, column);
  });
});

Deno.test("several variables become features", async () => {
  const file = writeNetcdf({
    dimensions: { lat: 3, lon: 4 },
    variables: [
      ...AXES,
      { name: "u10", dimensions: ["lat", "lon"], data: RAMP, attributes: { units: "m/s" } },
      { name: "v10", dimensions: ["lat", "lon"], data: RAMP.map((value) => -2 * value) },
    ],
  });
  const error = await assertRejects(() => open(file), DataError, "--variable u10,v10");
  assertStringIncludes(error.message, "several fields (u10, v10)");
  const { data } = await open(file, { variable: ["u10", "v10"] });
  assertEquals([data.featureDim, data.pointCount, data.display.kind], [2, 12, "cloud"]);
  const values = await valuesOf(data, 0);
  RAMP.forEach((value, i) => {
    assertAlmostEquals(values[2 * i]!, value, 1e-5);
    assertAlmostEquals(values[2 * i + 1]!, -2 * value, 1e-5);
  });
});

Deno.test("levels are selected by their value, hPa for Pa, or the number of the step", async () => {
  const levels = Float32Array.from({ length: 36 }, (_, i) => i);
  const plev = (values: number[], units: string): NetcdfVariableToWrite => ({
    name: "plev",
    dimensions: ["plev"],
    data: Float64Array.from(values),
    attributes: { units },
  });
  const pascals = fileOf(levels, {}, { plev: 3 }, [plev([100000, 50000, 1000], "Pa")]);
  const error = await assertRejects(() => open(pascals), DataError, "3 steps along plev, which is no time");
  assertStringIncludes(
    error.message,
    "(100000, 50000, 1000 Pa): select one, for example with --select plev=100000",
  );
  for (const [choice, first] of [["50000", 12], ["500", 12], ["1000", 24], ["0", 0], ["2", 24]] as const) {
    const { data } = await open(pascals, { select: { plev: choice } });
    assertAlmostEquals((await valuesOf(data, 0))[0]!, first, 1e-4);
  }
  assertEquals((await open(pascals, { select: { plev: "2" } })).notes, [
    "plev=2 is the step with that number from 0, whose value is 1000 Pa",
  ]);
  await assertRejects(() => open(pascals, { select: { plev: "850" } }), DataError, 'plev has no step "850"');
  await assertRejects(
    () => open(pascals, { select: { level: "1" } }),
    DataError,
    "no axis level to select from",
  );
});

Deno.test("axes are times by their attributes or names", async () => {
  const steps = Float32Array.from({ length: 24 }, (_, i) => i);
  const along = (name: string, attributes: Attributes): NetcdfVariableToWrite => ({
    name,
    dimensions: [name],
    data: Float64Array.of(0, 1),
    attributes,
  });
  const named: [string, Attributes][] = [
    ["TAX", { axis: "T" }],
    ["when", { units: "days since 1900-01-01" }],
    ["lead", { standard_name: "forecast_period" }],
    ["ens", { standard_name: "realization" }],
    ...["forecast_period", "year", "day", "dayofyear", "ensemble", "realisation", "month", "valid_time"].map((
      name,
    ): [string, Attributes] => [name, {}]),
  ];
  for (const [name, attributes] of named) {
    const { data } = await open(fileOf(steps, {}, { [name]: 2 }, [along(name, attributes)]));
    assertEquals(data.items, 2, name);
  }
  await assertRejects(
    () => open(fileOf(steps, {}, { height: 2 }, [along("height", { units: "m" })])),
    DataError,
    "which is no time",
  );
});

Deno.test("curvilinear, rotated and unstructured grids become points on the sphere", async () => {
  const where = (dimensions: string[], radians = false): NetcdfVariableToWrite[] => {
    const unit = radians ? Math.PI / 180 : 1;
    return [
      {
        name: "clat",
        dimensions,
        data: Float64Array.of(90, 0, 0, -45, 10, 20).map((x) => x * unit),
        attributes: { standard_name: "latitude", units: radians ? "radian" : "degrees_north" },
      },
      {
        name: "clon",
        dimensions,
        data: Float64Array.of(0, 0, 90, 180, -10, 350).map((x) => x * unit),
        attributes: { standard_name: "longitude", units: radians ? "radian" : "degrees_east" },
      },
    ];
  };
  const data = Float32Array.from({ length: 12 }, (_, i) => i);
  const field = (dimensions: string[]): NetcdfVariableToWrite => ({
    name: "t",
    dimensions: ["time", ...dimensions],
    data,
    attributes: { coordinates: "clon clat" },
  });
  const rotated = ["rlat", "rlon"].map((name): NetcdfVariableToWrite => ({
    name,
    dimensions: [name],
    data: name === "rlat" ? Float64Array.of(0, 1) : Float64Array.of(0, 1, 2),
    attributes: { standard_name: name === "rlat" ? "grid_latitude" : "grid_longitude", units: "degrees" },
  }));
  for (
    const [dimensions, radians, more] of [
      [{ y: 2, x: 3 }, false, []],
      [{ rlat: 2, rlon: 3 }, false, rotated],
      [{ cell: 6 }, true, []],
    ] as const
  ) {
    const names = Object.keys(dimensions);
    const bytes = writeNetcdf({
      dimensions: { time: 2, ...dimensions },
      variables: [...where(names, radians), ...more, field(names)],
    });
    const { data: opened, notes } = await open(bytes);
    assertEquals([opened.items, opened.pointCount, opened.coordinateDim], [2, 6, 3]);
    [0, 0, 1, 1, 0, 0, 0, 1, 0].forEach((value, i) =>
      assertAlmostEquals(opened.coordinates[i]!, value, 1e-6)
    );
    assertAlmostEquals((await valuesOf(opened, 1))[2]!, 8, 1e-5);
    assertEquals(notes, ["the grid has no rows of latitude: its cells are points on the sphere"]);
    await assertRejects(() => open(bytes, { resample: [3, 4] }), DataError, "cannot be resampled");
  }
});

Deno.test("axes in any order, and regions across 0°, are read in one piece", async () => {
  const turned = writeNetcdf({
    dimensions: { lat: 3, lon: 4, time: 2 },
    variables: [
      ...AXES,
      { name: "t", dimensions: ["lat", "lon", "time"], data: Float32Array.from({ length: 24 }, (_, i) => i) },
    ],
  });
  const { data } = await open(turned);
  assertEquals((await valuesOf(data, 1)).map(Math.round), [...RAMP].map((i) => 2 * i + 1));
  const region = classicFile({ latitudes: [60, 55, 50], longitudes: [350, 355, 0, 5, 10], times: 1 });
  const { data: europe } = await open(region);
  const east = Array.from(
    { length: 5 },
    (_, i) =>
      Math.round(Math.atan2(europe.coordinates[3 * i + 1]!, europe.coordinates[3 * i]!) * 180 / Math.PI),
  );
  assertEquals(east, [-10, -5, 0, 5, 10]);
});

Deno.test("dimensions without degrees and repeated degrees are refused with the cure", async () => {
  const bare = writeNetcdf({
    dimensions: { lat: 3, lon: 4 },
    variables: [{ name: "t", dimensions: ["lat", "lon"], data: RAMP }],
  });
  await assertRejects(
    () => open(bare),
    DataError,
    "has a dimension lat but no variable that gives its degrees",
  );
  for (const latitudes of [[90, 90, 0], [0, 0, 90], [90, 0, 0], [-90, 0, -90]]) {
    await assertRejects(
      () => open(classicFile({ latitudes, longitudes: LONGITUDES, times: 1 })),
      DataError,
      "latitudes must increase or decrease strictly",
    );
  }
});

Deno.test("files are what their content says: unpacked if gzipped or alone in a ZIP, else named with the cure", async () => {
  const plain = fileOf(RAMP), text = (content: string) => new TextEncoder().encode(content);
  for (const [name, bytes] of [["a.nc.gz", gzip(plain)], ["a.nc", gzip(plain)]] as const) {
    assertEquals((await open(bytes, {}, name)).data.pointCount, 12);
  }
  const grid = { latitudes: LATITUDES, longitudes: LONGITUDES, times: 2 };
  assertEquals((await open(gzip(await hdf5File(grid)))).data.items, 2);
  assertEquals(
    (await open(writeNpy({ shape: [2, 3], data: RAMP.slice(0, 6) }), {}, "a.nc")).data.pointCount,
    6,
  );
  for (
    const [bytes, message] of [
      [new Uint8Array(0), "a.nc is empty, expected a NetCDF file"],
      [text("GRIB\0\0\x64\x02"), "is a GRIB file, not a NetCDF file: convert it with cdo -f nc copy"],
      [text("BUFR\0\0"), "is a BUFR file"],
      [text("\n<!DOCTYPE html><html>"), "is a web page"],
      [text('<?xml version="1.0"?><Error>'), "is a web page"],
      [text('{"error": "not logged in"}'), "is a text"],
      [text("version https://git-lfs.github.com/spec/v1"), "is a pointer of Git LFS"],
      [Uint8Array.of(0x0e, 3, 0x13, 1), "is an HDF 4 file"],
      [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd), "is a Zstandard file"],
      [text("PK\x05\x06" + "\0".repeat(18)), "ZIP archive"],
      [new Uint8Array(600), "begins with zeros"],
      [Uint8Array.of(1, 2, 3, 200), "is not a NetCDF file"],
    ] as const
  ) {
    await assertRejects(() => open(bytes), DataError, message);
  }
});
