/**
 * Axes of NetCDF variables by the CF conventions: latitude and longitude as dimensions, or as variables over the points of
 * a curvilinear, rotated or unstructured grid; time and ensemble members, whose steps are items.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";
import { baseName, besideOf, type NetcdfFile, type NetcdfVariable, textAttribute } from "../netcdf/netcdf.ts";
import { packingOf } from "./netcdf_values.ts";

/** A dimension of a variable. */
export type Dimension = NetcdfVariable["dimensions"][number];

/** Latitudes and longitudes of a variable. */
export interface FieldGrid {
  /** Dimensions over which a field extends, in the variable's order. */
  readonly dimensions: readonly Dimension[];
  /** Name of the latitudes' variable, or of a dimension without one. */
  readonly latitude: string;
  /** Name of the longitudes' variable, or of a dimension without one. */
  readonly longitude: string;
  /** Whether each point has its own latitude and longitude; otherwise each row and column has one. */
  readonly points: boolean;
}

const AXES = {
  latitude: { names: /^(lat|lats|latitude|nav_lat|xlat)$/i, units: /^degrees?_?n(orth)?$/i },
  longitude: { names: /^(lon|long|lons|longitude|nav_lon|xlong)$/i, units: /^degrees?_?e(ast)?$/i },
} as const;

type AxisKind = keyof typeof AXES;

/** Names of axes whose steps are items. */
const ITEM_NAME =
  /time|^date$|month|^year|^day|^hour|^season|step|^number$|member|reali[sz]ation|ensemble|forecast_period|^lead|^sample|^items?$/i;
const ITEM_STANDARD_NAME = /^(time|forecast_period|forecast_reference_time|realization)$/;

/** The variables of a file by name. */
export class FileAxes {
  readonly #file: NetcdfFile;
  readonly #variables: ReadonlyMap<string, NetcdfVariable>;
  /** Variables of two-dimensional or unstructured latitudes and longitudes. */
  readonly #coordinates: Readonly<Record<AxisKind, readonly NetcdfVariable[]>>;
  /** Names of variables that describe others: bounds of cells, and coordinates. */
  readonly #describing: ReadonlySet<string>;

