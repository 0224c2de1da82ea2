/**
 * What a data set is to the rest of the project: functions given by their values at points. Nothing here knows of
 * grids, except how a sample is shown to people.
 *
 * @module
 */

/** Samples are pictures: the points are the pixels, row by row, and the features of a point are its colour. */
export interface ImageDisplay {
  /** Tells it from the other kinds. */
  readonly kind: "image";
  /** Rows of pixels. */
  readonly height: number;
  /** Pixels in a row. */
  readonly width: number;
  /** 1 for grey, 3 for red, green, blue. */
  readonly channels: 1 | 3;
}

/**
 * How to show a sample. Plain data, so that a run can keep it in its config and show samples without the data set.
 * Other kinds (volumes, fields on the sphere, sound) are further members, told apart by `kind`.
 */
export type Display = ImageDisplay;

/**
 * A set of functions that are all known at the same points. Coordinates are shared by the items; features lie in
 * [-1, 1]. A batch is asked for by the numbers of its items, so that a run can be resumed at any step, and it is a
 * promise, so that sets larger than memory can read it when it is needed.
 */
export interface Dataset {
  /** For people: `mnist`. */
  readonly name: string;
  /** Number of functions. */
  readonly items: number;
  /** Coordinates of the points that all items share, `[points, coordinateDim]`. */
  readonly coordinates: Float32Array;
  /** Number of points of an item. */
  readonly pointCount: number;
  /** Numbers that say where a point is: 2 for pictures. */
  readonly coordinateDim: number;
  /** Numbers known at a point: 1 for grey pictures, 3 for colour. */
  readonly featureDim: number;
  /** How a sample is shown. */
  readonly display: Display;
  /**
   * Features of some items.
   *
   * @param indices Numbers of the items, each in `0 .. items-1`; one may occur twice.
   * @returns Values in [-1, 1], `[indices, points, features]`, a fresh array.
   * @throws {RangeError} If there is no such item.
   */
  batch(indices: ArrayLike<number>): Promise<Float32Array>;
}
