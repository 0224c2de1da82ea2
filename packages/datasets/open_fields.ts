/**
 * Opens files as fields on the sphere.
 *
 * @module
 */
import type { Dataset } from "./core/dataset.ts";
import { parseSelect } from "./core/read_options.ts";
import { climateDataset } from "./fields/climate.ts";
import { type OpenRequest, variablesOf } from "./open_request.ts";

/**
 * Opens fields, resampled to a number of latitudes if given; the paper's grid has 90 longitudes for 46 latitudes.
 *
 * @param request What to open.
 * @param assumptions What was assumed is appended here.
 * @param isZarr Whether the folder is a Zarr store.
 */
export function openClimate(request: OpenRequest, assumptions: string[], isZarr = false): Promise<Dataset> {
  const { files, resolution: latitudes, read: { select = [], gaps } = {} } = request;
  return climateDataset(files, {
    variable: variablesOf(request),
    select: parseSelect(select),
    gaps,
    partial: "keep",
    isZarr,
    note: (sentence) => assumptions.push(sentence),
    ...(latitudes !== undefined && { resample: [latitudes, Math.round(latitudes * 90 / 46)] }),
  });
}
