/**
 * How good samples are: distances to real data, and what a classifier thinks of them.
 *
 * @module
 */
export { type ClassStatistics, classStatistics } from "./class_statistics.ts";
export { pcaFrechetDistance } from "./pca_frechet_distance.ts";
export { type PrincipalComponents, principalComponents, projectOnto } from "./principal_components.ts";
export { type SeamJumps, seamJumps } from "./seam.ts";
export { slicedWasserstein, type SlicedWassersteinOptions } from "./sliced_wasserstein.ts";
