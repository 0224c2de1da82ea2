/**
 * Metrics of sample quality: distances to real data, classifier confidence, and continuity across the meridian of 0°.
 *
 * @module
 */
export { type ClassStatistics, classStatistics } from "./class_statistics.ts";
export { pcaFrechetDistance } from "./pca_frechet_distance.ts";
export { type PrincipalComponents, principalComponents, projectOnto } from "./principal_components.ts";
export { type SeamJumps, seamJumps } from "./seam.ts";
export { slicedWasserstein, type SlicedWassersteinOptions } from "./sliced_wasserstein.ts";
