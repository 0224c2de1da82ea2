
/**
 * Generative models as distributions of functions: model, training, sampling.
 *
 * @module
 */
export { messageOf, UserError } from "./user_error.ts";
export { MemoryStore, type RunStore, TEMPORARY_SUFFIX } from "./run_store.ts";
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
  type TrainOptions,
} from "./model_config.ts";
export { fromHost, type HostRecord, type HostTensor, requireTensor, tensorToHost, toHost } from "./host_record.ts";
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
  type DiscriminatorTables,
  discriminatorTables,
} from "./discriminator.ts";
export { type DiscriminatorShapes, discriminatorShapes } from "./discriminator_shapes.ts";
export { crossEntropy, gradientPenalty } from "./losses.ts";
export { initialState, type Moments, type TrainingState } from "./state.ts";
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
export { stateFromRecord, stateToRecord } from "./state_record.ts";
