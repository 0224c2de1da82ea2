/**
 * Generative models as distributions of functions: model, training, sampling.
 *
 * @module
 */
export { ConfigError, messageOf, UserError } from "./config/user_error.ts";
export { migrateConfig, type Migration } from "./config/migrate.ts";
export type { DataSizes, ModelConfig, RunConfig, SheetConfig } from "./config/run_settings.ts";
export {
  fields,
  listOf,
  nonEmptyText,
  numberWithin,
  oneOf,
  optionalField,
  orNull,
  positiveNumber,
  type Schema,
  trueOrFalse,
  validate,
  variants,
  wholeNumber,
} from "./config/validate.ts";
export { type FileBytes, MemoryStore, type RunStore, TEMPORARY_SUFFIX } from "./runs/run_store.ts";
export { type FileStore, type FileSystem, type OpenFile, openFileStore } from "./runs/file_store.ts";
export { WebStore } from "./runs/web_store.ts";
export {
  fromHost,
  type HostRecord,
  type HostTensor,
  requireTensor,
  tensorToHost,
  toHost,
} from "./state/host_record.ts";
export { type Stack, stackOf } from "./state/stack.ts";
export { copyToDevice, moveToDevice } from "./state/placement.ts";
export { requireAgreement } from "./state/ranks.ts";
export { encodeCoordinates, fourierFeatures } from "./model/fourier.ts";
export { type FourierConfig, type FunctionModel, functionSizes } from "./model/function_model.ts";
export { type FunctionLayer, functionNetwork } from "./model/function_network.ts";
export {
  type FunctionParameter,
  functionParameters,
  hypernetwork,
  hypernetworkShapes,
} from "./model/hypernetwork.ts";
export { generate } from "./model/generate.ts";
export type { SubsetConfig } from "./methods/core/subset.ts";
export type { FunctionGenerator, WeightsKind } from "./methods/core/function_generator.ts";
export type {
  ItemBatch,
  Method,
  PrepareRequest,
  StepBatch,
  StepResult,
  TrainingSteps,
} from "./methods/core/method.ts";
export {
  generatorOf,
  methodNames,
  methodOf,
  PRESET_NAMES,
  presetOf,
  PRESETS,
  registerMethod,
} from "./methods/table.ts";
export { GASP_PRESETS, type GaspPresetName } from "./methods/gasp/presets.ts";
export type { GaspConfig, GaspModel, GaspTraining, Scale } from "./methods/gasp/config.ts";
export { asGasp, gasp } from "./methods/gasp/gasp.ts";
export { type FunctionLayers, hypernetworkGenerator, type SharedWeights } from "./methods/gasp/generator.ts";
export {
  type EmaOptions,
  type GaspState,
  type GeneratorWeights,
  initialGenerator,
  initialState,
  type Moments,
} from "./methods/gasp/state.ts";
export {
  type DiscriminatorPhase,
  discriminatorPhase,
  GASP_BETAS,
  type GaspLosses,
  type GaspNetworks,
  gaspNetworks,
  type GaspStepResult,
  type StepInputs,
  type StepPoints,
  trainStep,
} from "./methods/gasp/train_step.ts";
export type { ChangingPoints, GaspInputs } from "./methods/gasp/training.ts";
export { crossEntropy, gradientPenalty } from "./methods/gasp/losses.ts";
export type {
  AvailablePoints,
  Discriminator,
  DiscriminatorKind,
  DiscriminatorOutput,
  DiscriminatorShapes,
  ParameterInitial,
  PointTableBuilder,
  SharedEvaluation,
  SharedOptions,
} from "./methods/gasp/discriminators/core/discriminator.ts";
export type {
  SetConfig,
  SetEncodings,
  SetTransformerConfig,
} from "./methods/gasp/discriminators/set/config.ts";
export {
  type FourierLipschitz,
  fourierLipschitz,
  type HostMatrix,
  type SetLipschitz,
  setLipschitz,
  spectralNorm,
} from "./methods/gasp/discriminators/set/lipschitz.ts";
export type { LatentTable } from "./methods/core/latent_table.ts";
export type { PointBatch } from "./methods/core/point_inputs.ts";
export type {
  AutodecoderConfig,
  AutodecoderModel,
  AutodecoderTraining,
  LatentsConfig,
} from "./methods/autodecoder/config.ts";
export { autodecoder } from "./methods/autodecoder/autodecoder.ts";
export type { AutodecoderState, DecoderParams } from "./methods/autodecoder/state.ts";
export type { AutodecoderInputs } from "./methods/autodecoder/step.ts";
export { convgan, type ConvganWeights } from "./methods/convgan/convgan.ts";
export type { ConvganConfig, ConvganModel, ConvganTraining, GridModel } from "./methods/convgan/config.ts";
export type { Gridded } from "./methods/core/grid_model.ts";
export {
  type ConvDiscriminatorParams,
  type ConvGeneratorParams,
  type ConvStatistics,
  discriminateArrays,
  initConvDiscriminator,
} from "./methods/convgan/networks.ts";
export {
  type ConvDiscriminatorPhase,
  convDiscriminatorPhase,
  type ConvganInputs,
  type ConvganState,
} from "./methods/convgan/step.ts";
export type { GridConfig } from "./methods/core/feature_grid.ts";
export { vae, type VaeWeights } from "./methods/vae/vae.ts";
export type { VaeConfig, VaeModel, VaeTraining } from "./methods/vae/config.ts";
export type { VaeDecoderParams, VaeFunctions, VaeStatistics } from "./methods/vae/decoder.ts";
export type { EncoderParams } from "./methods/vae/encoder.ts";
export type { VaeInputs, VaeParams, VaeState } from "./methods/vae/step.ts";
export { convnp } from "./methods/convnp/convnp.ts";
export type { ConvnpConfig, ConvnpModel, ConvnpTraining } from "./methods/convnp/config.ts";
export type { ConvBlock, ConvnpParams } from "./methods/convnp/networks.ts";
export type { ConvnpInputs, ConvnpState } from "./methods/convnp/step.ts";
export { grid } from "./methods/grid/grid.ts";
export { set } from "./methods/set/set.ts";
export type {
  FlowNetworkConfig,
  LatentFlowConfig,
  LatentFlowModel,
  LatentFlowTraining,
} from "./methods/latent_flow/config.ts";
export {
  latentFlow,
  type LatentFlowInputs,
  type LatentFlowState,
  type LatentFlowWeights,
} from "./methods/latent_flow/latent_flow.ts";
export type { FlowInputs, FlowState, FlowWeights } from "./methods/latent_flow/flow.ts";
export type { FlowParams } from "./methods/latent_flow/flow_network.ts";
export type { DiscriminatorConfig } from "./methods/gasp/discriminators/table.ts";
export type {
  ConvLayer,
  LayerConfig,
  PointConvConfig,
  PointConvNetwork,
  PoolLayer,
} from "./methods/gasp/discriminators/pointconv/config.ts";
export {
  type DiscriminatorTableOptions,
  type DiscriminatorTables,
  discriminatorTables,
  type PointConvLayers,
} from "./methods/gasp/discriminators/pointconv/tables.ts";
export {
  adaptToData,
  type ConfigSources,
  type OnNote,
  parseRunConfig,
  resolveRunConfig,
} from "./runs/run_config.ts";
export { configForData, type ConfigOrigin, presetOfKind } from "./runs/config_for_data.ts";
export {
  type Checkpoint,
  openCheckpoint,
  openCheckpointFile,
  openNewestCheckpoint,
  saveCheckpoint,
} from "./runs/checkpoint.ts";
export type { CheckpointInfo } from "./runs/metadata.ts";
export { requireSameRun } from "./runs/same_run.ts";
export {
  checkpointPath,
  checkpointSteps,
  CONFIG_FILE,
  METRICS_FILE,
  readConfig,
  reconstructionsPath,
  samplesPath,
} from "./runs/run_folder.ts";
export { train, type TrainRequest, type TrainResult } from "./training/trainer.ts";
export type { LossValues, RunningModel, TrainEvents } from "./training/train_events.ts";
export type { Validation, ValidationResult } from "./training/validation.ts";
export { type Estimate, showEstimate } from "./metrics/core/estimate.ts";
export { type BestCheckpoint, readBest } from "./runs/best.ts";
export { type ProgramRequest, TrainingProgram } from "./training/training_program.ts";
export { Reconstructor } from "./sampling/reconstruction.ts";
export type { FunctionParts, FunctionPrograms, SampledFunctions } from "./sampling/sampled_functions.ts";
export {
  type ChunkSizes,
  type DisplayRequest,
  sampleForDisplay,
  sampleLatents,
  Sampler,
  type Samples,
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
  encodePngRows,
  type ImageRows,
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
  MIN_FLOOR,
  type ParityResult,
  runParityFile,
} from "./parity/mod.ts";
export type {
  AdamStepSizes,
  Betas,
  ConvParams,
  LinearParams,
  Mode,
  NetworkState,
  OptimizerState,
  RandomSource,
  StateDict,
} from "@gasp/autograd";
export { DATA_KINDS } from "@gasp/datasets";
export type {
  CloudDisplay,
  CurveDisplay,
  DataKind,
  Dataset,
  Display,
  Gaps,
  ImageDisplay,
  InsideRule,
  PictureFit,
  ReadOptions,
  ShapeAxes,
  SoundCut,
  SphereBounds,
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
  Communicator,
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
