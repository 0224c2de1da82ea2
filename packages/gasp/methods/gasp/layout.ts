/**
 * Tensor names in checkpoints: those of the reference code's state dictionaries with the prefixes `G.` and `D.` and with the
 * hypernetwork's last layer as one matrix; Adam's moments with prefixes such as `adam.G.m.`, the moving average with
 * `average.`, and `frequency_matrix`.
 * @module
 */
import type { StateDict } from "@gasp/autograd";
import type { Tensor } from "@gasp/tensor";
import { stackHypernetwork } from "../../model/hypernetwork_record.ts";
import { LEARNED_FREQUENCIES } from "../../model/function_model.ts";
import { type Stack, stackOf } from "../../state/stack.ts";
import type { GaspModel } from "./config.ts";
import type { GaspState } from "./state.ts";

const GENERATOR = "G.", DISCRIMINATOR = "D.", EMA = "average.", FREQUENCIES = "frequency_matrix";

/**
 * Maps a state to the named tensors of a checkpoint.
 *
 * @param state Tensors on any device.
 * @param model Sizes of the networks.
 */
export function stackGaspState(state: GaspState, model: GaspModel): Map<string, Stack<Tensor>> {
  const stacks = new Map<string, Stack<Tensor>>();
  const put = (prefix: string, tensors: { readonly [name: string]: Stack<Tensor> }) => {
    for (const [name, value] of Object.entries(tensors)) stacks.set(prefix + name, value);
  };
  const putTensors = (prefix: string, tensors: StateDict) =>
    put(prefix, Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, stackOf([value])])));
  const putGenerator = (prefix: string, tensors: StateDict) => {
    put(prefix, stackHypernetwork(tensors, model));
    const learned = tensors[LEARNED_FREQUENCIES];
    if (learned) putTensors(prefix, { [LEARNED_FREQUENCIES]: learned });
  };
  putGenerator(GENERATOR, state.generator);
  putTensors(DISCRIMINATOR, { ...state.discriminator, ...state.statistics });
  putGenerator("adam.G.m.", state.generatorAdam.m);
  putGenerator("adam.G.v.", state.generatorAdam.v);
  putTensors("adam.D.m.", state.discriminatorAdam.m);
  putTensors("adam.D.v.", state.discriminatorAdam.v);
  if (state.ema) putGenerator(EMA, state.ema);
  if (state.frequencies) putTensors("", { [FREQUENCIES]: state.frequencies });
  return stacks;
}

/** Prefix of the hypernetwork's layers in generator files: `hypernetwork.forward_layers.0.weight`. */
export const HYPERNETWORK = "hypernetwork.forward_layers.";
/** Name of the Fourier frequencies in generator files. */
export const FREQUENCY_MATRIX = "hypernetwork.function_representation.encoding.frequency_matrix";

/**
 * Returns the name of a generator's tensor in the state dictionary of the reference code.
 *
 * @param name Name in a checkpoint.
 */
export function exportedName(name: string): string {
  const own = name.slice((name.startsWith(EMA) ? EMA : GENERATOR).length);
  return name === FREQUENCIES || own === LEARNED_FREQUENCIES ? FREQUENCY_MATRIX : HYPERNETWORK + own;
}
