/**
 * Fixtures of data conversion (family h): grids and fields on the sphere to coordinates and features, and back. The data
 * is encoded in the file formats that users have and read as data sets.
 * @module
 */
import {
  arrayDataset,
  atResolution,
  climateDataset,
  type Dataset,
  type Display,
  displayCoordinates,
  ERA5_RANGE,
  type FileSource,
  sphereCoordinatesAt,
} from "@gasp/datasets";
import { type Device, writeNpy, writeNpz } from "@gasp/tensor";
import { encodeSphere } from "../show/sphere/sphere_netcdf.ts";
import { inUnits } from "../show/draw/ticks.ts";
import type { Comparison } from "./comparison.ts";
import type { Fixture } from "./fixture.ts";
import { compareFarthestPoints, compareNeighbours, parseNorm } from "./index_family.ts";

/**
 * Compares the conversion of data to coordinates and features, and of features back to data.
 *
 * @param fixture Fixture of family h.
 * @param comparison Collects the errors.
 * @param device Device that computes neighbours.
 */
export async function compareData(fixture: Fixture, comparison: Comparison, device: Device): Promise<void> {
  if (fixture.has("in.kelvin")) await compareSphere(fixture, comparison, device);
  else await compareGrid(fixture, comparison);
}

/** Values in [0, 1] on a two- or three-dimensional grid, `[items, channels, ...sides]`. */
async function compareGrid(fixture: Fixture, comparison: Comparison): Promise<void> {
  const { data, shape: [items, channels, side, ...otherSides] } = fixture.floats("in.data");
  const display: Display = otherSides.length === 1
    ? { kind: "image", height: side!, width: otherSides[0]!, channels: channels as 1 | 3 }
    : { kind: "volume", resolution: side! };
  comparison.relative("out.coordinates", displayCoordinates(display));

  // Voxel data sets hold bits, but these values are fractions. Their conversion is pointwise, so the slices of a cube are
  // read as rows of an image.
  const row = otherSides.reduce((product, length) => product * length);
  const array = writeNpy({ shape: [items!, channels!, side!, row], data });
  const features = await allFeatures(arrayDataset(array, "grid.npy").dataset);
  comparison.relative("out.features", features);
  const first = features.subarray(0, features.length / items!);
  comparison.relative("out.to_data_first", asFractions(first, channels!));

  const [, resolution] = fixture.floats("super.out_data").shape;
  comparison.relative("super.coordinates", displayCoordinates(atResolution(display, resolution!)));
  const samples = fixture.floats("super.in_features").data;
  comparison.exclude("super.in_features");
  comparison.relative("super.out_data", asFractions(samples, channels!));
}

/** Temperatures in kelvin, `[items, latitudes, longitudes]`, and neighbours on the sphere. */
async function compareSphere(fixture: Fixture, comparison: Comparison, device: Device): Promise<void> {
  const { data, shape: [items, latitudes, longitudes] } = fixture.floats("in.kelvin");
  const latitude = fixture.floats("latitude"), longitude = fixture.floats("longitude");
  const points = latitudes! * longitudes!;
  const files = Array.from({ length: items! }, (_, item) => {
    const field = data.subarray(item * points, (item + 1) * points);
    const temperature = { shape: [latitudes!, longitudes!], data: field };
    return [`${item}.npz`, writeNpz(Object.entries({ latitude, longitude, temperature }))] as const;
  });
  const dataset = await climateDataset(folderOf(files), { range: ERA5_RANGE });
  comparison.relative("out.coordinates", dataset.coordinates!);
  const features = await allFeatures(dataset);
  comparison.relative("out.features", features);
  // Coordinates in the plane of latitude and longitude: no configuration of the reference code uses them.
  for (const name of ["latitude", "longitude", "out.flat_coordinates"]) comparison.exclude(name);
  await compareFieldsBack(fixture, comparison, dataset.display, features);

  const setting = { fixture, comparison, device, dimension: 3 };
  const coordinates = fixture.floats("out.coordinates").data;
  for (const label of ["l1", "l2", "linf"]) {
    const prefix = `knn9.${label}`;
    const distances = await compareNeighbours(
      setting,
      prefix,
      "torch_idx",
      coordinates,
      coordinates,
      parseNorm(label),
    );
    comparison.relative(`${prefix}.exact_distances`, distances);
  }
  await compareFarthestPoints(setting, "fps.idx", coordinates, 2);
}

/** Compares samples as written to a file with stored latitudes, longitudes and values, `[items, 3, rows, columns]`. */
async function compareFieldsBack(
  fixture: Fixture,
  comparison: Comparison,
  display: Display,
  features: Float32Array,
): Promise<void> {
  const name = "out.back_to_data", { data, shape: [items, , latitudes, longitudes] } = fixture.floats(name);
  if (display.kind !== "sphere") {
    throw new RangeError(`climateDataset() returned ${display.kind}, not a sphere`);
  }
  const file = encodeSphere(features, display), points = latitudes! * longitudes!;
  const reread = await climateDataset(folderOf([["samples.nc", file]]));
  const rows = Float64Array.from({ length: latitudes! }, (_, row) => data[row * longitudes!]!);
  const columns = data.subarray(points, points + longitudes!);
  comparison.difference(
    name,
    reread.coordinates!,
    Float64Array.from(sphereCoordinatesAt(rows, columns)),
  );
  const fractions = Array.from({ length: items! }, (_, item) => {
    return [...data.subarray((item * 3 + 2) * points, (item * 3 + 3) * points)];
  }).flat();
  comparison.difference(name, asFractions(features, 1), Float64Array.from(fractions));
  comparison.exclude(name);
}

function allFeatures(dataset: Dataset): Promise<Float32Array> {
  return dataset.batch(Int32Array.from({ length: dataset.items }, (_, item) => item));
}

/** Converts features in [-1, 1], `[points, channels]`, to values in [0, 1], `[channels, points]`. */
function asFractions(features: Float32Array, channels: number): Float32Array {
  const points = features.length / channels;
  return Float32Array.from(features, (_, i) => {
    const feature = features[(i % points) * channels + Math.floor(i / points)]!;
    return inUnits(feature, { low: 0, high: 1 });
  });
}

/** A file source in memory. */
function folderOf(files: Iterable<readonly [string, Uint8Array]>): FileSource {
  const byName = new Map(files);
  return {
    location: "fixture",
    list: () => Promise.resolve([...byName.keys()]),
    read: (name) => Promise.resolve(byName.get(name)!),
  };
}
