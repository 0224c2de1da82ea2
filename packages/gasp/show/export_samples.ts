/**
 * Export of samples to files.
 * @module
 */
import type { Tree } from "@gasp/tensor";
import type { ModelConfig } from "../config/run_settings.ts";
import { encodePng, encodePngRows } from "../image/mod.ts";
import { type DisplayRequest, sampleForDisplay, type Sampler, type Samples } from "../sampling/sampler.ts";
import { endingOf, isSeparate, type SampleFormat } from "./formats.ts";
import { imageRows, isByRows } from "./image_rows.ts";
import { functionSurface } from "./surface/function_surface.ts";
import { encodeGlb, encodeObj, encodePly } from "./surface/mesh_files.ts";
import { renderSurface } from "./surface/render_surface.ts";
import { requireSamples, type SampleOutput } from "./sample_memory.ts";
import { encodeCsv, encodeNpz } from "./sample_table.ts";
import { picturesOf, sheetOf } from "./sheet.ts";
import { encodeSphere } from "./sphere/sphere_netcdf.ts";
import type { Surface } from "./surface/surface.ts";
import { encodeWav } from "./wav.ts";

/**
 * Arguments of {@link exportSamples}.
 *
 * @category Files of samples
 */
export interface ExportRequest extends DisplayRequest {
  /** Sampler of the generator. */
  readonly sampler: Sampler;
  /** Weights of the generator; faster if on the device. */
  readonly weights: Tree;
  /** File format; must support the display: see {@link chooseFormat}. */
  readonly format: SampleFormat;
  /** Whether to write separate files for each sample even if the format supports many samples per file. */
  readonly separate?: boolean;
  /** Samples per row of a sheet. Default: about as many as rows. */
  readonly columns?: number;
}

/**
 * An exported file.
 *
 * @category Files of samples
 */
export interface ExportedFile {
  /** Index of the sample; absent if the file contains all of them. */
  readonly sample?: number;
  /** Suffix of the file name, such as `.png` or `-globe.png`. */
  readonly suffix: string;
  /** Whether it is a mesh without triangles, because the shape is empty. */
  readonly isEmpty?: boolean;
  /** Contents; parts of it, in order, if it is a large image, which is computed while the parts are read. */
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>;
}

/** Height and width of pictures of surfaces. */
const PICTURE = 512;

const MESHES: Partial<Record<SampleFormat, (surface: Surface) => Promise<Uint8Array>>> = {
  glb: encodeGlb,
  obj: encodeObj,
  ply: encodePly,
};

/**
 * Samples functions and encodes them as files, one after another. Shapes in separate files are exported as surfaces of the
 * functions themselves (appendix A.5 of the paper), each with an image.
 *
 * @param request Samples and format.
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
  const { latentDim } = sampler.generator;
  if (!separate && !isSeparate(format)) {
    const rows = encodeByRows(request);
    yield { suffix: endingOf(format), bytes: rows ?? encodeTogether(await shown(request), request) };
    return;
  }
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
 * The part of an {@link ExportRequest} that determines its memory use.
 *
 * @category Files of samples
 */
export interface ExportShape
  extends Pick<ExportRequest, "format" | "separate" | "display" | "resolution" | "coordinates" | "columns"> {
  /** Number of samples. */
  readonly count: number;
}

/**
 * Checks that an export fits in memory.
 *
 * @param request Samples and format.
 * @param model Dimensions of the model.
 * @throws {MemoryError} If they do not fit.
 * @category Files of samples
 *
 * @example The values of a thousand pictures in one file, in 10 MB
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { requireExport, resolveRunConfig } from "@gasp/gasp";
 * import { limitMemory, MemoryError } from "@gasp/tensor";
 *
 * using _limit = limitMemory(1e7);
 * const { model } = resolveRunConfig({ preset: "digits" });
 * const display = { kind: "image", height: 28, width: 28, channels: 1 } as const;
 * const request = { format: "npz", display, resolution: 280, count: 1000 } as const;
 * assertThrows(() => requireExport(request, model), MemoryError, "a table of 1000 samples");
 * ```
 */
export function requireExport(request: ExportShape, model: ModelConfig): void {
  const { format, separate = false, coordinates } = request;
  const { coordinateDim, featureDim } = model;
  const isTogether = !separate && !isSeparate(format);
  const count = isTogether ? request.count : 1;
  const points = (coordinates?.length ?? 0) / coordinateDim;
  requireSamples({ ...request, count, points, coordinateDim, featureDim }, outputOf(request, isTogether));
}

function outputOf(request: ExportShape, isTogether: boolean): SampleOutput {
  if (areSurfaces(request)) return "surface";
  if (request.format !== "png") return "table";
  if (request.display.kind === "image") return "rows";
  return isTogether ? "sheet" : "pictures";
}

function shown({ sampler, weights, ...request }: ExportRequest): Promise<Samples> {
  return sampleForDisplay(sampler, weights, request);
}

/** Encodes all samples as one file. */
function encodeTogether(samples: Samples, { format, columns }: ExportRequest): Uint8Array {
  const { values, display } = samples;
  if (format === "png") return encodePng(sheetOf(samples, columns));
  if (format === "npz") return encodeNpz(samples);
  if (format === "netcdf" && display.kind === "sphere") return encodeSphere(values, display);
  if (format === "csv" && display.kind === "curve") return encodeCsv(values, display);
  throw new RangeError(`samples of kind ${display.kind} cannot be written as ${format}`);
}

/** Encodes images of all samples while they are computed, if they are large. */
function encodeByRows(request: ExportRequest): AsyncIterable<Uint8Array> | undefined {
  const { sampler, weights, latents, format, display } = request;
  const count = latents.length / sampler.generator.latentDim;
  if (display.kind !== "image" || format !== "png" || !isByRows({ ...request, count })) return undefined;
  return encodePngRows(imageRows(sampler, weights, latents, { ...request, display }));
}

/** Encodes the files of a single sample. */
async function separateFiles(request: ExportRequest): Promise<Omit<ExportedFile, "sample">[]> {
  const rows = encodeByRows(request);
  if (rows !== undefined) return [{ suffix: endingOf(request.format), bytes: rows }];
  const sample = await shown(request), { values, display } = sample, { format } = request;
  if (format === "wav" && display.kind === "curve" && display.rate !== undefined) {
    return [{ suffix: endingOf(format), bytes: encodeWav(values, display.rate) }];
  }
  if (format !== "png") return [{ suffix: endingOf(format), bytes: encodeTogether(sample, request) }];
  const pictures = await picturesOf(sample);
  return pictures.map(({ suffix, picture }) => ({ suffix: `${suffix}.png`, bytes: encodePng(picture) }));
}

/** Encodes the surface of a single shape and its image. */
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
