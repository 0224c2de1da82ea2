/**
 * Import of the authors' `model.pt` and of generator files, and export of generator files.
 *
 * @module
 */
export {
  type ImportedGenerator,
  importGenerator,
  type ImportOptions,
  writeImportedRun,
} from "./import_generator.ts";
export { openAnyGenerator } from "./open_any_generator.ts";
export type { OpenedGenerator } from "./open_generator.ts";
export { generatorFile } from "../runs/generator_file.ts";
export { SAMPLE_KINDS, type SampleKind } from "./imported_display.ts";
