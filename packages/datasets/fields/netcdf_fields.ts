/**
 * Finds the fields over latitude and longitude in a NetCDF file by the CF conventions, which the Climate Data Store and
 * others follow: units of axes, packed numbers, missing values.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";
import type { FieldSeries, Packing } from "./field_series.ts";
import {
  type NetcdfFile,
  type NetcdfNumbers,
  type NetcdfVariable,
  numberAttribute,
  textAttribute,
} from "../netcdf/netcdf.ts";

/**
 * Which fields of a file to read.
 *
 * @category Fields
 */
export interface NetcdfFieldOptions {
  /** Name of the variable; default: `t2m`, else the only one over latitude and longitude. */
  readonly variable?: string | undefined;
  /** Indices along axes other than time, for example `{ level: 0 }` for the first level. */
  readonly select?: Readonly<Record<string, number>> | undefined;
}

/** Axes whose steps are items: time by its common names, ensemble members. */
const ITEM_AXIS = /time|^date$|month|step|number|member|realization|^sample|^items?$/i;
/** The axis of final and preliminary data, one of which is missing. */
const VERSION_AXIS = /^expver$/i;

const AXES = {
  latitude: { names: /^(lat|latitude)$/i, units: /^degrees?_?n(orth)?$/i },
  longitude: { names: /^(lon|long|longitude)$/i, units: /^degrees?_?e(ast)?$/i },
} as const;

type AxisKind = keyof typeof AXES;

/** Whether a dimension is an axis of a kind, by its name or by the attributes of its variable. */
function isAxis(file: NetcdfFile, dimension: string, kind: AxisKind): boolean {
  const { names, units } = AXES[kind];
  const variable = file.variables.find(({ name, dimensions }) =>
    name === dimension && dimensions.length === 1
  );
  if (names.test(dimension)) return true;
  return variable !== undefined && (textAttribute(variable, "standard_name") === kind ||
    units.test(textAttribute(variable, "units") ?? ""));
}

/** Returns the last two axes of a variable, or `undefined` if they are not latitude and longitude. */
function gridOf(file: NetcdfFile, { dimensions }: NetcdfVariable) {
  const [first, second] = dimensions.slice(-2);
  if (first === undefined || second === undefined) return undefined;
  const is = (name: string, kind: AxisKind) => isAxis(file, name, kind);
  if (is(first.name, "latitude") && is(second.name, "longitude")) {
    return { latitude: first, longitude: second, transposed: false };
  }
  if (is(first.name, "longitude") && is(second.name, "latitude")) {
    return { latitude: second, longitude: first, transposed: true };
  }
  return undefined;
}

function chooseVariable(file: NetcdfFile, requested: string | undefined): NetcdfVariable {
  const fields = file.variables.filter((variable) => gridOf(file, variable) !== undefined);
  const chosen = requested === undefined
    ? fields.find(({ name }) => name === "t2m") ?? (fields.length === 1 ? fields[0] : undefined)
    : fields.find(({ name }) => name === requested);
  if (chosen !== undefined) return chosen;
  const names = fields.map(({ name }) => name).join(", ");
  if (fields.length === 0) {
    const shown = file.variables.slice(0, 8)
      .map(({ name, dimensions }) => `${name}(${dimensions.map((one) => one.name).join(", ")})`);
    throw new DataError(
      `${file.name} has no variable whose last two dimensions are latitude and longitude: found ${
        shown.join(", ") || "no numeric variables"
      }.`,
    );
  }
  throw new DataError(
    requested === undefined
      ? `${file.name} has several fields (${names}): specify a variable.`
      : `${file.name} has no field ${requested}: found ${names}.`,
  );
}

/** Reads and unpacks the degrees along an axis. */
async function degreesAlong(
  file: NetcdfFile,
  { name: dimension, length }: NetcdfVariable["dimensions"][number],
): Promise<Float64Array> {
  const variable = file.variables.find(({ name, dimensions }) =>
    name === dimension && dimensions.length === 1
  );
  if (variable === undefined) {
    throw new DataError(`${file.name} has a dimension ${dimension} but no coordinate variable for it.`);
  }
  const { factor, offset } = packingOf(variable);
  const degrees = new Float64Array(await file.read(variable, []));
  for (let i = 0; i < degrees.length; i++) degrees[i] = offset + factor * degrees[i]!;
  if (degrees.length !== length) {
    throw new DataError(
      `${file.name}: the dimension ${dimension} has length ${length}, but its variable has ${degrees.length} degrees.`,
    );
  }
  return degrees;
}

