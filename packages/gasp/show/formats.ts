/**
 * File formats for samples of each kind.
 * @module
 */
import type { Display } from "@gasp/datasets";
import { UserError } from "../config/user_error.ts";

/**
 * A file format.
 *
 * @category Files of samples
 */
export type SampleFormat = "png" | "glb" | "obj" | "ply" | "netcdf" | "wav" | "csv" | "npz";

/** Properties of a format. */
interface FormatRule {
  /** File name extension. */
  readonly ending: string;
  /** Supported kinds of samples. Default: all. */
  readonly kinds?: readonly Display["kind"][];
  /** Whether each sample needs a separate file. */
  readonly isSeparate: boolean;
}

const RULES: Readonly<Record<SampleFormat, FormatRule>> = {
  png: { ending: ".png", isSeparate: false },
  glb: { ending: ".glb", kinds: ["volume"], isSeparate: true },
  obj: { ending: ".obj", kinds: ["volume"], isSeparate: true },
  ply: { ending: ".ply", kinds: ["volume"], isSeparate: true },
  netcdf: { ending: ".nc", kinds: ["sphere"], isSeparate: false },
  wav: { ending: ".wav", kinds: ["curve"], isSeparate: true },
  csv: { ending: ".csv", kinds: ["curve"], isSeparate: false },
  npz: { ending: ".npz", isSeparate: false },
};

/**
 * Names of all formats.
 *
 * @category Files of samples
 */
export const SAMPLE_FORMATS: readonly SampleFormat[] = Object.keys(RULES) as SampleFormat[];

/** Samples of a kind in the plural, for messages. */
const PLURALS: Readonly<Record<Display["kind"], string>> = {
  image: "images",
  volume: "shapes",
  sphere: "fields on the sphere",
  curve: "curves",
  cloud: "values at points",
};

/**
 * Returns the file name extension of a format, such as `.png`.
 *
 * @param format Format.
 */
export function endingOf(format: SampleFormat): string {
  return RULES[format].ending;
}

/**
 * Returns whether a format needs a separate file for each sample.
 *
 * @param format Format.
 */
export function isSeparate(format: SampleFormat): boolean {
  return RULES[format].isSeparate;
}

/**
 * Returns the formats that support samples of a kind.
 *
 * @param display Display of the samples.
 *
 * @example
 * ```ts
 * import { formatsFor } from "@gasp/gasp";
 * import { assert } from "@std/assert";
 *
 * const formats = formatsFor({ kind: "volume", resolution: 16 });
 * assert(formats.includes("glb") && !formats.includes("wav"));
 * ```
 *
 * @category Files of samples
 */
export function formatsFor(display: Display): SampleFormat[] {
  return SAMPLE_FORMATS.filter((format) =>
    (RULES[format].kinds?.includes(display.kind) ?? true) &&
    !(format === "wav" && rateOf(display) === undefined)
  );
}

function rateOf(display: Display): number | undefined {
  return display.kind === "curve" ? display.rate : undefined;
}

/**
 * Chooses a format: the requested one, otherwise that of the path's extension, otherwise PNG.
 *
 * @param display Display of the samples.
 * @param asked Requested format.
 * @param path Output path.
 * @throws {UserError} If the format does not support the samples, or the path has the extension of another format.
 *
 * @example
 * ```ts
 * import { chooseFormat } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const display = { kind: "volume", resolution: 16 } as const;
 * assertEquals(chooseFormat(display, undefined, "chair.obj"), "obj");
 * assertEquals(chooseFormat(display, "ply", undefined), "ply");
 * ```
 *
 * @category Files of samples
 */
export function chooseFormat(
  display: Display,
  asked: SampleFormat | undefined,
  path: string | undefined,
): SampleFormat {
  const ending = path === undefined ? undefined : splitEnding(path).ending;
  const ofPath = SAMPLE_FORMATS.find((format) => RULES[format].ending === ending);
  if (asked && ofPath && asked !== ofPath) {
    throw new UserError(
      `the format is ${asked}, but ${path} has the extension ${ending}: change it to ${endingOf(asked)}`,
    );
  }
  const format = asked ?? ofPath ?? "png", fitting = formatsFor(display);
  if (!asked && !ofPath && ending !== undefined) {
    const endings = fitting.map(endingOf).join(", ");
    throw new UserError(
      `no format has the extension ${ending}: ${PLURALS[display.kind]} can be written to ${endings} files`,
    );
  }
  if (!fitting.includes(format)) {
    const why = format === "wav" && display.kind === "curve" ? "these curves have no sampling rate, so " : "";
    throw new UserError(
      `${why}${PLURALS[display.kind]} cannot be written as ${format}: supported formats are ${
        fitting.join(", ")
      }`,
    );
  }
  return format;
}

/**
 * Splits a path into stem and file name extension.
 *
 * @param path Path of a file.
 * @returns The extension with its dot and in lower case, or undefined if there is none.
 *
 * @example
 * ```ts
 * import { splitEnding } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(splitEnding("out/Chair.GLB"), { stem: "out/Chair", ending: ".glb" });
 * ```
 *
 * @category Files of samples
 */
export function splitEnding(path: string): { readonly stem: string; readonly ending: string | undefined } {
  const [, stem, ending] = /^(.*[^/])(\.[a-z]{2,5})$/i.exec(path) ?? [];
  return stem === undefined ? { stem: path, ending: undefined } : { stem, ending: ending!.toLowerCase() };
}