  /**
   * Examines a file.
   *
   * @param file Open file.
   */
  constructor(file: NetcdfFile) {
    this.#file = file;
    this.#variables = new Map(file.variables.map((variable) => [variable.name, variable]));
    const found = (kind: AxisKind) =>
      file.variables.filter((variable) =>
        variable.dimensions.length > 0 && !this.coordinatesOf(variable.name) && isDegrees(variable, kind)
      );
    this.#coordinates = { latitude: found("latitude"), longitude: found("longitude") };
    this.#describing = new Set([
      ...Object.values(this.#coordinates).flat().map(({ name }) => name),
      ...file.variables.flatMap((variable) =>
        ["bounds", "climatology"].flatMap((key) => {
          const name = textAttribute(variable, key);
          return name === undefined ? [] : [besideOf(variable.name, name)];
        })
      ),
    ]);
  }

  /**
   * Returns the variable of the values along a dimension, if it has one.
   *
   * @param dimension Name of the dimension.
   */
  coordinatesOf(dimension: string): NetcdfVariable | undefined {
    const variable = this.#variables.get(dimension);
    return variable?.dimensions.length === 1 && variable.dimensions[0]!.name === dimension
      ? variable
      : undefined;
  }

  #isAlong(dimension: string, kind: AxisKind): boolean {
    const variable = this.coordinatesOf(dimension);
    return variable === undefined ? AXES[kind].names.test(baseName(dimension)) : isDegrees(variable, kind);
  }

  /**
   * Returns the grid of a variable, or `undefined` if it is no field over latitude and longitude.
   *
   * @param variable Variable of the file.
   */
  gridOf(variable: NetcdfVariable): FieldGrid | undefined {
    const { name, dimensions } = variable;
    if (this.#describing.has(name) || this.coordinatesOf(name)) return undefined;
    const along = (kind: AxisKind) => dimensions.find((dimension) => this.#isAlong(dimension.name, kind));
    const rows = along("latitude"), columns = along("longitude");
    if (rows && columns && rows !== columns) {
      const both = dimensions.filter((one) => one === rows || one === columns);
      return { dimensions: both, latitude: rows.name, longitude: columns.name, points: false };
    }
    return this.#pointsOf(variable);
  }

  /** Finds latitudes and longitudes over the same dimensions, those that the attribute `coordinates` names first. */
  #pointsOf(variable: NetcdfVariable): FieldGrid | undefined {
    const named = textAttribute(variable, "coordinates")?.split(/\s+/) ?? [];
    const isNamed = ({ name }: NetcdfVariable) => named.includes(baseName(name));
    const covers = ({ dimensions }: NetcdfVariable) =>
      dimensions.every(({ name }) => variable.dimensions.some((one) => one.name === name));
    const candidates = (kind: AxisKind) =>
      this.#coordinates[kind].filter(covers)
        .toSorted((a, b) => Number(isNamed(b)) - Number(isNamed(a)));
    for (const latitude of candidates("latitude")) {
      const longitude = candidates("longitude").find((one) =>
        one.dimensions.length === latitude.dimensions.length &&
        one.dimensions.every(({ name }, axis) => name === latitude.dimensions[axis]!.name)
      );
      if (longitude === undefined) continue;
      const { dimensions } = latitude;
      return { dimensions, latitude: latitude.name, longitude: longitude.name, points: true };
    }
    return undefined;
  }

  /**
   * Whether the steps of an axis are items: times, ensemble members.
   *
   * @param dimension Name of the dimension.
   */
  isItemAxis(dimension: string): boolean {
    const variable = this.coordinatesOf(dimension);
    if (variable === undefined) return ITEM_NAME.test(baseName(dimension));
    return ITEM_NAME.test(baseName(dimension)) || textAttribute(variable, "axis") === "T" ||
      ITEM_STANDARD_NAME.test(textAttribute(variable, "standard_name") ?? "") ||
      / since /i.test(textAttribute(variable, "units") ?? "");
  }

  /**
   * Reads degrees.
   *
   * @param name Name of their variable.
   * @param count Expected number.
   * @throws {DataError} If there is no such variable, or it has another number of degrees.
   */
  async degrees(name: string, count: number): Promise<Float64Array> {
    const variable = this.#variables.get(name), file = this.#file;
    if (variable === undefined) {
      throw new DataError(
        `${file.name} has a dimension ${name} but no variable that gives its degrees: add one, for example with xarray's ` +
          `ds.assign_coords(${name}=...), or save the fields as .npy, from north to south and from 0° eastwards.`,
      );
    }
    const { factor, offset } = packingOf(variable);
    const degrees = new Float64Array(await file.read(variable, []));
    const turn = /^rad/i.test(textAttribute(variable, "units") ?? "") ? 180 / Math.PI : 1;
    for (let i = 0; i < degrees.length; i++) degrees[i] = turn * (offset + factor * degrees[i]!);
    if (degrees.length !== count) {
      throw new DataError(
        `${file.name}: the dimension ${name} has length ${count}, but its variable has ${degrees.length} degrees.`,
      );
    }
    return degrees;
  }
}

/** Whether a variable has degrees of latitude or longitude, and not those of a rotated pole or a distance. */
function isDegrees(variable: NetcdfVariable, kind: AxisKind): boolean {
  const { names, units } = AXES[kind];
  const standard = textAttribute(variable, "standard_name"), unit = textAttribute(variable, "units") ?? "";
  if (standard !== undefined && standard !== kind) return false;
  if (standard === kind || units.test(unit)) return true;
  const axis = textAttribute(variable, "axis"), letter = kind === "latitude" ? "Y" : "X";
  if (axis === letter && /^degrees?$/i.test(unit)) return true;
  return names.test(baseName(variable.name)) && (unit === "" || /^(degree|deg$|rad)/i.test(unit));
}
