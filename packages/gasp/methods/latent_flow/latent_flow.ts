/**
 * An auto-decoder whose prior is learned, as a training method: first the decoder and the latents, then a flow over these
 * latents, which are then distributed as samples need (functa, Dupont et al., 2022). What appendix B.1 of the paper says that
 * auto-decoders lack.
 * @module
 */
import { adam, randomSource } from "@gasp/autograd";
import {
  maximum,
  mean,
  placeholder,
  randomNormal,
  randomUniform,
  soloCommunicator,
  std,
  take,
  type Tensor,
  tensor,
  treeMap,
} from "@gasp/tensor";
import { adaptItems, checkAutodecoderData } from "../autodecoder/config.ts";
import { autodecoderGenerator, decode } from "../autodecoder/generator.ts";
import { abstractAutodecoder, type AutodecoderState, initialAutodecoder } from "../autodecoder/state.ts";
import { type AutodecoderInputs, autodecoderStep, openDecoderInputs } from "../autodecoder/step.ts";
import type { FunctionGenerator } from "../core/function_generator.ts";
import type { Method, PrepareRequest, StepBatch, TrainingSteps } from "../core/method.ts";
import type { FunctionLayers, SharedWeights } from "../gasp/generator.ts";
import type { GeneratorWeights } from "../gasp/state.ts";
import {
  decoderSteps,
  type LatentFlowConfig,
  type LatentFlowModel,
  modelSchema,
  trainingSchema,
} from "./config.ts";
import {
  type FlowInputs,
  flowLatents,
  flowLogDensity,
  type FlowState,
  flowStep,
  type FlowWeights,
} from "./flow.ts";
import { initFlow } from "./flow_network.ts";
import { LATENT_FLOW_PRESETS } from "./presets.ts";

/**
 * State of a training run between two steps.
 *
 * @category Training methods
 */
export type LatentFlowState = {
  /** Decoder and latents; constant once the flow is trained. */
  readonly decoder: AutodecoderState;
  /** The flow. */
  readonly flow: FlowState;
};

/**
 * Weights of the generator.
 *
 * @category Training methods
 */
export type LatentFlowWeights = GeneratorWeights & {
  /** The flow. */
  readonly flow: FlowWeights;
};

/**
 * Inputs of a step, which trains either part.
 *
 * @category Training methods
 */
export type LatentFlowInputs = {
  /** Items of the batch, while the decoder is trained. */
  readonly decoder?: AutodecoderInputs;
  /** Items, noise and times, while the flow is trained. */
  readonly flow?: FlowInputs & {
    /** Indices of items, i32, `[flowBatch]`. */
    readonly indices: Tensor;
  };
};

/**
 * The training method `latent-flow`.
 *
 * @category Training methods
 */
export const latentFlow: Method<LatentFlowConfig, LatentFlowState, LatentFlowInputs> = {
  name: "latent-flow",
  model: modelSchema,
  training: trainingSchema,
  presets: LATENT_FLOW_PRESETS,
  divergedAdvice:
    "Start again with lower learning rates (training.rate, training.latents.rate, training.flowRate) or another seed",
  checkData: checkAutodecoderData,
  adapt: adaptItems,
  phaseStarts: (config) => [0, decoderSteps(config)],
  initialState: (config) => ({ decoder: initialAutodecoder(config), flow: initialFlow(config) }),
  abstractState: (config) => ({
    decoder: abstractAutodecoder(config),
    flow: treeMap(initialFlow(config), ({ shape, dtype }) => placeholder(shape, dtype)),
  }),
  prepare: prepareLatentFlow,
  generator: ({ model }) => latentFlowGenerator(model),
  weights: ({ decoder: { params, frequencies }, flow }, kind): LatentFlowWeights => ({
    generator: params.decoder,
    ...(frequencies && { frequencies }),
    flow: { params: kind === "ema" ? flow.average : flow.params, mean: flow.mean, scale: flow.scale },
  }),
  reconstruct: ({ decoder: { params, latents } }, { indices }, { model }) =>
    decode(model, params.decoder, take(latents.values, indices)),
};

