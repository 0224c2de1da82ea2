/**
 * Which steps of a NetCDF variable's axes are items, and which are chosen by `--select`.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";
import { baseName, type NetcdfFile, type NetcdfVariable, textAttribute } from "../netcdf/netcdf.ts";
import type { Dimension, FileAxes } from "./netcdf_axes.ts";

/** The axis of final and preliminary data, one of which is missing. */
const VERSION_AXIS = /^expver$/i;
/** Number of values of an axis that messages list. */
const MOST_SHOWN = 8;

/** Steps of an axis. */
interface Span {
  readonly dimension: Dimension;
  readonly from: number;
  readonly count: number;
  readonly version: boolean;
}

/** Items of a variable. */
export interface Items {
  /** Number of items. */
  readonly items: number;
  /** Number of versions of the data, the first of which that is not missing is read. */
  readonly versions: number;
  /** What was assumed, as sentences. */
  readonly notes: readonly string[];
  /** Returns the index along each axis of {@link itemsOf}'s dimensions. */
  indices(item: number, version: number): number[];
}

/** Returns the values along an axis; `undefined` if it has none. */
async function valuesAlong(
  file: NetcdfFile,
  axes: FileAxes,
  dimension: string,
): Promise<number[] | undefined> {
  const variable = axes.coordinatesOf(dimension);
  return variable && Array.from(await file.read(variable, []), Number);
}

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b), 1e-30);
}

function showValues(values: readonly number[], units: string | undefined): string {
  const shown = values.slice(0, MOST_SHOWN).map((value) => +value.toPrecision(7)).join(", ");
  return shown + (values.length > MOST_SHOWN ? `, … ${values.at(-1)}` : "") + (units ? ` ${units}` : "");
}

/** Finds the step with a value: of the axis in its units, in hPa for Pa, or else the index of a step. */
async function stepOf(
  { file, axes, notes }: { file: NetcdfFile; axes: FileAxes; notes: string[] },
  { name, length }: Dimension,
  text: string,
): Promise<number> {
  const values = await valuesAlong(file, axes, name), wanted = Number(text);
  const variable = axes.coordinatesOf(name), units = variable && textAttribute(variable, "units");
  const find = (value: number) => values?.findIndex((one) => isSame(one, value)) ?? -1;
  const factors = units === "Pa" ? [1, 100] : [1];
  const found = text.trim() === ""
    ? -1
    : factors.map((factor) => find(factor * wanted)).find((step) => step >= 0) ?? -1;
  if (found >= 0) return found;
  if (/^\d+$/.test(text) && wanted < length) {
    if (values !== undefined) {
      notes.push(
        `${name}=${text} is the step with that number from 0, whose value is ${
          showValues([values[wanted]!], units)
        }`,
      );
    }
    return wanted;
  }
  throw new DataError(
    `${file.name}: ${name} has no step "${text}": ${
      values === undefined
        ? `expected a number from 0 to ${length - 1}`
        : `its values are ${showValues(values, units)}`
    }. Write --select ${name}=${values?.[0] ?? 0}, for example.`,
  );
}

/**
 * Maps items, and versions of their data, to indices along axes.
 *
 * @param file Open file.
 * @param axes Its axes.
 * @param variable Variable.
 * @param dimensions Axes of the variable other than those of a field.
 * @param select Value, or number of the step, along some axes.
 * @throws {DataError} If a choice does not exist, or one is missing.
 */
export async function itemsOf(
  file: NetcdfFile,
  axes: FileAxes,
  variable: NetcdfVariable,
  dimensions: readonly Dimension[],
  select: Readonly<Record<string, string | number>>,
): Promise<Items> {
  const notes: string[] = [], spans: Span[] = [];
  for (const name of Object.keys(select)) {
    if (dimensions.some((one) => one.name === name || baseName(one.name) === name)) continue;
    throw new DataError(
      `${file.name}: ${variable.name} has no axis ${name} to select from: its axes are ${
        dimensions.map((one) => one.name).join(", ") || "latitude and longitude only"
      }.`,
    );
  }
  for (const dimension of dimensions) {
    const { name, length } = dimension, chosen = select[name] ?? select[baseName(name)];
    if (chosen !== undefined) {
      const from = await stepOf({ file, axes, notes }, dimension, String(chosen));
      spans.push({ dimension, from, count: 1, version: false });
      continue;
    }
    const version = VERSION_AXIS.test(baseName(name)) && length > 1;
    if (version) {
      notes.push(`where the first ${name} is missing, the next is read; --select ${name}=1 reads one alone`);
    }
    if (!version && length > 1 && !axes.isItemAxis(name)) {
      const values = await valuesAlong(file, axes, name), variableOf = axes.coordinatesOf(name);
      const units = variableOf && textAttribute(variableOf, "units");
      throw new DataError(
        `${file.name}: ${variable.name} has ${length} steps along ${name}, which is no time${
          values ? ` (${showValues(values, units)})` : ""
        }: select one, for example with --select ${name}=${values?.[0] ?? 0}.`,
      );
    }
    spans.push({ dimension, from: 0, count: length, version });
  }
  const items = spans.reduce((product, { count, version }) => version ? product : product * count, 1);
  const along = spans.filter(({ count, version }) => count > 1 && !version);
  if (along.length > 1) {
    const text = along.map(({ dimension }) => `${dimension.length} of ${dimension.name}`).join(" × ");
    notes.push(`each of ${text} is an item`);
  }
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
  return { items, versions, notes, indices };
}
