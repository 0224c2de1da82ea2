/**
 * Finds the fields over latitude and longitude of a NetCDF file, by the conventions that the Climate Data Store and its
 * like follow (CF): axes by their units, packed numbers, missing values.
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

/** Which fields of a file to read. */
export interface NetcdfFieldOptions {
  /** Name of the variable; by default `t2m`, else the only one over latitude and longitude. */
  readonly variable?: string | undefined;
  /** Step along axes that are no time, for example `{ level: 0 }` for the first level. */
  readonly select?: Readonly<Record<string, number>> | undefined;
}

/** Axes whose steps are further items: time in its spellings, members of an ensemble. */
const ITEM_AXIS = /time|^date$|month|step|number|member|realization|^sample|^items?$/i;
/** The axis of final and preliminary data: where one is missing, the other is there. */
const VERSION_AXIS = /^expver$/i;

const AXES = {
  latitude: { names: /^(lat|latitude)$/i, units: /^degrees?_?n(orth)?$/i },
  longitude: { names: /^(lon|long|longitude)$/i, units: /^degrees?_?e(ast)?$/i },
} as const;

type AxisKind = keyof typeof AXES;

/** Whether a dimension is an axis of a kind: by its own name, or by what its variable says. */
function isAxis(file: NetcdfFile, dimension: string, kind: AxisKind): boolean {
  const { names, units } = AXES[kind];
  const variable = file.variables.find(({ name, dimensions }) =>
    name === dimension && dimensions.length === 1
  );
  if (names.test(dimension)) return true;
  return variable !== undefined && (textAttribute(variable, "standard_name") === kind ||
    units.test(textAttribute(variable, "units") ?? ""));
}

/** The last two axes of a field's variable, or undefined if they are not latitude and longitude. */
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

function chooseVariable(file: NetcdfFile, asked: string | undefined): NetcdfVariable {
  const fields = file.variables.filter((variable) => gridOf(file, variable) !== undefined);
  const chosen = asked === undefined
    ? fields.find(({ name }) => name === "t2m") ?? (fields.length === 1 ? fields[0] : undefined)
    : fields.find(({ name }) => name === asked);
  if (chosen !== undefined) return chosen;
  const names = fields.map(({ name }) => name).join(", ");
  if (fields.length === 0) {
    const shown = file.variables.slice(0, 8)
      .map(({ name, dimensions }) => `${name}(${dimensions.map((one) => one.name).join(", ")})`);
    throw new DataError(
      `${file.name} has no variable whose last two dimensions are latitude and longitude; it has ${
        shown.join(", ") || "no variables of numbers"
      }.`,
    );
  }
  throw new DataError(
    asked === undefined
      ? `${file.name} has several fields (${names}): say which variable to read.`
      : `${file.name} has no field ${asked}: it has ${names}.`,
  );
}

/** The degrees along an axis, unpacked. */
async function degreesAlong(
  file: NetcdfFile,
  { name: dimension, length }: NetcdfVariable["dimensions"][number],
): Promise<Float64Array> {
  const variable = file.variables.find(({ name, dimensions }) =>
    name === dimension && dimensions.length === 1
  );
  if (variable === undefined) {
    throw new DataError(`${file.name} has a dimension ${dimension} but no variable that gives its degrees.`);
  }
  const { factor, offset } = packingOf(variable);
  const degrees = new Float64Array(await file.read(variable, []));
  for (let i = 0; i < degrees.length; i++) degrees[i] = offset + factor * degrees[i]!;
  if (degrees.length !== length) {
    throw new DataError(`${file.name}: ${length} steps along ${dimension}, but ${degrees.length} degrees.`);
  }
  return degrees;
}

function packingOf(variable: NetcdfVariable): Packing {
  return {
    factor: numberAttribute(variable, "scale_factor") ?? 1,
    offset: numberAttribute(variable, "add_offset") ?? 0,
  };
}

/** Unpacks numbers; NaN where they are missing. By index: several times as fast as `from` over millions. */
function unpacked(values: NetcdfNumbers, variable: NetcdfVariable): Float32Array {
  const { factor, offset } = packingOf(variable);
  const fill = numberAttribute(variable, "_FillValue"), missing = numberAttribute(variable, "missing_value");
  const result = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    result[i] = value === fill || value === missing ? NaN : offset + factor * value;
  }
  return result;
}

/** The indices of every item along the leading axes, and those of preliminary data in their stead. */
function itemsOf(file: NetcdfFile, variable: NetcdfVariable, select: Readonly<Record<string, number>>) {
  const leading = variable.dimensions.slice(0, -2);
  const spans = leading.map(({ name, length }): { from: number; count: number; version?: boolean } => {
    const chosen = select[name];
    if (chosen !== undefined) {
      if (!Number.isInteger(chosen) || chosen < 0 || chosen >= length) {
        throw new DataError(`${file.name}: ${name} has ${length} steps, asked for number ${chosen}.`);
      }
      return { from: chosen, count: 1 };
    }
    if (VERSION_AXIS.test(name)) return { from: 0, count: length, version: true };
    if (length !== 1 && !ITEM_AXIS.test(name)) {
      throw new DataError(
        `${file.name}: ${variable.name} has ${length} steps along ${name}, which is no time: select one of them.`,
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
 * The fields of an open file, one for each time (and member of an ensemble).
 *
 * @param file The file; it must stay open while fields are read.
 * @param options Which variable, and which step along axes that are no time.
 * @returns The fields on the grid of the file.
 * @throws {DataError} If there are none, or it is not clear which.
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
    unpacked(await file.read(variable, indices(item, version)), variable);
  // The last field is where a file that was cut short ends: this is known before room is made for all of them.
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
  };
}
