/** Cases of fields: what to read of several, missing values, axes, filters, and what a file really is. */
import { gzip, writeNpz } from "@gasp/tensor";
import { zipSync } from "fflate";
import { type CaseKind, type Files, fixture } from "./case.ts";
import {
  type Attributes,
  axis,
  classic,
  hdf5,
  type Hdf5Storage,
  LATITUDES,
  LONGITUDES,
  RAMP,
} from "./field_files.ts";

const BOTH_ENDS = ["-1.0000 to 1.0000"];
const text = (words: string) => new TextEncoder().encode(words);
const one = (bytes: Uint8Array): Files => ({ "a.nc": bytes });
const floats = (missing: number, at = 5) => RAMP.map((value, i) => i === at ? missing : value);

/** Files of NetCDF 4 in several storages; each is read in blocks within the memory of the test's host. */
const STORAGES: Readonly<Record<string, Hdf5Storage>> = {
  "contiguous": { times: 40, size: [91, 180] },
  "compressed, a chunk a time": { times: 20, size: [91, 180], chunks: [1, 91, 180], gzip: true },
  "compressed, chunks across times and places": {
    times: 20,
    size: [61, 120],
    chunks: [7, 20, 50],
    gzip: true,
  },
  "one chunk for all": { times: 20, size: [31, 60], chunks: [20, 31, 60], gzip: true },
  "packed in 16 bits": { times: 20, size: [61, 120], chunks: [5, 61, 120], gzip: true, packed: true },
  "beside 2,000 other variables": { times: 3, size: [7, 12], others: 2000 },
};

/** Offset of a chunk in a file of the fixtures. */
const CHUNK = 2224;

/** A file of fields with several levels. */
const levels = (units: string, values: readonly number[]) =>
  classic({ leading: { plev: values.length }, more: [axis("plev", values, { units })] });

const timeNamed = (name: string, attributes: Attributes = {}) =>
  one(classic({ leading: { [name]: 2 }, more: [axis(name, [0, 1], attributes)] }));
const asTime = (name: string, attributes: Attributes = {}) => ({
  name: `${name} ${JSON.stringify(attributes)}`,
  files: timeNamed(name, attributes),
  args: ["a.nc"] as const,
  expect: { kind: "climate", items: 2, points: 12 },
});

