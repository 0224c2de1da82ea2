/**
 * Opens arrays as a data set: a NumPy file of any kind of data, or a folder of them.
 *
 * @module
 */
import { zipMembers } from "./archives/zip_members.ts";
import { arrayDataset } from "./array_dataset.ts";
import { byteImages, inferKind } from "./array_kinds.ts";
import { isNpz, readArrayMetadata } from "./arrays/array_file.ts";
import type { Dataset } from "./core/dataset.ts";
import { DataError } from "./core/data_error.ts";
import { openClimate } from "./open_fields.ts";
import { type OpenedDataset, type OpenRequest, variablesOf } from "./open_request.ts";
import { openShapeArrays, shapeRequest } from "./open_shapes.ts";
import { glyphDataset } from "./points/glyphs.ts";
import { manifoldFile } from "./points/manifold.ts";

/** Opens arrays: one file, a folder of shapes, or a folder of fields in the paper's format. */
export async function openArrays(
  request: OpenRequest,
  name: string,
  names: readonly string[],
): Promise<OpenedDataset> {
  const { files, resolution } = request;
  const bytes = chosenArray(await files.read(name), `${files.location}/${name}`, request),
    path = `${files.location}/${name}`;
  const assumptions: string[] = [];
  const kind = request.kind ?? inferKind(bytes, path, names.length, assumptions);
  if (kind === "shapes" || kind === "occupancy") {
    const named = variablesOf(request).length > 0 && names.length === 1;
    const source = named ? { ...request, files: { ...files, read: () => Promise.resolve(bytes) } } : request;
    const opened = await openShapeArrays(shapeRequest(source), names, kind);
    return { ...opened, kind, assumptions: [...assumptions, ...opened.assumptions] };
  }
  const metadata = await readArrayMetadata(files, name);
  const open = async (): Promise<Dataset> => {
    switch (kind) {
      case "climate":
        return await openClimate(request, assumptions);
      case "glyphs":
        return glyphDataset(bytes, path);
      case "points":
        return manifoldFile(bytes, path);
      case "images": {
        const images = byteImages(bytes, path, resolution);
        if (images) return images;
        break;
      }
      case "curves":
        break;
      case "digits":
        throw new DataError(`${path} is an array, not an IDX file of MNIST.`);
    }
    const opened = arrayDataset(bytes, path, metadata);
    assumptions.push(...opened.assumptions);
    return opened.dataset;
  };
  const dataset = await open();
  reportResolution(request, dataset);
  return { dataset, kind, assumptions };
}

/**
 * Reduces an `.npz` file to the array that was named: as if it were a `.npy` file. Arrays that belong together stay.
 *
 * @throws {DataError} If there is no such array, or a `.npy` file has names.
 */
export function chosenArray(bytes: Uint8Array, path: string, request: OpenRequest): Uint8Array {
  const name = arrayOf(request, path);
  if (name === undefined || request.kind === "climate") return bytes;
  if (!isNpz(bytes)) throw new DataError(`${path} is one array without a name: omit --variable.`);
  const members = zipMembers(bytes, path), isTogether = members.has("latitude.npy") || members.has("lat.npy");
  if (isTogether && request.kind === undefined) return bytes;
  const member = members.get(`${name}.npy`) ?? members.get(name);
  if (member !== undefined) return member();
  throw new DataError(
    `${path} has no array ${name}: found ${
      [...members.keys()].map((key) => key.replace(/\.npy$/, "")).join(", ")
    }.`,
  );
}

/** Reports a requested resolution that was ignored because arrays of that kind are not resampled. */
function reportResolution({ resolution, report }: OpenRequest, { name, display }: Dataset): void {
  const size = display.kind === "image"
    ? display.height
    : display.kind === "curve"
    ? display.samples
    : undefined;
  if (resolution === undefined || size === undefined || size === resolution) return;
  const what = display.kind === "curve" ? "samples" : "rows";
  report?.(
    `${name} has ${size} ${what}, not the requested ${resolution}: of arrays, only images of bytes are resampled.`,
  );
}

/** Returns the name of an array, of which there can be one. */
function arrayOf(request: OpenRequest, file: string): string | undefined {
  const [name, ...others] = variablesOf(request);
  if (others.length > 0) throw new DataError(`${file}: of arrays, one is read: name one with --variable.`);
  return name;
}
