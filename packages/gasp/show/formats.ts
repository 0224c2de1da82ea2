/**
 * Which files samples of a kind can be written to.
 * @module
 */
import type { Display } from "@gasp/datasets";
import { UserError } from "../config/user_error.ts";

/**
 * A format of files.
 *
 * @category Files of samples
 */
export type SampleFormat = "png" | "glb" | "obj" | "ply" | "netcdf" | "wav" | "csv" | "npz";

/** What is known of a format. */
interface FormatRule {
  /** The ending of its files. */
  readonly ending: string;
  /** The kinds of samples that it takes; all if left out. */
  readonly kinds?: readonly Display["kind"][];
  /** Whether each sample has files of its own. */
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
  image: "pictures",
  volume: "shapes",
  sphere: "fields on the sphere",
  curve: "curves",
  cloud: "values at points",
};

/**
 * The ending of a format's files: `.png`.
 *
 * @param format Any format.
 */
export function endingOf(format: SampleFormat): string {
  return RULES[format].ending;
}

/**
 * Whether each sample has files of its own; else one file holds all, unless separate files are asked for.
 *
 * @param format Any format.
 */
export function isSeparate(format: SampleFormat): boolean {
  return RULES[format].isSeparate;
}

/**
 * The formats that fit samples of a kind.
 *
 * @param display How they are shown.
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
 * Chooses a format: what is asked for, else what the ending of a path says, else pictures.
 *
 * @param display How the samples are shown.
 * @param asked What is asked for by name.
 * @param path Where to write.
 * @throws {UserError} If the format does not fit the samples, or the path has the ending of another.
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
      `the format ${asked} is asked for, but ${path} ends in ${ending}: end it in ${endingOf(asked)}`,
    );
  }
  const format = asked ?? ofPath ?? "png", fitting = formatsFor(display);
  if (!asked && !ofPath && ending !== undefined) {
    const endings = fitting.map(endingOf).join(", ");
    throw new UserError(
      `no format has files that end in ${ending}: ${PLURALS[display.kind]} can be written to ${endings}`,
    );
  }
  if (!fitting.includes(format)) {
    const why = format === "wav" && display.kind === "curve"
      ? "these curves have no rate in seconds, so "
      : "";
    throw new UserError(
      `${why}${PLURALS[display.kind]} cannot be written as ${format}: the formats that fit are ${
        fitting.join(", ")
      }`,
    );
  }
  return format;
}

/**
 * A path without the ending of its file's name, and the ending.
 *
 * @param path Any path.
 * @returns The ending with its dot and in lower case, or undefined where there is none.
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
