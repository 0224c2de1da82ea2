/**
 * The training state of an auto-decoder: the decoder, its optimiser, and a latent for each item.
 * @module
 */
import { adam, type OptimizerState, type StateDict } from "@gasp/autograd";
import { placeholder, randomNormal, type Tensor, tensor, treeMap } from "@gasp/tensor";
import { initLatentTable, type LatentTable } from "../core/latent_table.ts";
import { initialGenerator } from "../gasp/state.ts";
import type { AutodecoderConfig, AutodecoderModel, LatentsConfig } from "./config.ts";

/**
 * What is trained by gradients of the loss over a batch.
 *
 * @category Training methods
 */
export type DecoderParams = {
  /** Parameters of the hypernetwork. */
  readonly decoder: StateDict;
  /** Step sizes of the search for latents by dimension, `[latentDim]`, if they are modulations. */
  readonly latentRates?: Tensor;
};

/**
 * State of a training run between two steps.
 *
 * @category Training methods
 */
export type AutodecoderState = {
  /** Parameters that Adam updates in each step. */
  readonly params: DecoderParams;
  /** Adam's moments of {@link params} and the number of steps. */
  readonly optimizer: OptimizerState<DecoderParams>;
  /** Latents by item; without moments if they are modulations, which are not trained but recorded. */
  readonly latents: LatentTable | Pick<LatentTable, "values">;
  /** Fixed frequencies B of the Fourier features, `[m, coordinateDim]`, if the model has them. */
  readonly frequencies?: Tensor;
};

/**
 * Initialises the state: the decoder as GASP's generator of the same seed, trained latents as samples of the prior.
 *
 * @param config Configuration, adapted to the data.
 * @throws {TypeError} If the number of items is not known.
 */
export function initialAutodecoder(
  { model, training: { latents }, seed }: Pick<AutodecoderConfig, "model" | "training" | "seed">,
): AutodecoderState {
  const shape = [itemsOf(model), model.latentDim], size = shape[0]! * shape[1]!;
  const { generator, frequencies } = initialGenerator(model, seed);
  const params = paramsOf(generator, latents, (rate) => tensor(new Float32Array(model.latentDim).fill(rate)));
  const deviation = Math.sqrt(model.priorVariance);
  return {
    params,
    optimizer: adam().init(params),
    latents: latents.kind === "modulations"
      ? { values: tensor(new Float32Array(size), shape) }
      : initLatentTable(
        tensor(randomNormal({ seed, stream: "latents", step: 0 }, size).map((z) => deviation * z), shape),
      ),
    ...(frequencies && { frequencies }),
  };
}

/**
 * Returns the state of {@link initialAutodecoder} without elements.
 *
 * @param config Configuration, adapted to the data.
 */
export function abstractAutodecoder(
  config: Pick<AutodecoderConfig, "model" | "training" | "seed">,
): AutodecoderState {
  const { model } = config;
  // One item is enough to know the shapes of everything else
  const { latents, ...rest } = initialAutodecoder({ ...config, model: { ...model, items: 1 } });
  const items = itemsOf(model);
  return {
    ...treeMap(rest, (leaf) => placeholder(leaf.shape, leaf.dtype)),
    latents: treeMap(latents, ({ shape }) => placeholder([items, ...shape.slice(1)])),
  };
}

function paramsOf(
  decoder: StateDict,
  latents: LatentsConfig,
  rates: (rate: number) => Tensor,
): DecoderParams {
  return { decoder, ...(latents.kind === "modulations" && { latentRates: rates(latents.rate) }) };
}

function itemsOf({ items }: AutodecoderModel): number {
  if (items !== null) return items;
  throw new TypeError('"model.items" is null: complete the configuration with adaptToData() first');
}
