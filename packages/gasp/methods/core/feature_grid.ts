/**
 * Functions given by values on the grid of the data, for methods whose samples are arrays: between grid points they are
 * interpolated linearly along each axis.
 * @module
 */
import { type Dataset, type Display, displayCoordinates } from "@gasp/datasets";
import {
  add,
  arange,
  broadcastTo,
  cast,
  clamp,
  expandDims,
  floor,
  mul,
  remainder,
  reshape,
  sizeOf,
  slice,
  sub,
  take,
  type Tensor,
} from "@gasp/tensor";
import { UserError } from "../../config/user_error.ts";
import { fields, listOf, oneOf, type Schema, wholeNumber } from "../../config/validate.ts";
import { flatten } from "./flat_map.ts";

/**
 * A grid over the domain of functions.
 *
 * @category Training methods
 */
export interface GridConfig {
  /** `regular`: over [-1, 1] along the first axis, with the same spacing along all; `sphere`: latitudes and longitudes. */
  readonly kind: "regular" | "sphere";
  /** Points along each axis. */
  readonly shape: readonly number[];
}

/** Schema of {@link GridConfig}. */
export const gridSchema: Schema<GridConfig> = fields<GridConfig>({
  kind: oneOf(["regular", "sphere"]),
  shape: listOf(wholeNumber(1, 65536), 1),
});

/**
 * Returns the grid of a kind of data.
 *
 * @param display How items are displayed.
 * @param method Name of the method that needs a grid, for the error message.
 * @throws {UserError} If the data have no grid.
 */
export function gridOf(display: Display, method: string): GridConfig {
  switch (display.kind) {
    case "image":
      return { kind: "regular", shape: [display.height, display.width] };
    case "volume":
      return { kind: "regular", shape: [display.resolution, display.resolution, display.resolution] };
    case "sphere":
      if (display.bounds) throw noGrid(method);
      return { kind: "sphere", shape: [display.latitudes, display.longitudes] };
    case "curve":
      return { kind: "regular", shape: [display.samples] };
    case "cloud":
      throw noGrid(method);
  }
}

/** Largest difference of a coordinate from that of the grid. */
const TOLERANCE = 1e-4;

/**
 * Checks that all items of a data set are known at the points of its grid, in row-major order.
 *
 * @param data Training data.
 * @param method Name of the method that needs a grid, for the error message.
 * @throws {UserError} If they are not.
 */
export function requireGrid(data: Dataset, method: string): void {
  const { display, coordinates } = data;
  if (display.kind === "cloud" || ("bounds" in display && display.bounds) || data.batchCoordinates) {
    throw noGrid(method);
  }
  const expected = displayCoordinates(display);
  if (
    expected.length !== coordinates.length ||
    coordinates.some((value, i) => !(Math.abs(value - expected[i]!) <= TOLERANCE))
  ) throw noGrid(method);
}

function noGrid(method: string): UserError {
  return new UserError(
    `the method ${method} learns arrays, so all items must be known at the points of one grid: use a method of functions, ` +
      "such as gasp",
  );
}

/**
 * Interpolates arrays at points; outside of a regular grid they are continued by their outermost values.
 *
 * @param values Arrays in row-major order, `[count, cells, channels]`.
 * @param grid Their grid.
 * @param coordinates `[points, coordinateDim]` shared by the arrays, or `[count, points, coordinateDim]`.
 * @returns `[count, points, channels]`.
 */
export function interpolateGrid(values: Tensor, grid: GridConfig, coordinates: Tensor): Tensor {
  const [count, cells, channels] = values.shape as [number, number, number], { shape } = grid;
  const points = coordinates.shape.at(-2)!;
  const rows = reshape(values, [count * cells, channels]);
  const first = expandDims(mul(arange(count), cells), 1);
  const axes = positions(grid, coordinates).map((position, axis) => {
    const below = floor(position), part = sub(position, below), size = shape[axis]!;
    const isCircular = grid.kind === "sphere" && axis === 1;
    const indexOf = (offset: number) => {
      const index = add(below, offset);
      return cast(isCircular ? remainder(index, size) : clamp(index, 0, size - 1), "i32");
    };
    return [{ index: indexOf(0), weight: sub(1, part) }, { index: indexOf(1), weight: part }] as const;
  });
  let total: Tensor | undefined;
  for (let corner = 0; corner < 2 ** axes.length; corner++) {
    const ends = axes.map((ends, axis) => ends[corner >> axis & 1]!);
    const index = ends.map(({ index }) => index).reduce((sum, next, axis) =>
      add(mul(sum, shape[axis]!), next)
    );
    const weight = ends.map(({ weight }) => weight).reduce((product, next) => mul(product, next));
    const taken = take(rows, add(broadcastTo(index, [count, points]), first));
    const term = mul(taken, expandDims(weight, -1));
    total = total ? add(total, term) : term;
  }
  return total!;
}

/** Positions along each axis in units of cells, each `[..., points]`. */
function positions({ kind, shape }: GridConfig, coordinates: Tensor): Tensor[] {
  const flat = kind === "sphere" ? flatten(coordinates) : coordinates;
  const scale = shape[0]! - 1;
  return shape.map((size, axis) => {
    const value = part(flat, axis);
    if (kind === "regular") return mul(add(value, 1), scale / 2);
    return axis === 0 ? mul(sub(1, value), scale / 2) : mul(value, size / 4);
  });
}

/** One component of the last axis. */
function part(x: Tensor, index: number): Tensor {
  const last = x.rank - 1,
    at = (end: boolean) =>
      x.shape.map((size, axis) => (axis === last ? index + (end ? 1 : 0) : end ? size : 0));
  return reshape(slice(x, at(false), at(true)), x.shape.slice(0, -1));
}

/**
 * Returns the number of cells of a grid.
 *
 * @param grid A grid.
 */
export function gridCells({ shape }: GridConfig): number {
  return sizeOf(shape);
}
