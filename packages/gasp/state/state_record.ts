/**
 * A training state as one flat record on the host, and back: what a checkpoint holds. Networks have the names of the
 * reference's state dictionaries behind `G.` and `D.`; the hypernetwork's last layer is one matrix.
 * @module
 */
import type { StateDict } from "@gasp/autograd";
import type { Shape, Tensor } from "@gasp/tensor";
import { discriminatorShapes } from "../model/discriminator_shapes.ts";
import { fromHost, type HostRecord, type HostTensor, requireTensor, tensorToHost } from "./host_record.ts";
import { splitHypernetwork, stackHypernetwork } from "../model/hypernetwork.ts";
import type { ModelConfig, TrainOptions } from "../config/model_config.ts";
import { joinStack, type Stack, stackOf } from "./stack.ts";
import type { TrainingState } from "./state.ts";

const GENERATOR = "G.", DISCRIMINATOR = "D.", AVERAGE = "average.", FREQUENCIES = "frequency_matrix";
const MOMENTS = {
  generatorM: "adam.G.m.",
  generatorV: "adam.G.v.",
  discriminatorM: "adam.D.m.",
  discriminatorV: "adam.D.v.",
};

/**
 * The tensors of a state under the names of a record, where they are: {@link stateToRecord} before it copies.
 *
 * @param state Tensors anywhere.
 * @param model The networks.
 */
export function stackState(state: TrainingState, model: ModelConfig): Map<string, Stack<Tensor>> {
  const stacks = new Map<string, Stack<Tensor>>();
  const put = (prefix: string, tensors: { readonly [name: string]: Stack<Tensor> }) => {
    for (const [name, value] of Object.entries(tensors)) stacks.set(prefix + name, value);
  };
  const putGenerator = (prefix: string, tensors: StateDict) => put(prefix, stackHypernetwork(tensors, model));
  const putTensors = (prefix: string, tensors: StateDict) =>
    put(prefix, Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, stackOf([value])])));
  putGenerator(GENERATOR, state.generator);
  putTensors(DISCRIMINATOR, { ...state.discriminator, ...state.statistics });
  putGenerator(MOMENTS.generatorM, state.generatorAdam.m);
  putGenerator(MOMENTS.generatorV, state.generatorAdam.v);
  putTensors(MOMENTS.discriminatorM, state.discriminatorAdam.m);
  putTensors(MOMENTS.discriminatorV, state.discriminatorAdam.v);
  if (state.average) putGenerator(AVERAGE, state.average);
  if (state.frequencies) putTensors("", { [FREQUENCIES]: state.frequencies });
  return stacks;
}

/**
 * Brings a state to the host.
 *
 * @param state Concrete tensors; they stay as they are.
 * @param model The networks.
 * @returns `G.0.weight`, ..., `D.layers.0.linear.weight`, ..., the moments behind `adam.G.m.` and so on, the moving
 *   average behind `average.`, and `frequency_matrix`.
 */
export async function stateToRecord(state: TrainingState, model: ModelConfig): Promise<HostRecord> {
  const record: Record<string, HostTensor> = {};
  for (const [name, { shape, blocks }] of stackState(state, model)) {
    const copies: HostTensor[] = [];
    for (const block of blocks) copies.push(await tensorToHost(block));
    record[name] = joinStack({ shape, blocks: copies });
  }
  return record;
}

/**
 * A state from a record. The opposite of {@link stateToRecord}.
 *
 * @param record Tensors by name; others than those of the model are ignored.
 * @param model The networks.
 * @param options Whether a moving average is kept.
 * @throws {RangeError} If a tensor is missing or has another shape; the message names it.
 */
export function stateFromRecord(
  record: HostRecord,
  model: ModelConfig,
  options: Pick<TrainOptions, "averageDecay">,
): TrainingState {
  const { params, statistics, untrained } = discriminatorShapes(model);
  const trained = [...params].filter(([name]) => !untrained.has(name));
  const generatorAt = (prefix: string) => fromHost(splitHypernetwork(record, model, prefix));
  const take = (prefix: string, shapes: Iterable<readonly [string, Shape]>) =>
    fromHost(Object.fromEntries(
      [...shapes].map(([name, shape]) => [name, requireTensor(record, prefix + name, shape)]),
    ));
  const frequencies = model.fourier && {
    [FREQUENCIES]: requireTensor(record, FREQUENCIES, [model.fourier.count, model.coordinateDim]),
  };
  return {
    generator: generatorAt(GENERATOR),
    discriminator: take(DISCRIMINATOR, params),
    statistics: take(DISCRIMINATOR, statistics),
    generatorAdam: { m: generatorAt(MOMENTS.generatorM), v: generatorAt(MOMENTS.generatorV) },
    discriminatorAdam: {
      m: take(MOMENTS.discriminatorM, trained),
      v: take(MOMENTS.discriminatorV, trained),
    },
    ...(options.averageDecay === null ? {} : { average: generatorAt(AVERAGE) }),
    ...(frequencies ? { frequencies: fromHost(frequencies)[FREQUENCIES]! } : {}),
  };
}

/** Which weights of a generator: the latest, or their moving average. */
export type WeightsKind = "latest" | "average";
const WEIGHTS: Readonly<Record<WeightsKind, string>> = { latest: GENERATOR, average: AVERAGE };

/** What sampling needs of a state. */
export interface GeneratorWeights {
  /** Parameters of the hypernetwork. */
  readonly generator: StateDict;
  /** Frequencies of the Fourier features, if the model has them. */
  readonly frequencies: Tensor | undefined;
}

/**
 * Names of the tensors in a record that {@link generatorFromRecord} reads.
 *
 * @param names Names of all tensors of a record.
 * @param kind Which weights.
 */
export function generatorNames(names: Iterable<string>, kind: WeightsKind): string[] {
  return [...names].filter((name) => name.startsWith(WEIGHTS[kind]) || name === FREQUENCIES);
}

/**
 * A generator from a record that holds at least the tensors of {@link generatorNames}.
 *
 * @param record Tensors by name.
 * @param model The networks.
 * @param kind Which weights.
 * @throws {RangeError} If a tensor is missing or has another shape; the message names it.
 */
export function generatorFromRecord(
  record: HostRecord,
  model: ModelConfig,
  kind: WeightsKind,
): GeneratorWeights {
  const generator = fromHost(splitHypernetwork(record, model, WEIGHTS[kind]));
  const shape = model.fourier && [model.fourier.count, model.coordinateDim];
  const frequencies = shape ? fromHost({ B: requireTensor(record, FREQUENCIES, shape) })["B"] : undefined;
  return { generator, frequencies };
}
