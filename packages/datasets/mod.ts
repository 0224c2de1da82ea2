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
export { atResolution, displayCoordinates, gridPoints, resolutionOf } from "./display.ts";
export { DataError } from "./data_error.ts";
export type { FileEntry, FileSource, FileTree } from "./file_source.ts";
export { gridCoordinates } from "./grid.ts";
export { type IdxArray, readIdx } from "./idx.ts";
export { imageDataset, type ImageSet } from "./images.ts";
export { mnistFolder, mnistFolderImages, type MnistFolderOptions, type MnistSplit } from "./mnist_folder.ts";
export { mnistPackage, mnistPackageImages } from "./mnist_package.ts";
export { batchIndices, type BatchOrder, batchOrder, epochOrder } from "./order.ts";
export { resizeImages } from "./resize.ts";
export { binvoxFolder, type BinvoxFolderOptions, type BinvoxGrid, readBinvox } from "./binvox.ts";
export type { ChairOptions } from "./chair_shapes.ts";
export { meshFolder, type MeshFolderOptions, parseMesh } from "./mesh.ts";
export { parseGlb } from "./mesh_glb.ts";
export { parseObj } from "./mesh_obj.ts";
export { parsePly } from "./mesh_ply.ts";
export {
  occupancyPointDataset,
  type OccupancyPoints,
  occupancyPointsFolder,
  type OccupancyPointsOptions,
  readOccupancyPoints,
} from "./occupancy_points.ts";
export type { Orientation } from "./orientation.ts";
export { chairOccupancy, proceduralChairs, type ProceduralChairsOptions } from "./procedural_chairs.ts";
export type { TriangleMesh } from "./triangle_mesh.ts";
export { readVoxelFile } from "./voxel_file.ts";
export { voxelise, type VoxeliseOptions } from "./voxelise.ts";
export {
  keptGrids,
  resizeVoxels,
  voxelDataset,
  type VoxelDatasetOptions,
  type VoxelGrids,
  voxelGrids,
} from "./voxels.ts";
export { type CacheFile, type CacheStore, MemoryCacheStore } from "./cache_store.ts";
export { imageFolder, type ImageFolderOptions } from "./image_folder.ts";
export {
  type PictureSource,
  type StreamedImages,
  streamedImages,
  type StreamOptions,
} from "./streamed_images.ts";
export { decodeImage } from "./decode_image.ts";
export { type Picture, squarePicture, withChannels } from "./picture.ts";
export { emojiDataset, type EmojiImages, emojiImages } from "./emoji.ts";
export { avatarDataset, avatarImages, type AvatarOptions } from "./avatars.ts";
export {
  DATA_KINDS,
  type DataKind,
  openDataset,
  type OpenedDataset,
  type OpenRequest,
} from "./open_dataset.ts";
export { type ArrayDataset, arrayDataset, type ArrayOptions } from "./array_dataset.ts";
export { type ArrayNotes, type NumberArray, readNotes } from "./array_file.ts";
export { climateDataset, type ClimateOptions, ERA5_RANGE } from "./climate.ts";
export type { ClimateReadOptions } from "./climate_series.ts";
export { arrayCurves, curveDataset, type CurveSet, wavFolder, type WavOptions } from "./curves.ts";
export { glyphDataset, type GlyphOptions } from "./glyphs.ts";
export { type GuardOptions, parseGuarded } from "./guarded_worker.ts";
export { type ManifoldArray, manifoldDataset, manifoldFile, type ManifoldOptions } from "./manifold.ts";
export type { NetcdfNumbers } from "./netcdf.ts";
export type { NetcdfFieldOptions } from "./netcdf_fields.ts";
export { resampleSound } from "./resample_sound.ts";
export { sphereCoordinates, sphereCoordinatesAt } from "./sphere.ts";
export type { SphereGridOptions } from "./sphere_grid.ts";
export type { ScalingOptions } from "./value_scaling.ts";
export { readWav, type Sound, writeWav } from "./wav.ts";
