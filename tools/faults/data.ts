/**
 * Faults in `packages/datasets` and the command line.
 * @module
 */
import type { Fault } from "./fault.ts";

const DATASETS = "packages/datasets", CLI = "apps/cli";

/** Faults by package. */
export const dataFaults: readonly Fault[] = [
  {
    name: "idx-endian",
    what: "sizes of an IDX file are read with the wrong byte order",
    file: `${DATASETS}/images/sets/idx.ts`,
    find: "header.getUint32(4 + 4 * axis)",
    replace: "header.getUint32(4 + 4 * axis, true)",
    tests: [`${DATASETS}/images/sets/idx_test.ts`],
  },
  {
    name: "netcdf-endian",
    what: "16-bit numbers of a NetCDF file are read with the wrong byte order",
    file: `${DATASETS}/netcdf/netcdf_classic.ts`,
    find: "view.getInt16(2 * i)",
    replace: "view.getInt16(2 * i, true)",
    tests: [`${DATASETS}/netcdf`, `${DATASETS}/fields/climate_test.ts`],
  },
  {
    name: "netcdf-packing",
    what: "the offset of packed numbers is scaled",
    file: `${DATASETS}/fields/netcdf_values.ts`,
    find: "? NaN : offset + factor * value;",
    replace: "? NaN : factor * (offset + value);",
    tests: [`${DATASETS}/fields/climate_test.ts`],
  },
  {
    name: "netcdf-missing",
    what: "missing values of a file are read as numbers",
    file: `${DATASETS}/fields/netcdf_values.ts`,
    find: "value === one || value === other || (isMany",
    replace: "(isMany",
    tests: [`${DATASETS}/fields/climate_test.ts`],
  },
  {
    name: "netcdf-transposed",
    what: "the axes of a field are read as if they were one",
    file: `${DATASETS}/fields/netcdf_fields.ts`,
    find: "strides.set(name, stride);",
    replace: "strides.set(name, 1);",
    tests: [`${DATASETS}/fields/climate_test.ts`],
  },
  {
    name: "sphere-south",
    what: "fields from south to north stay upside down",
    file: `${DATASETS}/fields/sphere_grid.ts`,
    find: "for (const row of rows) for (const column of columns)",
    replace: "for (const row of rows.toSorted((a, b) => a - b)) for (const column of columns)",
    tests: [`${DATASETS}/fields/climate_test.ts`],
  },
  {
    name: "sphere-east",
    what: "longitudes run westwards",
    file: `${DATASETS}/core/sphere.ts`,
    find: "coordinates[at++] = around * Math.fround(Math.sin(longitude));",
    replace: "coordinates[at++] = -around * Math.fround(Math.sin(longitude));",
    tests: [`${DATASETS}/core/sphere_test.ts`],
  },
  {
    name: "resize-half-pixel",
    what: "images are resized with aligned corners",
    file: `${DATASETS}/images/resize.ts`,
    find: "centre = (sample + 0.5) * scale;",
    replace: "centre = sample * scale + 0.5;",
    tests: [`${DATASETS}/images/resize_test.ts`],
  },
  {
    name: "byte-scale",
    what: "white is not 1",
    file: `${DATASETS}/core/byte_features.ts`,
    find: "2 * Math.fround(v / 255) - 1",
    replace: "2 * Math.fround(v / 256) - 1",
    tests: [`${DATASETS}/images/images_test.ts`],
  },
  {
    name: "grid-turn",
    what: "a grid with y up is mirrored",
    file: `${DATASETS}/shapes/formats/orientation.ts`,
    find: '"y-up": [{ axis: 0, sign: 1 }, { axis: 2, sign: -1 }, { axis: 1, sign: 1 }],',
    replace: '"y-up": [{ axis: 0, sign: 1 }, { axis: 2, sign: 1 }, { axis: 1, sign: 1 }],',
    tests: [`${DATASETS}/shapes/voxel_file_test.ts`, `${DATASETS}/shapes/mesh_test.ts`],
  },
  {
    name: "binvox-axes",
    what: "the axes of a binvox file are swapped",
    file: `${DATASETS}/shapes/binvox.ts`,
    find: "const strides = [resolution * resolution, 1, resolution] as const;",
    replace: "const strides = [resolution * resolution, resolution, 1] as const;",
    tests: [`${DATASETS}/shapes/binvox_test.ts`],
  },
  {
    name: "option-range",
    what: "an integer above the maximum is accepted",
    file: `${CLI}/options/options.ts`,
    find: "value < min || value > max",
    replace: "value < min",
    tests: [`${CLI}/options/options_test.ts`],
  },
  {
    name: "option-negative",
    what: "a negative number is parsed as an option",
    file: `${CLI}/options/options.ts`,
    find: "joined.push(`${joined.pop()}=${word}`);",
    replace: "joined.push(word);",
    tests: [`${CLI}/options/options_test.ts`],
  },
  {
    name: "byte-units",
    what: "a gigabyte has 2³⁰ bytes",
    file: `${CLI}/options/byte_size.ts`,
    find: "GB: 1e9,",
    replace: "GB: 2 ** 30,",
    tests: [`${CLI}/options/byte_size_test.ts`],
  },
  {
    name: "resume-fewer-steps",
    what: "a run may be resumed to fewer steps than it has",
    file: `${CLI}/commands/train_request.ts`,
    find: "if (config.steps < step) {",
    replace: "if (config.steps < 0) {",
    tests: [`${CLI}/commands/train_request_test.ts`],
  },
];
