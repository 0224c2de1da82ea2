/**
 * Readers that turn files into functions known at points, and the sets that need no download.
 *
 * @module
 */
export type {
  CloudDisplay,
  CurveDisplay,
  Dataset,
  Display,
  ImageDisplay,
  SphereDisplay,
  ValueScale,
  VolumeDisplay,
} from "./dataset.ts";
export { atResolution, displayCoordinates, resolutionOf } from "./display.ts";
export { DataError } from "./data_error.ts";
export type { FileSource } from "./file_source.ts";
export { gridCoordinates } from "./grid.ts";
export { type IdxArray, readIdx } from "./idx.ts";
export { imageDataset, type ImageSet } from "./images.ts";
export { mnistFolder, mnistFolderImages, type MnistFolderOptions, type MnistSplit } from "./mnist_folder.ts";
export { mnistPackage, mnistPackageImages } from "./mnist_package.ts";
export { batchIndices, type BatchOrder, batchOrder, epochOrder } from "./order.ts";
export { resizeImages } from "./resize.ts";
export { sphereCoordinates } from "./sphere.ts";