function packingOf(variable: NetcdfVariable): Packing {
  return {
    factor: numberAttribute(variable, "scale_factor") ?? 1,
    offset: numberAttribute(variable, "add_offset") ?? 0,
  };
}

/** Unpacks numbers; missing ones become NaN. By index, which is several times as fast as `from` for millions. */
function unpack(values: NetcdfNumbers, variable: NetcdfVariable): Float32Array {
  const { factor, offset } = packingOf(variable);
  const fill = numberAttribute(variable, "_FillValue"), missing = numberAttribute(variable, "missing_value");
  const result = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    result[i] = value === fill || value === missing ? NaN : offset + factor * value;
  }
  return result;
}

/** Maps items, and versions of their data, to indices along the leading axes. */
function itemsOf(file: NetcdfFile, variable: NetcdfVariable, select: Readonly<Record<string, number>>) {
  const leading = variable.dimensions.slice(0, -2);
  const spans = leading.map(({ name, length }): { from: number; count: number; version?: boolean } => {
    const chosen = select[name];
    if (chosen !== undefined) {
      if (!Number.isInteger(chosen) || chosen < 0 || chosen >= length) {
        throw new DataError(`${file.name}: ${name} has ${length} steps, got index ${chosen}.`);
      }
      return { from: chosen, count: 1 };
    }
    if (VERSION_AXIS.test(name)) return { from: 0, count: length, version: true };
    if (length !== 1 && !ITEM_AXIS.test(name)) {
      throw new DataError(
        `${file.name}: ${variable.name} has ${length} steps along ${name}, which is not a time axis: select one.`,
      );
    }
    return { from: 0, count: length };
  });
  const items = spans.reduce((product, { count, version }) => version ? product : product * count, 1);
  const versions = spans.find(({ version }) => version)?.count ?? 1;
  const indices = (item: number, version: number): number[] => {
    let rest = item;
    return spans.toReversed().map((span) => {
      if (span.version) return version;
      const index = span.from + rest % span.count;
      rest = Math.floor(rest / span.count);
      return index;
    }).reverse();
  };
  return { items, versions, indices };
}

function transpose(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  return values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);
}

/**
 * Returns the fields of an open file, one for each time (and ensemble member).
 *
 * @param file Open file, which the result closes.
 * @param options Variable, and indices along axes other than time.
 * @returns The fields on the file's grid.
 * @throws {DataError} If there are none, or the choice is ambiguous.
 */
export async function netcdfFields(file: NetcdfFile, options: NetcdfFieldOptions = {}): Promise<FieldSeries> {
  const variable = chooseVariable(file, options.variable);
  const grid = gridOf(file, variable)!;
  const { items, versions, indices } = itemsOf(file, variable, options.select ?? {});
  if (items === 0 || versions === 0 || variable.dimensions.some(({ length }) => length === 0)) {
    throw new DataError(`${file.name}: ${variable.name} is empty.`);
  }
  const latitudes = await degreesAlong(file, grid.latitude);
  const longitudes = await degreesAlong(file, grid.longitude);
  const raw = async (item: number, version: number) =>
    unpack(await file.read(variable, indices(item, version)), variable);
  // Reading the last field detects truncated files before memory is allocated for all.
  await raw(items - 1, versions - 1);
  return {
    name: file.name,
    items,
    latitudes,
    longitudes,
    units: textAttribute(variable, "units"),
    quantity: textAttribute(variable, "long_name") ?? variable.name,
    packing: variable.bytes === 2 ? packingOf(variable) : undefined,
    read: async (item) => {
      const values = await raw(item, 0);
      for (let version = 1; version < versions && values.some(Number.isNaN); version++) {
        const other = await raw(item, version);
        for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i]!)) values[i] = other[i]!;
      }
      return grid.transposed ? transpose(values, longitudes.length) : values;
    },
    close: () => file.close(),
  };
}
