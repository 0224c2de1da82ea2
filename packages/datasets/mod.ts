/**
 * Data sets of functions known at points: readers of files, and bundled sets that need no files.
 *
 * @module
 */
export type {
  CloudDisplay,
  CurveDisplay,
  Dataset,
  Display,
  ImageDisplay,
  SphereBounds,
  SphereDisplay,
  ValueScale,
  VolumeDisplay,
} from "./core/dataset.ts";
export {
  atResolution,
  displayCoordinates,
  displayOfItems,
  gridPoints,
  resolutionOf,
} from "./core/display.ts";
export { DataError } from "./core/data_error.ts";
export type { FileEntry, FileSource, FileTree } from "./core/file_source.ts";
export { memoize } from "./core/memoize.ts";
export { gridCoordinates, gridRows } from "./core/grid.ts";
export { type IdxArray, readIdx } from "./images/sets/idx.ts";
export { imageDataset, type ImageSet } from "./images/images.ts";
export {
  mnistFolder,
  mnistFolderImages,
  type MnistFolderOptions,
  type MnistSplit,
} from "./images/sets/mnist_folder.ts";
export { mnistPackage, mnistPackageImages } from "./images/sets/mnist_package.ts";
export { type BatchOrder, batchOrder, epochOrder } from "./core/order.ts";
export { resizeImages } from "./images/resize.ts";
export { binvoxFolder, type BinvoxFolderOptions, type BinvoxGrid, readBinvox } from "./shapes/binvox.ts";
export type { ChairOptions } from "./shapes/chair_shapes.ts";
export { meshFolder, type MeshFolderOptions, parseMesh } from "./shapes/mesh.ts";
export { parseGlb } from "./shapes/formats/mesh_glb.ts";
export { parseObj } from "./shapes/formats/mesh_obj.ts";
export { parseOff } from "./shapes/formats/mesh_off.ts";
export { parsePly } from "./shapes/formats/mesh_ply.ts";
export { parseStl } from "./shapes/formats/mesh_stl.ts";
export type { ReadBeside } from "./shapes/formats/glb_container.ts";
export {
  occupancyPointDataset,
  type OccupancyPoints,
  occupancyPointsFolder,
  type OccupancyPointsOptions,
  readOccupancyPoints,
} from "./shapes/occupancy_points.ts";
export type { Orientation } from "./shapes/formats/orientation.ts";
export {
  chairOccupancy,
  proceduralChairs,
  type ProceduralChairsOptions,
} from "./shapes/procedural_chairs.ts";
export type { TriangleMesh } from "./shapes/formats/triangle_mesh.ts";
export { readVoxelFile } from "./shapes/voxel_file.ts";
export { voxelise, type VoxeliseOptions } from "./shapes/surface/voxelise.ts";
export {
  memoizeGrids,
  resizeVoxels,
  voxelDataset,
  type VoxelDatasetOptions,
  type VoxelGrids,
  voxelGrids,
} from "./shapes/voxels.ts";
export { type CacheFile, type CacheStore, MemoryCacheStore } from "./core/cache_store.ts";
export { imageFolder, type ImageFolderOptions } from "./images/image_folder.ts";
export {
  type PictureSource,
  type StreamedImages,
  streamedImages,
  type StreamOptions,
} from "./images/streamed_images.ts";
export { decodeImage, type DecodeOptions } from "./images/decode_image.ts";
export { fitToSquare, type Picture, squarePicture, withChannels } from "./images/picture.ts";
export { emojiDataset, type EmojiImages, emojiImages } from "./images/sets/emoji.ts";
export { avatarDataset, avatarImages, type AvatarOptions } from "./images/sets/avatars.ts";
export type { Gaps, InsideRule, PictureFit, ReadOptions, ShapeAxes, SoundCut } from "./core/read_options.ts";
export { DATA_KINDS, type DataKind } from "./core/file_formats.ts";
export { inferDataKind, openDataset } from "./open_dataset.ts";
export type { OpenedDataset, OpenRequest } from "./open_request.ts";
export {
  coordinatesOf,
  type DatasetFacts,
  describeDisplay,
  inspectDataset,
  MAX_EXAMINED,
} from "./inspect.ts";
export { blobTree, filesOfFolder, type TimedBlob } from "./archives/blob_tree.ts";
export { BUNDLED_NAMES, type BundledName, openBundled } from "./bundled.ts";
export { type ArrayDataset, arrayDataset, type ArrayOptions } from "./array_dataset.ts";
export { type ArrayMetadata, type NumberArray, readArrayMetadata } from "./arrays/array_file.ts";
export { torchAsNumpy } from "./arrays/torch_arrays.ts";
export { climateDataset, type ClimateOptions, ERA5_RANGE } from "./fields/climate.ts";
export type { ClimateReadOptions } from "./fields/climate_series.ts";
export { arrayCurves, curveDataset, type CurveSet, wavFolder, type WavOptions } from "./points/curves.ts";
export { glyphDataset, type GlyphOptions } from "./points/glyphs.ts";
export { type GuardOptions, parseGuarded } from "./core/guarded_worker.ts";
export {
  type ManifoldArray,
  manifoldDataset,
  manifoldFile,
  type ManifoldOptions,
} from "./points/manifold.ts";
export type { NetcdfNumbers } from "./netcdf/netcdf.ts";
export type { NetcdfFieldOptions } from "./fields/netcdf_fields.ts";
export { resampleSound } from "./points/resample_sound.ts";
export { sphereCoordinates, sphereCoordinatesAt } from "./core/sphere.ts";
export type { SphereGridOptions } from "./fields/sphere_grid.ts";
export type { ScalingOptions } from "./arrays/value_scaling.ts";
export type { RandomAccess, WebFile, WebFileAccess, WebFileStream, WebFolder } from "@gasp/tensor";
export { readWav, type Sound, writeWav } from "./points/wav.ts";
export { readSound } from "./points/compressed_sound.ts";
