/**
 * Samples as files of any format.
 * @module
 */
import type { Tree } from "@gasp/tensor";
import type { ModelConfig } from "../config/run_settings.ts";
import { encodePng } from "../image/mod.ts";
import { type DisplayRequest, sampleForDisplay, type Sampler, type Samples } from "../sampling/sampler.ts";
import { endingOf, isSeparate, type SampleFormat } from "./formats.ts";
import { functionSurface } from "./surface/function_surface.ts";
import { encodeGlb, encodeObj, encodePly } from "./surface/mesh_files.ts";
import { renderSurface } from "./surface/render_surface.ts";
import { requireSamples } from "./sample_memory.ts";
import { encodeCsv, encodeNpz } from "./sample_table.ts";
import { picturesOf, sheetOf } from "./sheet.ts";
import { encodeSphere } from "./sphere/sphere_netcdf.ts";
import type { Surface } from "./surface/surface.ts";
import { encodeWav } from "./wav.ts";

/**
 * What {@link exportSamples} takes.
 *
 * @category Files of samples
 */
export interface ExportRequest extends DisplayRequest {
  /** Of the generator. */
  readonly sampler: Sampler;
  /** Its weights; faster if placed on the device. */
  readonly weights: Tree;
  /** Kind of file; it must fit the display: see {@link chooseFormat}. */
  readonly format: SampleFormat;
  /** Whether each sample has files of its own also where a format can hold all in one. */
  readonly separate?: boolean;
  /** Samples in a row of a sheet; by default about as many as rows. */
  readonly columns?: number;
}

/**
 * A file.
 *
 * @category Files of samples
 */
export interface ExportedFile {
  /** Number of the sample; absent where the file holds all. */
  readonly sample?: number;
  /** What its name ends in: `.png`, `-globe.png`. */
  readonly suffix: string;
  /** Whether it is a mesh without triangles, since the shape is empty. */
  readonly isEmpty?: boolean;
  /** Its contents. */
  readonly bytes: Uint8Array;
}

/** Height and width of pictures of surfaces. */
const PICTURE = 512;

const MESHES: Partial<Record<SampleFormat, (surface: Surface) => Promise<Uint8Array>>> = {
  glb: encodeGlb,
  obj: encodeObj,
  ply: encodePly,
};

/**
 * Makes samples and writes them as files, one after another. Shapes with files of their own are surfaces of the functions
 * themselves, with a picture of each.
 *
 * @param request Which samples, in which format.
 * @throws {MemoryError} If they do not fit in memory.
 *
 * @example
 * ```ts
 * import { asGasp, exportSamples, generatorOf, initialGenerator, resolveRunConfig, sampleLatents, Sampler } from "@gasp/gasp";
 * import { reference } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" })), generator = generatorOf(config);
 * const weights = initialGenerator(config.model, 0), sampler = new Sampler(generator, reference);
 * const display = { kind: "image", height: 12, width: 12, channels: 1 } as const;
 * const latents = sampleLatents(0, 2, generator.latentDim);
 * const request = { sampler, weights, latents, display, resolution: 5, format: "npz" } as const;
 * const [file] = await Array.fromAsync(exportSamples(request));
 * assertEquals(file?.suffix, ".npz");
 * sampler.release();
 * ```
 *
 * @category Files of samples
 */
export async function* exportSamples(request: ExportRequest): AsyncGenerator<ExportedFile> {
  const { format, sampler, latents, separate = false } = request;
  requireExport({ ...request, count: latents.length / sampler.generator.latentDim }, sampler.generator);
  const isSurface = areSurfaces(request);
  if (!separate && !isSeparate(format)) {
    yield { suffix: endingOf(format), bytes: encodeTogether(await shown(request), request) };
    return;
  }
  const { latentDim } = sampler.generator;
  for (let sample = 0; sample * latentDim < latents.length; sample++) {
    const one = { ...request, latents: latents.slice(sample * latentDim, (sample + 1) * latentDim) };
    for (const file of isSurface ? await surfaceFiles(one) : await separateFiles(one)) {
      yield { sample, ...file };
    }
  }
}

