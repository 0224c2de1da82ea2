/**
 * Names of a state's tensors in checkpoints: those of the reference's state dictionaries behind `G.` and `D.`, with the
 * hypernetwork's last layer as one matrix; the moments behind `adam.G.m.` and so on, the moving average behind `average.`,
 * and `frequency_matrix`.
 * @module
 */
import type { StateDict } from "@gasp/autograd";
import type { Tensor } from "@gasp/tensor";
import { stackHypernetwork } from "../../model/hypernetwork_record.ts";
import { type Stack, stackOf } from "../../state/stack.ts";
import type { GaspModel } from "./config.ts";
import type { GaspState } from "./state.ts";

const GENERATOR = "G.", DISCRIMINATOR = "D.", AVERAGE = "average.", FREQUENCIES = "frequency_matrix";

/**
 * The tensors of a state under their names.
 *
 * @param state Tensors anywhere.
 * @param model The networks.
 */
export function stackGaspState(state: GaspState, model: GaspModel): Map<string, Stack<Tensor>> {
  const stacks = new Map<string, Stack<Tensor>>();
  const put = (prefix: string, tensors: { readonly [name: string]: Stack<Tensor> }) => {
    for (const [name, value] of Object.entries(tensors)) stacks.set(prefix + name, value);
  };
  const putGenerator = (prefix: string, tensors: StateDict) => put(prefix, stackHypernetwork(tensors, model));
  const putTensors = (prefix: string, tensors: StateDict) =>
    put(prefix, Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, stackOf([value])])));
  putGenerator(GENERATOR, state.generator);
  putTensors(DISCRIMINATOR, { ...state.discriminator, ...state.statistics });
  putGenerator("adam.G.m.", state.generatorAdam.m);
  putGenerator("adam.G.v.", state.generatorAdam.v);
  putTensors("adam.D.m.", state.discriminatorAdam.m);
  putTensors("adam.D.v.", state.discriminatorAdam.v);
  if (state.average) putGenerator(AVERAGE, state.average);
  if (state.frequencies) putTensors("", { [FREQUENCIES]: state.frequencies });
  return stacks;
}

/** Before the names of the hypernetwork's layers in files of a generator: `hypernetwork.forward_layers.0.weight`. */
export const HYPERNETWORK = "hypernetwork.forward_layers.";
/** Name of the frequencies of the Fourier features in files of a generator. */
export const FREQUENCY_MATRIX = "hypernetwork.function_representation.encoding.frequency_matrix";

/**
 * The name of a generator's tensor in the reference's state dictionary.
 *
 * @param name Its name in a checkpoint.
 */
export function exportedName(name: string): string {
  if (name === FREQUENCIES) return FREQUENCY_MATRIX;
  return HYPERNETWORK + name.slice((name.startsWith(AVERAGE) ? AVERAGE : GENERATOR).length);
}