/** Kinds of cases of fields. */
export const FIELDS: readonly CaseKind[] = [
  {
    title: "01: files of NetCDF 4 are read in blocks, whatever their chunks",
    reported: (["big", "chunked"] as const).map((name) => ({
      name: `${name}.nc, an eighth as large`,
      files: async () =>
        one(
          await hdf5({
            times: 93,
            size: [91, 180],
            ...(name === "chunked" && { chunks: [47, 46, 90], gzip: true }),
          }),
        ),
      args: ["a.nc"] as const,
      expect: { kind: "climate", items: 93, points: 91 * 180, features: BOTH_ENDS },
    })),
    others: Object.entries(STORAGES).map(([name, storage]) => ({
      name,
      files: async () => one(await hdf5(storage)),
      args: ["a.nc", "--variable", "t"] as const,
      expect: { items: storage.times, points: storage.size[0] * storage.size[1] },
    })),
  },
  {
    title: "03: messages name the option that says what to read",
    reported: [
      {
        name: "two fields",
        files: { "uv.nc": fixture("03/uv.nc") },
        args: ["uv.nc"],
        expect: { refused: ["--variable u10,v10"] },
      },
      {
        name: "two fields, one named",
        files: { "uv.nc": fixture("03/uv.nc") },
        args: ["uv.nc", "--variable", "u10"],
        expect: { kind: "climate", features: BOTH_ENDS },
      },
      {
        name: "two fields as features",
        files: { "uv.nc": fixture("03/uv.nc") },
        args: ["uv.nc", "--variable", "u10,v10"],
        expect: { features: [...BOTH_ENDS, ...BOTH_ENDS] },
      },
      {
        name: "levels",
        files: { "levels.nc": fixture("03/levels.nc") },
        args: ["levels.nc"],
        expect: { refused: ["--select plev="] },
      },
      {
        name: "arrays of images",
        files: { "mnist.npz": fixture("03/mnist.npz") },
        args: ["images:mnist.npz"],
        expect: { refused: ["--variable", "mnist.npz#"] },
      },
      {
        name: "an array of fields with its degrees",
        files: { "z500.npz": fixture("03/z500.npz") },
        args: ["climate:z500.npz"],
        // The only one besides the degrees.
        expect: { kind: "climate", points: 684, features: BOTH_ENDS },
      },
    ],
    others: [
      {
        name: "three fields in NetCDF 3",
        files: one(classic({ names: ["u", "v", "w"] })),
        args: ["a.nc"],
        expect: { refused: ["several fields (u, v, w)", "--variable u,v"] },
      },
      {
        name: "PATH#name",
        files: one(classic({ names: ["u", "v"] })),
        args: ["a.nc#v"],
        expect: { kind: "climate", features: BOTH_ENDS },
      },
      {
        name: "a variable that is not there",
        files: one(classic({ names: ["u", "v"] })),
        args: ["a.nc", "--variable", "t2m"],
        expect: { refused: ["t2m", "u, v"] },
      },
      {
        name: "a level in hPa of an axis in Pa",
        files: one(levels("Pa", [100000, 50000])),
        args: ["a.nc", "--select", "plev=500"],
        expect: { items: 1, points: 12 },
      },
      {
        name: "a level that is not there",
        files: one(levels("hPa", [1000, 500])),
        args: ["a.nc", "--select", "plev=850"],
        expect: { refused: ['plev has no step "850"', "1000"] },
      },
      {
        name: "an axis that is not there",
        files: one(levels("hPa", [1000, 500])),
        args: ["a.nc", "--select", "height=2"],
        expect: { refused: ["no axis height"] },
      },
      {
        name: "an array of an .npz file by its name",
        files: {
          "a.npz": writeNpz([["x", { shape: [2, 8, 8], data: new Uint8Array(128).fill(7, 0, 60) }], ["y", {
            shape: [2],
            data: new Uint8Array(2),
          }]]),
        },
        args: ["images:a.npz#x"],
        expect: { kind: "images", items: 2, points: 64 },
      },
    ],
  },
  {
    title: "06: missing values, whatever the type of their attribute",
    reported: [{
      name: "a double for data of floats",
      files: { "missing.nc": fixture("06/missing.nc") },
      args: ["missing.nc"],
      expect: { refused: ["field 0 has no value at", "--gaps"] },
    }],
    others: [
      {
        name: "text",
        files: one(classic({ data: floats(-999.25), attributes: { missing_value: "-999.25f" } })),
        args: ["a.nc"],
        expect: { refused: ["no value at 0° north, 90° east"] },
      },
      {
        name: "the default fill of shorts",
        files: one(classic({ data: Int16Array.from(floats(-32767)) })),
        args: ["a.nc"],
        expect: { refused: ["no value"] },
      },
      {
        name: "beyond valid_range, compared in the packed type",
        files: one(
          classic({
            data: Int16Array.from(floats(900)),
            attributes: { valid_range: Int16Array.of(0, 100), scale_factor: 0.1 },
          }),
        ),
        args: ["a.nc"],
        expect: { refused: ["no value"] },
      },
      {
        name: "points that exist",
        files: one(classic({ data: floats(-1e34), attributes: { _FillValue: Float32Array.of(-1e34) } })),
        args: ["a.nc", "--gaps", "points"],
        expect: { points: 11, features: BOTH_ENDS },
      },
      {
        name: "in the last of three fields",
        files: one(classic({
          leading: { time: 3 },
          data: Float32Array.from({ length: 36 }, (_, i) => i === 30 ? NaN : i),
        })),
        args: ["a.nc"],
        expect: { refused: ["field 2 has no value"] },
      },
      {
        name: "a number that only the unpacked value equals is not missing",
        files: one(
          classic({
            data: Int16Array.from(RAMP),
            attributes: { _FillValue: Int16Array.of(100), scale_factor: 10 },
          }),
        ),
        args: ["a.nc"],
        expect: { points: 12, features: BOTH_ENDS },
      },
    ],
  },
  {
    title: "08: dimensions without degrees, and degrees that repeat",
    reported: [
      {
        name: "no latitudes in NetCDF 4",
        files: { "nocoord.nc": fixture("08/nocoord.nc") },
        args: ["nocoord.nc"],
        expect: { refused: ["has a dimension lat but no variable that gives its degrees"] },
      },
      {
        name: "latitudes that repeat",
        files: { "equal.nc": fixture("08/equal.nc") },
        args: ["equal.nc"],
        expect: { refused: ["must increase or decrease strictly"] },
      },
    ],
    others: [
      {
        name: "no latitudes in NetCDF 3",
        files: one(classic({ latitudes: null })),
        args: ["a.nc"],
        expect: { refused: ["has a dimension lat but no variable that gives its degrees"] },
      },
      {
        name: "latitudes that turn back",
        files: one(classic({ latitudes: [-90, 0, -45] })),
        args: ["a.nc"],
        expect: { refused: ["must increase or decrease strictly"] },
      },
      {
        name: "latitudes that are not finite",
        files: one(classic({ latitudes: [90, NaN, -90] })),
        args: ["a.nc"],
        expect: { refused: ["a.nc"] },
      },
      {
        name: "latitudes beyond the poles",
        files: one(classic({ latitudes: [90, 0, -95] })),
        args: ["a.nc"],
        expect: { refused: ["latitude"] },
      },
      {
        name: "a meridian twice is dropped once",
        files: one(classic({ longitudes: [0, 90, 180, 270, 360] })),
        args: ["a.nc"],
        expect: { points: 12 },
      },
      {
        name: "rising latitudes",
        files: one(classic({ latitudes: [-90, 0, 90] })),
        args: ["a.nc"],
        expect: { points: 12, features: BOTH_ENDS },
      },
      {
        name: "longitudes that repeat",
        files: one(classic({ longitudes: [0, 90, 90, 270] })),
        args: ["a.nc"],
        expect: { refused: ["longitude"] },
      },
    ],
  },
  {
    title: "18: axes of time by their attributes and names",
    reported: [
      {
        name: "axis T",
        files: { "axis_T.nc": fixture("18/axis_T.nc") },
        args: ["axis_T.nc"],
        expect: { kind: "climate" },
      },
      {
        name: "forecast_period",
        files: { "forecast_period.nc": fixture("18/forecast_period.nc") },
        args: ["forecast_period.nc"],
        expect: { kind: "climate" },
      },
      {
        name: "year",
        files: { "year.nc": fixture("18/year.nc") },
        args: ["year.nc"],
        expect: { kind: "climate" },
      },
    ],
    others: [
      asTime("when", { units: "hours since 1900-01-01 00:00:00" }),
      asTime("x", { standard_name: "time" }),
      asTime("lead", { standard_name: "forecast_period", units: "hours" }),
      asTime("member", { standard_name: "realization" }),
      asTime("dayofyear"),
      asTime("valid_time"),
      {
        name: "an axis that is no time is not taken for one",
        files: timeNamed("height", { units: "m", axis: "Z" }),
        args: ["a.nc"],
        expect: { refused: ["2 steps along height, which is no time", "--select height="] },
      },
    ],
  },
  {
    title: "20: filters of HDF5",
    reported: [{
      name: "Zstandard",
      files: { "zstd.nc": fixture("20/zstd.nc") },
      args: ["zstd.nc"],
      expect: { kind: "climate", features: BOTH_ENDS },
    }],
    others: [
      {
        name: "LZF",
        files: { "lzf.nc": fixture("20/lzf.nc") },
        args: ["lzf.nc"],
        expect: { items: 3, points: 84, features: BOTH_ENDS },
      },
      {
        name: "deflate, shuffle and checksums",
        files: { "checksum.nc": fixture("20/checksum.nc") },
        args: ["checksum.nc"],
        expect: { items: 3, points: 84, features: BOTH_ENDS },
      },
      {
        name: "floats with a scale and an offset",
        files: { "scaled.nc": fixture("20/scaled.nc") },
        args: ["scaled.nc"],
        expect: { items: 3, points: 84, features: BOTH_ENDS },
      },
      {
        name: "integers of as few bits as they need",
        files: { "whole.nc": fixture("20/whole.nc") },
        args: ["whole.nc"],
        expect: { items: 3, points: 84, features: BOTH_ENDS },
      },
      {
        name: "SZIP",
        files: { "szip.nc": fixture("20/szip.nc") },
        args: ["szip.nc"],
        expect: { refused: ["SZIP (HDF5 filter 4)", "nccopy"] },
      },
      {
        name: "a wrong checksum",
        files: {
          "a.nc": fixture("20/checksum.nc").map((byte, i) => i === CHUNK + 16 ? byte ^ 0x55 : byte),
        },
        args: ["a.nc"],
        expect: { refused: ["a.nc"] },
      },
    ],
  },
  {
    title: "21: what a file named .nc really is",
    reported: [
      {
        name: "GRIB",
        files: { "grib.nc": fixture("21/grib.nc") },
        args: ["grib.nc"],
        expect: { refused: ["is a GRIB file", "cdo -f nc copy"] },
      },
      {
        name: "a web page",
        files: { "page.nc": fixture("21/page.nc") },
        args: ["page.nc"],
        expect: { refused: ["is a web page"] },
      },
      {
        name: "a ZIP archive of the Climate Data Store",
        files: { "download.nc": fixture("21/download.nc") },
        args: ["download.nc"],
        expect: { kind: "climate" },
      },
      {
        name: "gzip",
        files: { "fields.nc": fixture("21/fields.nc") },
        args: ["fields.nc"],
        expect: { kind: "climate" },
      },
      {
        name: "empty",
        files: { "empty.nc": fixture("21/empty.nc") },
        args: ["empty.nc"],
        expect: { refused: ["is empty"] },
      },
    ],
    others: [
      {
        name: "an error in JSON",
        files: one(text('{"error": "not logged in"}')),
        args: ["a.nc"],
        expect: { refused: ["is a text", "not logged in"] },
      },
      {
        name: "a pointer of Git LFS",
        files: one(text("version https://git-lfs.github.com/spec/v1\noid sha256:00\n")),
        args: ["a.nc"],
        expect: { refused: ["Git LFS", "git lfs pull"] },
      },
      {
        name: "a gzipped web page",
        files: one(gzip(text("<!DOCTYPE html><html></html>"))),
        args: ["a.nc"],
        expect: { refused: ["web page"] },
      },
      {
        name: "a ZIP archive of two files",
        files: one(zipSync({ "a.nc": classic(), "b.nc": classic() })),
        args: ["a.nc"],
        expect: { refused: ["ZIP archive of 2 NetCDF files"] },
      },
      {
        name: "an HDF 4 file",
        files: one(Uint8Array.of(0x0e, 3, 0x13, 1, 0, 0)),
        args: ["a.nc"],
        expect: { refused: ["HDF 4", "h4tonccf"] },
      },
      {
        name: "fields of NumPy",
        files: one(
          writeNpz([["lat", { shape: [3], data: Float32Array.from(LATITUDES) }], ["lon", {
            shape: [4],
            data: Float32Array.from(LONGITUDES),
          }], ["t2m", { shape: [3, 4], data: RAMP }]]),
        ),
        args: ["a.nc"],
        expect: { kind: "climate", points: 12 },
      },
    ],
  },
];
