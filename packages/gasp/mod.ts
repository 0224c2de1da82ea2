/**
 * Generative models as distributions of functions: model, training, sampling.
 *
 * @module
 */
export { messageOf, UserError } from "./config/user_error.ts";
export { type FileBytes, MemoryStore, type RunStore, TEMPORARY_SUFFIX } from "./runs/run_store.ts";
export { FileStore, type FileSystem, type OpenFile, openFileStore } from "./runs/file_store.ts";
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
} from "./config/model_config.ts";
export {
  fromHost,
  type HostRecord,
  type HostTensor,
  requireTensor,
  tensorToHost,
  toHost,
} from "./state/host_record.ts";
export { encodeCoordinates, fourierFeatures } from "./model/fourier.ts";
export { type FunctionLayer, functionNetwork } from "./model/function_network.ts";
export {
  type FunctionParameter,
  functionParameters,
  hypernetwork,
  hypernetworkShapes,
  joinHypernetwork,
  splitHypernetwork,
} from "./model/hypernetwork.ts";
export { generate } from "./model/generate.ts";
export {
  discriminate,
  type DiscriminatorOutput,
  evaluateWeightNets,
  type WeightNetOutputs,
} from "./model/discriminator.ts";
export {
  type DiscriminatorTableOptions,
  type DiscriminatorTables,
  discriminatorTables,
  TableMaker,
  tracedDiscriminatorTables,
} from "./model/discriminator_tables.ts";
export { chooseSubset, type SubsetRequest } from "./training/subset.ts";
export { type DiscriminatorShapes, discriminatorShapes } from "./model/discriminator_shapes.ts";
export { crossEntropy, gradientPenalty } from "./model/losses.ts";
export { copyToDevice, moveToDevice } from "./state/placement.ts";
export { initialGenerator, initialState, type Moments, type TrainingState } from "./state/state.ts";
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
} from "./training/train_step.ts";
export {
  generatorFromRecord,
  generatorNames,
  type GeneratorWeights,
  stateFromRecord,
  stateToRecord,
  type WeightsKind,
} from "./state/state_record.ts";
export { type ConfigSources, parseRunConfig, resolveRunConfig } from "./config/run_config.ts";
export type { RunConfig, SheetConfig } from "./config/run_settings.ts";
export { isPresetName, PRESET_NAMES, type PresetName, PRESETS } from "./config/presets.ts";
export {
  type Checkpoint,
  type CheckpointInfo,
  openCheckpoint,
  openCheckpointFile,
  openNewestCheckpoint,
  saveCheckpoint,
} from "./runs/checkpoint.ts";
export { checkpointPath, checkpointSteps, CONFIG_FILE, readConfig, samplesPath } from "./runs/run_folder.ts";
export {
  type LossValues,
  train,
  type TrainEvents,
  type TrainRequest,
  type TrainResult,
} from "./training/trainer.ts";
export { type Stepped, TrainingProgram } from "./training/training_program.ts";
export {
  type FunctionLayers,
  type FunctionParts,
  type FunctionPrograms,
  type QueryPoints,
  SampledFunctions,
} from "./sampling/sampled_functions.ts";
export {
  type ChunkSizes,
  dispose,
  sampleLatents,
  Sampler,
  type Samples,
  sampleShown,
  type ShownRequest,
} from "./sampling/sampler.ts";
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
  rasterFromValues,
  type RasterImage,
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
export type { AdamStepSizes, Mode, NetworkState, StateDict } from "@gasp/autograd";
export type {
  CloudDisplay,
  CurveDisplay,
  Dataset,
  Display,
  ImageDisplay,
  SphereDisplay,
  ValueScale,
  VolumeDisplay,
} from "@gasp/datasets";
export type {
  ConvTableOptions,
  ConvTables,
  DistinctOffsets,
  KernelGroup,
  NeighbourWeights,
  PointSet,
  PoolTables,
  TableTree,
  WeightNetOptions,
} from "@gasp/pointconv";
export type {
  Argument,
  Arguments,
  Compiled,
  Device,
  DeviceBuffer,
  DeviceInfo,
  DType,
  HostArray,
  IndexTable,
  KernelDevice,
  ListItem,
  MemoryParameter,
  NestedNumbers,
  PlanReport,
  RandomAccess,
  RandomKey,
  ReferenceDevice,
  Shape,
  StoredTensor,
  StoredType,
  Tensor,
  TensorArgument,
  TensorData,
  Tree,
  TreeArgument,
  TypedArray,
} from "@gasp/tensor";
