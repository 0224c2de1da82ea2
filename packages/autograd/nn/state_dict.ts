/**
 * State dictionaries: parameters and running statistics as flat records of tensors, named as in the reference
 * implementation.
 * @module
 */
import type { Tensor } from "@gasp/tensor";

/**
 * Tensors by name, for example `weight_net.forward_layers.0.weight`.
 *
 * @category Layers
 */
export type StateDict = { readonly [name: string]: Tensor };

/**
 * Returns a tensor of a state dictionary.
 *
 * @param tensors State dictionary.
 * @param name Name of the tensor.
 * @throws {RangeError} If there is no such tensor; the message lists the names.
 *
 * @example
 * ```ts
 * import { getTensor } from "@gasp/autograd";
 * import { tensor } from "@gasp/tensor";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const state = { "layer.weight": tensor([1, 2]) };
 * assertEquals(getTensor(state, "layer.weight").shape, [2]);
 * assertThrows(() => getTensor(state, "layer.bias"));
 * ```
 *
 * @category Layers
 */
export function getTensor(tensors: StateDict, name: string): Tensor {
  const tensor = tensors[name];
  if (tensor) return tensor;
  const known = Object.keys(tensors).slice(0, 20).join(", ") || "none";
  throw new RangeError(`there is no tensor '${name}'; there are: ${known}`);
}

/**
 * Returns the entries whose names start with a prefix, without the prefix.
 *
 * @param tensors State dictionary.
 * @param prefix For example `layers.0.`.
 *
 * @example
 * ```ts
 * import { withoutPrefix } from "@gasp/autograd";
 * import { tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const state = { "layer.weight": tensor([1]), "other.weight": tensor([0]) };
 * assertEquals(Object.keys(withoutPrefix(state, "layer.")), ["weight"]);
 * ```
 *
 * @category Layers
 */
export function withoutPrefix(tensors: StateDict, prefix: string): StateDict {
  const entries = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/**
 * Adds a prefix to every name.
 *
 * @param tensors State dictionary.
 * @param prefix For example `layers.0.`.
 *
 * @example
 * ```ts
 * import { withPrefix } from "@gasp/autograd";
 * import { tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const state = { weight: tensor([1]), bias: tensor([0]) };
 * assertEquals(Object.keys(withPrefix(state, "layer.")), ["layer.weight", "layer.bias"]);
 * ```
 *
 * @category Layers
 */
export function withPrefix(tensors: StateDict, prefix: string): StateDict {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));
}
