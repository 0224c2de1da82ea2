/**
 * What a data set is to the rest of the project: functions given by their values at points. Nothing here knows of
 * grids, except how a sample is shown to people.
 *
 * @module
 */

/** What the features -1 and 1 are in the data's own units. */
export interface ValueScale {
  /** What -1 stands for. */
  readonly low: number;
  /** What 1 stands for. */
  readonly high: number;
  /** Of both, for example `K`. */
  readonly units?: string;
  /** What is measured, for example `2 metre temperature`. */
  readonly quantity?: string;
}

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
  /** Units of the one channel of a field that is no picture, such as a signed distance. */
  readonly scale?: ValueScale;
}

/** Samples are solid shapes: a feature above 0 is inside. Axes are x left to right, y front to back, z up. */
export interface VolumeDisplay {
  /** Tells it from the other kinds. */
  readonly kind: "volume";
  /** Points along each axis of the data's grid. */
  readonly resolution: number;
}

/** Samples are fields on the sphere: points are (cos φ cos λ, cos φ sin λ, sin φ), from the north pole down, eastwards from 0°. */
export interface SphereDisplay {
  /** Tells it from the other kinds. */
  readonly kind: "sphere";
  /** Latitudes of the data's grid, both poles included. */
  readonly latitudes: number;
  /** Longitudes of the data's grid, 360° not included. */
  readonly longitudes: number;
  /** Units of the feature. */
  readonly scale: ValueScale;
}

/** Samples are functions of one variable, such as sounds: points are times from -1 to 1. */
export interface CurveDisplay {
  /** Tells it from the other kinds. */
  readonly kind: "curve";
  /** Times at which the data are known. */
  readonly samples: number;
  /** Times in a second, for sound; absent for other functions. */
  readonly rate?: number;
  /** Units of the feature. */
  readonly scale?: ValueScale;
}

/** Samples are values at points that lie anywhere: they are shown at the points of the data. */
export interface CloudDisplay {
  /** Tells it from the other kinds. */
  readonly kind: "cloud";
  /** Units of each feature. */
  readonly scales: readonly ValueScale[];
}

/** How to show a sample. Plain data, so that a run can keep it in its config and show samples without the data set. */
export type Display = ImageDisplay | VolumeDisplay | SphereDisplay | CurveDisplay | CloudDisplay;

/**
 * A set of functions, each known at as many points. The points are the same for all items, or each item has its own;
 * features lie in [-1, 1]. A batch is asked for by the numbers of its items, so that a run can be resumed at any step, and
 * it is a promise, so that sets larger than memory can read it when it is needed.
 */
export interface Dataset {
  /** For people: `mnist`. */
  readonly name: string;
  /** Number of functions. */
  readonly items: number;
  /** Coordinates of the points that all items share, or of the first item, `[points, coordinateDim]`. */
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
  /**
   * Coordinates of some items, where items have their own; absent where they share them.
   *
   * @param indices As for {@link batch}.
   * @returns `[indices, points, coordinateDim]`, a fresh array.
   */
  batchCoordinates?(indices: ArrayLike<number>): Promise<Float32Array>;
}
