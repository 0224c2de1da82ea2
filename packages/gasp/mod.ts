/**
 * Generative models as distributions of functions: model, training, sampling.
 *
 * @module
 */
export { messageOf, UserError } from "./user_error.ts";
export { type FileBytes, MemoryStore, type RunStore, TEMPORARY_SUFFIX } from "./run_store.ts";
export { FileStore, openFileStore } from "./file_store.ts";
export {
  type ConvLayer,
  type DiscriminatorConfig,
  type FourierConfig,
  functionSizes,
  type LayerConfig,
  type ModelConfig,
  type PoolLayer,
  type Scale,
  type SubsetConfig,
  type TrainOptions,
} from "./model_config.ts";
export {
  fromHost,
  type HostRecord,
  type HostTensor,
  requireTensor,
  tensorToHost,
  toHost,
} from "./host_record.ts";
export { encodeCoordinates, fourierFeatures } from "./fourier.ts";
export { type FunctionLayer, functionNetwork } from "./function_network.ts";
export {
  type FunctionParameter,
  functionParameters,
  hypernetwork,
  hypernetworkShapes,
  joinHypernetwork,
  splitHypernetwork,
} from "./hypernetwork.ts";
export { generate } from "./generate.ts";
export {
  discriminate,
  type Discrimination,
  type DiscriminatorKernels,
  discriminatorKernels,
} from "./discriminator.ts";
export {
  type DiscriminatorTableOptions,
  type DiscriminatorTables,
  discriminatorTables,
  TableMaker,
  tablesWithin,
} from "./discriminator_tables.ts";
export { chooseSubset, type SubsetRequest } from "./subset.ts";
export { type DiscriminatorShapes, discriminatorShapes } from "./discriminator_shapes.ts";
export { crossEntropy, gradientPenalty } from "./losses.ts";
export { move, place } from "./placement.ts";
export { initialGenerator, initialState, type Moments, type TrainingState } from "./state.ts";
export {
  type DiscriminatorPhase,
  discriminatorPhase,
  type GeneratorPhase,
  generatorPhase,
  type StepInputs,
  type StepLosses,
  type StepPoints,
  type StepResult,
  trainStep,
} from "./train_step.ts";
export {
  generatorFromRecord,
  generatorNames,
  type GeneratorWeights,
  stateFromRecord,
  stateToRecord,
  type WeightsKind,
} from "./state_record.ts";
export { type ConfigSources, parseRunConfig, resolveRunConfig } from "./run_config.ts";
export type { RunConfig, SheetConfig } from "./run_settings.ts";
export { isPresetName, PRESET_NAMES, type PresetName, PRESETS } from "./presets.ts";
export {
  type Checkpoint,
  type CheckpointInfo,
  openCheckpoint,
  openCheckpointFile,
  openNewestCheckpoint,
  saveCheckpoint,
} from "./checkpoint.ts";
export { checkpointPath, checkpointSteps, CONFIG_FILE, readConfig, samplesPath } from "./run_folder.ts";
export { type LossValues, train, type TrainEvents, type TrainRequest, type TrainResult } from "./trainer.ts";
export { type Stepped, TrainingProgram } from "./training_program.ts";
export {
  type FunctionLayers,
  type FunctionParts,
  type FunctionPrograms,
  type Places,
  SampledFunctions,
} from "./sampled_functions.ts";
export {
  type ChunkSizes,
  dispose,
  sampleLatents,
  Sampler,
  type Samples,
  sampleShown,
  type ShownRequest,
} from "./sampler.ts";
export {
  chooseFormat,
  type Coastline,
  coastlines,
  encodeGlb,
  encodeNetcdf,
  encodeObj,
  encodePly,
  encodeWav,
  type ExportedFile,
  type ExportRequest,
  exportSamples,
  type ExportShape,
  fieldAt,
  formatsFor,
  functionSurface,
  globe,
  type GlobeView,
  gridSurface,
  type NetcdfContent,
  type NetcdfVariable,
  normalsOfTriangles,
  pictureOf,
  picturesOf,
  readCoordinates,
  renderSurface,
  requireExport,
  requirePictures,
  requireSamples,
  SAMPLE_FORMATS,
  type SampleFormat,
  type SampleNames,
  type SampleOutput,
  type SampleSizes,
  samplesOf,
  type ShapeFunction,
  sheetOf,
  type SphereField,
  sphereMap,
  splitEnding,
  type Surface,
  volumeInside,
} from "./show/mod.ts";
export {
  contactSheet,
  encodePng,
  type Image,
  imageOfValues,
  type SheetLayout,
  type TerminalColours,
  terminalPreview,
} from "./image/mod.ts";
export {
  ALLOWED_RATIO,
  type Floors,
  type GroupResult,
  LEAST_FLOOR,
  type ParityResult,
  runParityFile,
} from "./parity/mod.ts";
