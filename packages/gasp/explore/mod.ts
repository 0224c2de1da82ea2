/**
 * Exploring a distribution over functions: interpolation between samples, superresolution (figure 6 of the paper), windows
 * at any resolution, and fitting a function to observations.
 *
 * @module
 */
export { type AnimationOptions, encodeAnimatedPng } from "./animated_png.ts";
export { bicubic, type GridSize } from "./bicubic.ts";
export { type Fit, fitLatents, type FitRequest } from "./fit.ts";
export { fitPicture, type FitPictureRequest } from "./fit_picture.ts";
export { fitSheet, type FitSheetRequest, requireFitSheet } from "./fit_sheet.ts";
export { enlarge, type LabelledRow, labelledRows } from "./labelled_rows.ts";
export { type LatentDirections, latentDirections } from "./latent_directions.ts";
export { combineLatents, latentOnPlane, latentWalk, type WeightedLatent } from "./latent_paths.ts";
export { FIT_DEFAULTS, type FitOptions, type SearchRequest } from "./latent_search.ts";
export { type FunctionLikelihood, type FunctionLikelihoods, functionLikelihoods } from "./likelihood.ts";
export {
  interpolateLatents,
  type InterpolationRequest,
  LATENT_PATHS,
  type LatentPath,
} from "./interpolate.ts";
export { meanAndMember, meanFunction, meanOfCandidates } from "./mean_function.ts";
export {
  chooseFraction,
  chooseRegion,
  meanSquaredError,
  type Observations,
  observationsOf,
  type PointSizes,
  type PointValues,
  type Region,
  takePoints,
} from "./observations.ts";
export { type PointFileOptions, readPointFile } from "./point_file.ts";
export {
  type ObservedPoints,
  type PosteriorDraws,
  type PosteriorRequest,
  PosteriorSampler,
} from "./posterior.ts";
export { requireUpscale, type UpscaleRequest, upscaleSheet } from "./upscale.ts";
export { type ViewWindow, type ViewWindowGrid, wholeWindow, windowGrid, windowsBetween } from "./zoom.ts";
