/**
 * Finds the fields over latitude and longitude in a NetCDF file by the CF conventions, which the Climate Data Store and
 * others follow.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";
import { baseName, type NetcdfFile, type NetcdfVariable, textAttribute } from "../netcdf/netcdf.ts";
import type { FieldSeries } from "./field_series.ts";
import { type FieldGrid, FileAxes } from "./netcdf_axes.ts";
import { itemsOf } from "./netcdf_items.ts";
import { packingOf, unpackerOf } from "./netcdf_values.ts";

/**
 * Which fields of a file to read.
 *
 * @category Fields
 */
export interface NetcdfFieldOptions {
  /** Name of a variable, or of several, each of which becomes a feature; default: `t2m`, else the only one over latitude and longitude. */
  readonly variable?: string | readonly string[] | undefined;
  /**
   * Value along axes other than time, for example `{ plev: 500 }`, or the number of the step from 0 for axes without
   * values.
   */
  readonly select?: Readonly<Record<string, string | number>> | undefined;
}

const MOST_SHOWN = 12;

function listed(names: readonly string[]): string {
  return names.slice(0, MOST_SHOWN).join(", ") + (names.length > MOST_SHOWN ? ", …" : "");
}

/** Finds a field by its path, or by its name if no other group has one of that name. */
function fieldNamed(
  fields: readonly NetcdfVariable[],
  requested: string,
  file: string,
): NetcdfVariable | undefined {
  const path = requested.replace(/^\//, ""), exact = fields.find(({ name }) => name === path);
  const [only, other] = exact ? [exact] : fields.filter(({ name }) => baseName(name) === path);
  if (other === undefined) return only;
  throw new DataError(
    `${file} has ${path} in several groups (${only!.name}, ${other.name}): write --variable ${only!.name}.`,
  );
}

/** Chooses a variable, and notes which fields are left out. */
function chooseVariable(
  file: NetcdfFile,
  axes: FileAxes,
  requested: string | undefined,
  notes: string[],
): { variable: NetcdfVariable; grid: FieldGrid } {
  const grids = new Map<NetcdfVariable, FieldGrid>();
  for (const variable of file.variables) {
    const grid = axes.gridOf(variable);
    if (grid !== undefined) grids.set(variable, grid);
  }
  const fields = [...grids.keys()], names = fields.map(({ name }) => name);
  const chosen = requested === undefined
    ? fields.find(({ name }) => name === "t2m") ?? (fields.length === 1 ? fields[0] : undefined)
    : fieldNamed(fields, requested, file.name);
  if (chosen !== undefined) {
    if (requested === undefined && fields.length > 1) {
      notes.push(`of the fields ${listed(names)}, ${chosen.name} is read: choose others with --variable`);
    }
    return { variable: chosen, grid: grids.get(chosen)! };
  }
  if (fields.length === 0) {
    const shown = file.variables.slice(0, 8)
      .map(({ name, dimensions }) => `${name}(${dimensions.map((one) => one.name).join(", ")})`);
    throw new DataError(
      `${file.name} has no variable over latitude and longitude: found ${
        shown.join(", ") || "no numeric variables"
      }.`,
    );
  }
  // Features of one set mostly have the same axes, which a mask beside fields does not have.
  const axesOf = ({ dimensions }: NetcdfVariable) => dimensions.map((one) => one.name).sort().join();
  const [first, ...others] = fields;
  const second = others.find((field) => axesOf(field) === axesOf(first!)) ?? others[0];
  throw new DataError(
    requested === undefined
      ? `${file.name} has several fields (${listed(names)}): say which with --variable ${
        first!.name
      }, or several with ` +
        `--variable ${first!.name},${second?.name}.`
      : `${file.name} has no field ${requested}: found ${listed(names)}.`,
  );
}

/** Moves the axes of a field behind all others, and picks the rest at their indices. */
function pick(
  values: Float32Array,
  dimensions: NetcdfVariable["dimensions"],
  at: (name: string) => number | undefined,
  order: readonly string[],
): Float32Array {
  const strides = new Map<string, number>();
  let stride = 1, start = 0;
  for (const { name, length } of dimensions.toReversed()) {
    strides.set(name, stride);
    start += (at(name) ?? 0) * stride;
    stride *= length;
  }
  const lengths = order.map((name) => dimensions.find((one) => one.name === name)!.length);
  const result = new Float32Array(lengths.reduce((product, length) => product * length, 1));
  const steps = order.map((name) => strides.get(name)!), index = new Array<number>(order.length).fill(0);
  for (let to = 0, from = start; to < result.length; to++) {
    result[to] = values[from]!;
    for (let axis = order.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++index[axis]! < lengths[axis]!) break;
      from -= steps[axis]! * lengths[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/**
 * Returns the fields of an open file, one for each time (and ensemble member).
 *
 * @param file Open file, which the result closes.
 * @param options Variable, of which there may be one, and values along axes other than time.
 * @returns The fields on the file's grid.
 * @throws {DataError} If there are none, or the choice is ambiguous.
 */
export async function netcdfFields(file: NetcdfFile, options: NetcdfFieldOptions = {}): Promise<FieldSeries> {
  const axes = new FileAxes(file), notes: string[] = [];
  const { variable, grid } = chooseVariable(file, axes, [options.variable].flat()[0], notes);
  const { dimensions } = variable,
    isInside = (name: string) => grid.dimensions.some((one) => one.name === name);
  const others = dimensions.filter(({ name }) => !isInside(name));
  const steps = await itemsOf(file, axes, variable, others, options.select ?? {});
  const { items, versions } = steps;
  if (items === 0 || versions === 0 || dimensions.some(({ length }) => length === 0)) {
    throw new DataError(`${file.name}: ${variable.name} is empty.`);
  }
  const lengthOf = (name: string) => grid.dimensions.find((one) => one.name === name)!.length;
  const points = grid.dimensions.reduce((product, { length }) => product * length, 1);
  const latitudes = await axes.degrees(grid.latitude, grid.points ? points : lengthOf(grid.latitude));
  const longitudes = await axes.degrees(grid.longitude, grid.points ? points : lengthOf(grid.longitude));
  const order = grid.points ? grid.dimensions.map(({ name }) => name) : [grid.latitude, grid.longitude];
  // Axes before the first of a field are read at an index, the rest as a whole.
  const first = dimensions.findIndex(({ name }) => isInside(name));
  const inner = dimensions.slice(first);
  const isInOrder = inner.length === order.length && inner.every(({ name }, axis) => name === order[axis]);
  const unpack = unpackerOf(variable);
  const raw = async (item: number, version: number): Promise<Float32Array> => {
    const indices = steps.indices(item, version);
    const values = unpack(await file.read(variable, indices.slice(0, first)));
    if (isInOrder) return values;
    const at = (name: string) => indices[others.findIndex((one) => one.name === name)];
    return pick(values, inner, at, order);
  };
  // Reading the last field detects truncated files before memory is allocated for all.
  await raw(items - 1, versions - 1);
  return {
    name: file.name,
    items,
    latitudes,
    longitudes,
    points: grid.points,
    units: textAttribute(variable, "units"),
    quantity: textAttribute(variable, "long_name") ?? baseName(variable.name),
    packing: variable.bytes === 2 ? packingOf(variable) : undefined,
    notes: [...notes, ...steps.notes],
    read: async (item) => {
      const values = await raw(item, 0);
      for (let version = 1; version < versions && values.some(Number.isNaN); version++) {
        const other = await raw(item, version);
        for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i]!)) values[i] = other[i]!;
      }
      return values;
    },
    close: () => file.close(),
  };
}
