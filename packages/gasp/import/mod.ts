/**
 * Generators from elsewhere: the authors' `model.pt`, and safetensors files of generators alone, both ways.
 *
 * @module
 */
export {
  type ImportedGenerator,
  importGenerator,
  type ImportOptions,
  writeImportedRun,
} from "./import_generator.ts";
export { generatorFile } from "../runs/generator_file.ts";
export { SHOWN_KINDS, type ShownKind } from "./imported_display.ts";
export { readTorchFile } from "./torch_zip.ts";
export { TorchStorage, TorchTensor } from "./torch_tensor.ts";
export { PickledObject } from "./pickle_machine.ts";
