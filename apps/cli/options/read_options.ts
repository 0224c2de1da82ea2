/**
 * Options that say what to read of data that hold several things, the same for all commands.
 * @module
 */
import type { InsideRule, PictureFit, ReadOptions, ShapeAxes } from "@gasp/datasets";
import { type OptionTable, UsageError, type Values } from "./options.ts";

/** The options. */
export const READ_OPTIONS = {
  variable: {
    kind: "text",
    value: "NAME,…",
    defaultText: "the only one",
    help:
      "Variables of NetCDF files, each of which becomes a feature, or array of an npz file; also PATH#NAME",
  },
  select: {
    kind: "text",
    value: "AXIS=VALUE,…",
    defaultText: "none",
    help: "Steps along axes other than time, such as plev=500,expver=1",
  },
  gaps: {
    kind: "choice",
    choices: ["refuse", "points"],
    defaultText: "refuse",
    help: "Fields with missing values: refuse them, or read the points that have values",
  },
  rate: {
    kind: "integer",
    min: 1,
    max: 1_000_000,
    defaultText: "that of the files",
    help: "Sample rate of sounds in Hz, to which they are resampled",
  },
  cut: {
    kind: "choice",
    choices: ["start", "pieces", "stretch"],
    defaultText: "start",
    help: "Sounds: the start of each, consecutive pieces, or each as a whole, stretched",
  },
  fit: {
    kind: "choice",
    choices: ["crop", "pad", "squeeze"],
    defaultText: "crop",
    help: "Images that are not square: crop to the centre, pad with white, or squeeze",
  },
  "as-stored": {
    kind: "flag",
    help: "Ignore the orientation that cameras store in images, as the reference does",
  },
  axes: {
    kind: "choice",
    choices: ["z-up", "y-up", "shapenet"],
    defaultText: "the usual ones of the format",
    help: "Axes of meshes and voxels",
  },
  inside: {
    kind: "choice",
    choices: ["winding", "parity"],
    defaultText: "winding",
    help: "Inside test for meshes: winding numbers, or parity of ray crossings for watertight ones",
  },
  "skip-damaged": {
    kind: "flag",
    help: "Leave out damaged images and shapes, and shapes with nothing inside, instead of refusing the data",
  },
} satisfies OptionTable;

/**
 * Returns what to read.
 *
 * @param values Values of {@link READ_OPTIONS}.
 * @returns `undefined` if no option is given.
 * @throws {UsageError} If one is not of its form.
 */
export function readOptionsOf(values: Values<typeof READ_OPTIONS>): ReadOptions | undefined {
  const { variable, select, gaps, rate, cut, fit, axes, inside } = values;
  const options: ReadOptions = {
    ...(variable !== undefined && { variable: wordsOf("variable", variable) }),
    ...(select !== undefined && { select: wordsOf("select", select).map(checkChoice) }),
    ...(gaps !== undefined && { gaps: gaps as "refuse" | "points" }),
    ...(rate !== undefined && { rate }),
    ...(cut !== undefined && { cut: cut as "start" | "pieces" | "stretch" }),
    ...(fit !== undefined && { fit: fit as PictureFit }),
    ...(values["as-stored"] && { asStored: true }),
    ...(axes !== undefined && { axes: axes as ShapeAxes }),
    ...(inside !== undefined && { inside: inside as InsideRule }),
    ...(values["skip-damaged"] && { skipDamaged: true }),
  };
  return Object.keys(options).length === 0 ? undefined : options;
}

function wordsOf(name: string, text: string): string[] {
  const words = text.split(",").map((word) => word.trim());
  if (words.includes("")) throw new UsageError(`--${name} has an empty name; got "${text}"`);
  return words;
}

function checkChoice(choice: string): string {
  if (/^[^=]+=.+$/.test(choice)) return choice;
  throw new UsageError(`--select must be AXIS=VALUE, such as plev=500,expver=1; got "${choice}"`);
}

/**
 * Returns the options as words of a command line, for messages.
 *
 * @param read What to read.
 */
export function showReadOptions(read: ReadOptions | undefined): string {
  const entries = Object.entries(read ?? {});
  return entries.map(([key, value]) => {
    const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return value === true ? `--${name}` : `--${name} ${Array.isArray(value) ? value.join(",") : value}`;
  }).join(" ");
}
