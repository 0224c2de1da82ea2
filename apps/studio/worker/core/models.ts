/**
 * The models that a worker has opened, by their references.
 *
 * @module
 */
import type { Display } from "@gasp/datasets/display";
import { type OpenedGenerator, openGenerator, type Sampler, UserError } from "@gasp/gasp/sample";
import { blobAccess, openSafetensors, type RandomAccess, type Tree } from "@gasp/tensor";
import { computeDevice } from "./device.ts";

/** Where a model comes from: a file of this origin, or a chosen file. */
export type ModelSource = { readonly url: string } | { readonly file: Blob };

/** A model as the page knows it. */
export interface ModelInfo {
  /** Reference, for example `bundled/digits`. */
  readonly ref: string;
  /** Dimension of a latent. */
  readonly latentDim: number;
  /** Kind and size of the samples. */
  readonly display: Display;
  /** Dimension of the coordinates. */
  readonly coordinateDim: number;
  /** Dimension of the features. */
  readonly featureDim: number;
  /** Configuration of its run, unchecked; absent in files without one. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Completed steps of its training, if known. */
  readonly step?: number;
  /** Size of its file. */
  readonly bytes: number;
}

/** An opened model. */
export interface OpenModel {
  /** What the page knows. */
  readonly info: ModelInfo;
  /** Its generator file, with the weights on the host. */
  readonly opened: OpenedGenerator;
  /** Samples it on the device of this worker. */
  readonly sampler: Sampler;
  /** Weights on the device. */
  readonly weights: Tree;
}

const models = new Map<string, Promise<OpenModel>>();

/**
 * Returns an open model.
 *
 * @param ref Its reference.
 * @throws {UserError} If it has not been opened.
 */
export function modelOf(ref: string): Promise<OpenModel> {
  const model = models.get(ref);
  if (model === undefined) throw new UserError(`the model ${ref} is not open: open it first`);
  return model;
}

/**
 * Opens a model, unless it is open.
 *
 * @param ref Its reference.
 * @param source Where it comes from.
 * @throws {UserError} If the file is missing, damaged or not a model.
 */
export function openModel(ref: string, source: ModelSource): Promise<OpenModel> {
  const known = models.get(ref);
  if (known) return known;
  const model = open(ref, source);
  models.set(ref, model);
  // A file that could not be opened may be repaired and opened again.
  model.catch(() => models.delete(ref));
  return model;
}

/**
 * Forgets a model, so that the next opening reads its file again.
 *
 * @param ref Its reference.
 */
export async function closeModel(ref: string): Promise<void> {
  const model = models.get(ref);
  models.delete(ref);
  (await model?.catch(() => undefined))?.sampler.release();
}

async function open(ref: string, source: ModelSource): Promise<OpenModel> {
  const [blob, device] = await Promise.all([blobOf(ref, source), computeDevice()]);
  const access = blobAccess(blob), { metadata } = await readHeader(access, ref);
  const opened = await openAny(access, ref, metadata);
  const sampler = opened.sampler(device);
  const { coordinateDim, featureDim } = sampler.generator, { latentDim, display } = opened;
  const config = parsed(metadata.get("config")), step = Number(metadata.get("step") ?? NaN);
  const info: ModelInfo = {
    ref,
    latentDim,
    display,
    coordinateDim,
    featureDim,
    bytes: blob.size,
    ...(config !== undefined && { config }),
    ...(Number.isFinite(step) && { step }),
  };
  return { info, opened, sampler, weights: await sampler.copyToDevice(opened.weights) };
}

/** Loads the code of all methods only for files that need it. */
async function openAny(
  access: RandomAccess,
  ref: string,
  metadata: ReadonlyMap<string, string>,
): Promise<OpenedGenerator> {
  const method = parsed(metadata.get("config"))?.["method"] ?? "gasp";
  if (metadata.get("format") === "gasp-generator" && method === "gasp") {
    return await openGenerator(access, ref);
  }
  const { openAnyGenerator } = await import("@gasp/gasp/import");
  return await openAnyGenerator(access, ref);
}

async function readHeader(access: RandomAccess, ref: string) {
  try {
    return await openSafetensors(access);
  } catch (error) {
    throw new UserError(
      `${ref} is not a model: ${(error as Error).message}. Open a .safetensors file or the folder of a run`,
      error,
    );
  }
}

async function blobOf(ref: string, source: ModelSource): Promise<Blob> {
  if ("file" in source) return source.file;
  const response = await fetch(source.url);
  if (!response.ok) throw new UserError(`${ref} cannot be loaded: the server answered ${response.status}`);
  return await response.blob();
}

function parsed(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}
