/**
 * Display and export of samples of every kind: sheets, images, surfaces, maps, sounds.
 *
 * @module
 */
export { type Coastline, coastlines } from "./sphere/coastlines.ts";
export {
  type ExportedFile,
  type ExportRequest,
  exportSamples,
  type ExportShape,
  requireExport,
} from "./export_samples.ts";
export { chooseFormat, formatsFor, SAMPLE_FORMATS, type SampleFormat, splitEnding } from "./formats.ts";
export { functionSurface, type ShapeFunction } from "./surface/function_surface.ts";
export { globe, type GlobeView } from "./sphere/globe.ts";
export { gridSurface } from "./surface/grid_surface.ts";
export { encodeGlb, encodeObj, encodePly } from "./surface/mesh_files.ts";
export { encodeNetcdf, type NetcdfContent, type NetcdfVariable } from "./sphere/netcdf_file.ts";
export { renderSurface } from "./surface/render_surface.ts";
export {
  requirePictures,
  requireSamples,
  type SampleNames,
  type SampleOutput,
  type SampleSizes,
} from "./sample_memory.ts";
export { readCoordinates } from "./sample_table.ts";
export { pictureOf, picturesOf, samplesOf, sheetOf, tileOf } from "./sheet.ts";
export { colourOf } from "./draw/colour_map.ts";
export type { Colour } from "./draw/canvas.ts";
export { fieldAt, type SphereField } from "./sphere/sphere_field.ts";
export { sphereMap } from "./sphere/sphere_map.ts";
export { normalsOfTriangles, type Surface, volumeInside } from "./surface/surface.ts";
export { encodeWav } from "./wav.ts";