function initialFlow({ model: { latentDim, flow }, seed }: LatentFlowConfig): FlowState {
  // Twice, since a tensor occurs only once in a state
  const draw = () => initFlow(randomSource({ seed, stream: "flow" }), latentDim, flow);
  const params = draw();
  return {
    params,
    average: draw(),
    optimizer: adam().init(params),
    mean: tensor(new Float32Array(latentDim)),
    scale: tensor(new Float32Array(latentDim).fill(1)),
  };
}

/**
 * Constructs the generator.
 *
 * @param model Sizes of the networks.
 */
export function latentFlowGenerator(
  model: LatentFlowModel,
): FunctionGenerator<LatentFlowWeights, FunctionLayers, SharedWeights> {
  const { solverSteps } = model.flow;
  return {
    ...autodecoderGenerator(model),
    functions: ({ generator, flow }, latents) =>
      decode(model, generator, flowLatents(flow, latents, solverSteps)),
    logDensity: ({ flow }, latents) => flowLogDensity(flow, latents, solverSteps),
  };
}

/** Smallest standard deviation of a dimension, for latents that have collapsed to a point. */
const LEAST_SCALE = 1e-6;

async function prepareLatentFlow(
  request: PrepareRequest<LatentFlowConfig, LatentFlowState>,
): Promise<TrainingSteps<LatentFlowState, LatentFlowInputs>> {
  const { config, data } = request, { model, training, seed, batchSize } = config;
  const first = decoderSteps(config), { flowBatch } = training;
  const decoder = await openDecoderInputs({ ...request, state: request.state.decoder });
  // The items of the last epoch of the decoder's training: all, unless it is shorter than an epoch
  const epoch = Math.min(first, Math.ceil(data.items / batchSize));
  const seen = new Set<number>();
  for (let i = first - epoch; i < first; i++) request.batch(i).all.forEach((item) => seen.add(item));
  const items = Int32Array.from(seen).sort(), known = tensor(items, [items.length], "i32");

  // Where the items of a step cannot be divided among the ranks, all of them compute the whole step
  const { rank, size } = flowBatch % request.ranks.size === 0 ? request.ranks : soloCommunicator;
  const part = flowBatch / size, begin = rank * part;
  const rows = (values: Float32Array) =>
    values.slice(begin * values.length / flowBatch, (begin + part) * values.length / flowBatch);
  const readFlow = ({ step }: StepBatch) => {
    const key = (stream: string) => ({ seed, stream, step });
    const draws = randomUniform(key("items of the flow"), flowBatch, 0, 1);
    // Times are stratified: one in each interval of length 1 / flowBatch
    const times = randomUniform(key("times of the flow"), flowBatch, 0, 1).map((u, i) => (i + u) / flowBatch);
    const noise = randomNormal(key("noise of the flow"), flowBatch * model.latentDim);
    const itemOf = (u: number) => items[Math.min(items.length - 1, Math.floor(u * items.length))]!;
    return {
      indices: tensor(Int32Array.from(rows(draws), itemOf), [part], "i32"),
      noise: tensor(rows(noise), [part, model.latentDim]),
      times: tensor(rows(times), [part, 1]),
    };
  };
  const decoderConfig = { ...config, steps: first }, valueCount = data.pointCount * data.featureDim;
  return {
    inputs: async (batch): Promise<LatentFlowInputs> =>
      batch.step < first ? { decoder: await decoder.inputs(batch) } : { flow: readFlow(batch) },
    abstractInputs: (batchSize) => ({ decoder: decoder.abstractInputs(batchSize) }),
    step(state, inputs) {
      if (inputs.flow) {
        const latents = take(state.decoder.latents.values, inputs.flow.indices);
        const settings = { rate: training.flowRate, decay: training.flowDecay };
        const next = flowStep(state.flow, latents, inputs.flow, settings);
        return { state: { ...state, flow: next.state }, losses: { flow: next.loss } };
      }
      const { decoder: batch } = inputs as Required<LatentFlowInputs>;
      const next = autodecoderStep(
        decoderConfig,
        state.decoder,
        batch,
        decoder.encodingOf(state.decoder, batch),
        valueCount,
      );
      const latents = take(next.state.latents.values, known);
      const flow = {
        ...state.flow,
        mean: mean(latents, { axes: [0] }),
        scale: maximum(std(latents, { axes: [0] }), LEAST_SCALE),
      };
      return { state: { decoder: next.state, flow }, losses: next.losses };
    },
    release: () => decoder.release(),
  };
}
