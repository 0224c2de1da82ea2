/**
 * What to read of data that hold several things: one spelling for all kinds and all commands. Plain data, so that the
 * configuration of a run can store it.
 *
 * @module
 */
import { DataError } from "./data_error.ts";

/**
 * What to do with fields that have no value at some points: `refuse` them (default), or read the `points` that have one.
 *
 * @category Data
 */
export type Gaps = "refuse" | "points";

/**
 * How sounds become items of equal length: the `start` of each (default), consecutive `pieces`, or each one whole,
 * resampled to `stretch` over the item.
 *
 * @category Data
 */
export type SoundCut = "start" | "pieces" | "stretch";

/**
 * What happens to images that are not square: `crop` to the centre (default), `pad` with white, or `squeeze`.
 *
 * @category Data
 */
export type PictureFit = "crop" | "pad" | "squeeze";

/**
 * Axes of shapes; see `Orientation`.
 *
 * @category Data
 */
export type ShapeAxes = "z-up" | "y-up" | "shapenet";

/**
 * What is inside of a mesh: where its `winding` number is above ½ (default), or by the `parity` of crossings.
 *
 * @category Data
 */
export type InsideRule = "winding" | "parity";

/**
 * What to read.
 *
 * @category Data
 */
export interface ReadOptions {
  /** Names of variables of NetCDF files, each of which becomes a feature, or of an array of an `.npz` file. */
  readonly variable?: readonly string[];
  /** Steps along axes other than time, each as `AXIS=VALUE`: `plev=500`. */
  readonly select?: readonly string[];
  /** What to do with fields that have no value at some points. */
  readonly gaps?: Gaps;
  /** Sample rate of sounds in Hz, to which they are resampled. */
  readonly rate?: number;
  /** How sounds become items of equal length. */
  readonly cut?: SoundCut;
  /** What happens to images that are not square. */
  readonly fit?: PictureFit;
  /** Whether to ignore the orientation that cameras store in images, as the reference does. */
  readonly asStored?: boolean;
  /** Axes of meshes and voxels, if not the usual ones of their format. */
  readonly axes?: ShapeAxes;
  /** What is inside of a mesh. */
  readonly inside?: InsideRule;
  /** Whether to leave out images and shapes that are damaged, and shapes that have nothing inside. */
  readonly skipDamaged?: boolean;
}

/**
 * Converts `["plev=500", "expver=1"]` to values by axis.
 *
 * @param choices Choices, each as `AXIS=VALUE`.
 * @throws {DataError} If one is not of that form, or an axis occurs twice.
 */
export function parseSelect(choices: readonly string[]): Record<string, string> {
  const select: Record<string, string> = {};
  for (const choice of choices) {
    const [, axis, value] = /^\s*([^=]+?)\s*=\s*(.+?)\s*$/.exec(choice) ?? [];
    if (axis === undefined || value === undefined) {
      throw new DataError(`cannot select "${choice}": write AXIS=VALUE, such as --select plev=500,expver=1.`);
    }
    if (Object.hasOwn(select, axis)) {
      throw new DataError(`--select has ${axis} twice: choose one step of it.`);
    }
    select[axis] = value;
  }
  return select;
}