/** Whether each sample is traced as a surface. */
function areSurfaces(
  { format, separate, display }: Pick<ExportShape, "format" | "separate" | "display">,
): boolean {
  return format in MESHES || (format === "png" && separate === true && display.kind === "volume");
}

/**
 * What of an {@link ExportRequest} says how much it takes.
 *
 * @category Files of samples
 */
export interface ExportShape
  extends Pick<ExportRequest, "format" | "separate" | "display" | "resolution" | "coordinates"> {
  /** Number of samples. */
  readonly count: number;
}

/**
 * Refuses files that do not fit in memory while they are made.
 *
 * @param request Which samples, in which format.
 * @param model Sizes of the model.
 * @throws {MemoryError} If they do not fit.
 * @category Files of samples
 *
 * @example A thousand pictures on one sheet, in 10 MB
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { requireExport, resolveRunConfig } from "@gasp/gasp";
 * import { limitMemory, MemoryError } from "@gasp/tensor";
 *
 * using _limit = limitMemory(1e7);
 * const { model } = resolveRunConfig({ preset: "digits" });
 * const display = { kind: "image", height: 28, width: 28, channels: 1 } as const;
 * const request = { format: "png", display, resolution: 280, count: 1000 } as const;
 * assertThrows(() => requireExport(request, model), MemoryError, "a sheet of 1000 samples");
 * ```
 */
export function requireExport(request: ExportShape, model: ModelConfig): void {
  const { format, separate = false, coordinates } = request;
  const { coordinateDim, featureDim } = model;
  const isTogether = !separate && !isSeparate(format);
  const count = isTogether ? request.count : 1;
  const points = (coordinates?.length ?? 0) / coordinateDim;
  requireSamples(
    { ...request, count, points, coordinateDim, featureDim },
    areSurfaces(request) ? "surface" : format !== "png" ? "table" : isTogether ? "sheet" : "pictures",
  );
}

function shown({ sampler, weights, ...request }: ExportRequest): Promise<Samples> {
  return sampleForDisplay(sampler, weights, request);
}

/** One file with all samples. */
function encodeTogether(samples: Samples, { format, columns }: ExportRequest): Uint8Array {
  const { values, display } = samples;
  if (format === "png") return encodePng(sheetOf(samples, columns));
  if (format === "npz") return encodeNpz(samples);
  if (format === "netcdf" && display.kind === "sphere") return encodeSphere(values, display);
  if (format === "csv" && display.kind === "curve") return encodeCsv(values, display);
  throw new RangeError(`samples of kind ${display.kind} cannot be written as ${format}`);
}

/** Files of a single sample. */
async function separateFiles(request: ExportRequest): Promise<Omit<ExportedFile, "sample">[]> {
  const sample = await shown(request), { values, display } = sample, { format } = request;
  if (format === "wav" && display.kind === "curve" && display.rate !== undefined) {
    return [{ suffix: endingOf(format), bytes: encodeWav(values, display.rate) }];
  }
  if (format !== "png") return [{ suffix: endingOf(format), bytes: encodeTogether(sample, request) }];
  const pictures = await picturesOf(sample);
  return pictures.map(({ suffix, picture }) => ({ suffix: `${suffix}.png`, bytes: encodePng(picture) }));
}

/** The surface of a single shape and its picture. */
async function surfaceFiles(request: ExportRequest): Promise<Omit<ExportedFile, "sample">[]> {
  const { sampler, weights, latents, resolution, format } = request;
  const shape = await sampler.functions(weights, latents);
  try {
    const surface = await functionSurface(shape, resolution), encode = MESHES[format];
    const picture = { suffix: ".png", bytes: encodePng(renderSurface(surface, PICTURE)) };
    if (!encode) return [picture];
    const isEmpty = surface.triangles.length === 0;
    return [{ suffix: endingOf(format), bytes: await encode(surface), isEmpty }, picture];
  } finally {
    shape.release();
  }
}
