/**
 * Data sets of functions, each known by its values at points. Nothing here depends on grids except how samples are
 * displayed.
 *
 * @module
 */

/**
 * The values that features of -1 and 1 stand for, in the data's own units.
 *
 * @category Data
 */
export interface ValueScale {
  /** Value at -1. */
  readonly low: number;
  /** Value at 1. */
  readonly high: number;
  /** Units of both, for example `K`. */
  readonly units?: string;
  /** Quantity, for example `2 metre temperature`. */
  readonly quantity?: string;
}

/**
 * Samples are images: points are pixels in row-major order, features are colours.
 *
 * @category Data
 */
export interface ImageDisplay {
  /** Discriminant. */
  readonly kind: "image";
  /** Rows of pixels. */
  readonly height: number;
  /** Columns of pixels. */
  readonly width: number;
  /** 1 for grey, 3 for RGB. */
  readonly channels: 1 | 3;
  /** Scale of a single-channel field that is not a picture, such as a signed distance. */
  readonly scale?: ValueScale;
}

/**
 * Samples are solid shapes: features above 0 are inside. Axes: x left to right, y front to back, z up.
 *
 * @category Data
 */
export interface VolumeDisplay {
  /** Discriminant. */
  readonly kind: "volume";
  /** Points along each axis of the data's grid. */
  readonly resolution: number;
}

/**
 * A part of the globe, in degrees: edges through the outermost points of a grid.
 *
 * @category Data
 */
export interface SphereBounds {
  /** Latitude of the first row. */
  readonly north: number;
  /** Latitude of the last row, below `north`. */
  readonly south: number;
  /** Longitude of the first column, from -180 to 180. */
  readonly west: number;
  /** Longitude of the last column, from `west` to less than `west + 360`. */
  readonly east: number;
}

/**
 * Samples are fields on the sphere: points are (cos φ cos λ, cos φ sin λ, sin φ), from the north pole southwards and from
 * 0° eastwards, or within bounds.
 *
 * @category Data
 */
export interface SphereDisplay {
  /** Discriminant. */
  readonly kind: "sphere";
  /** Latitudes of the data's grid, both poles or bounds included. */
  readonly latitudes: number;
  /** Longitudes of the data's grid, 360° excluded, or both bounds included. */
  readonly longitudes: number;
  /** The part of the globe that the data cover; absent: all of it. */
  readonly bounds?: SphereBounds;
  /** Scale of the feature. */
  readonly scale: ValueScale;
}

/**
 * Samples are functions of one variable, such as sounds: points are times in [-1, 1].
 *
 * @category Data
 */
export interface CurveDisplay {
  /** Discriminant. */
  readonly kind: "curve";
  /** Number of sample times of the data. */
  readonly samples: number;
  /** Sample rate of sound in Hz; absent for other functions. */
  readonly rate?: number;
  /** Scale of the feature. */
  readonly scale?: ValueScale;
}

/**
 * Samples are values at arbitrary points, displayed at the points of the data.
 *
 * @category Data
 */
export interface CloudDisplay {
  /** Discriminant. */
  readonly kind: "cloud";
  /** Scale of each feature. */
  readonly scales: readonly ValueScale[];
}

/**
 * How samples are displayed. Plain data, so that a checkpoint can store it and samples need no data set.
 *
 * @category Data
 */
export type Display = ImageDisplay | VolumeDisplay | SphereDisplay | CurveDisplay | CloudDisplay;

/**
 * A set of functions, each known at the same number of points. Items share their points or have their own; features lie in
 * [-1, 1]. Batches are requested by item index, so that a run can resume at any step, and returned as promises, so that
 * sets larger than memory can be read on demand.
 *
 * @category Data
 */
export interface Dataset {
  /** Display name: `mnist`. */
  readonly name: string;
  /** Number of functions. */
  readonly items: number;
  /** Coordinates of the points that all items share, or of the first item's points, `[points, coordinateDim]`. */
  readonly coordinates: Float32Array;
  /** Points per item. */
  readonly pointCount: number;
  /** Coordinates per point: 2 for images. */
  readonly coordinateDim: number;
  /** Features per point: 1 for grey images, 3 for colour. */
  readonly featureDim: number;
  /** How samples are displayed. */
  readonly display: Display;
  /**
   * Reads the features of some items.
   *
   * @param indices Item indices in `[0, items)`; repeats are allowed.
   * @returns Values in [-1, 1], `[indices, points, features]`, in a new array.
   * @throws {RangeError} If an index is out of range.
   */
  batch(indices: ArrayLike<number>): Promise<Float32Array>;
  /**
   * Reads the coordinates of some items. Absent if all items share theirs.
   *
   * @param indices As for {@link batch}.
   * @returns Coordinates `[indices, points, coordinateDim]`, in a new array.
   */
  batchCoordinates?(indices: ArrayLike<number>): Promise<Float32Array>;
  /** Releases open files and caches; call it when the set is no longer used. Absent if the set holds none. */
  close?(): Promise<void>;
}
