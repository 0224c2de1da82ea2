/**
 * Parameters and running statistics as flat records of tensors, by the names of the reference's state dictionary.
 * @module
 */
import type { Tensor } from "@gasp/tensor";

/** Tensors by name, for example `weight_net.forward_layers.0.weight`. */
export type StateDict = { readonly [name: string]: Tensor };

/**
 * A tensor that must be there.
 *
 * @param tensors A record.
 * @param name The name.
 * @throws {RangeError} If it is not there; the message lists the names that are.
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
 */
export function getTensor(tensors: StateDict, name: string): Tensor {
  const tensor = tensors[name];
  if (tensor) return tensor;
  const known = Object.keys(tensors).slice(0, 20).join(", ") || "none";
  throw new RangeError(`there is no tensor '${name}'; there are: ${known}`);
}

/**
 * The part of a record whose names begin with a prefix, without it.
 *
 * @param tensors A record.
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
 */
export function withoutPrefix(tensors: StateDict, prefix: string): StateDict {
  const entries = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/**
 * The same record with a prefix before every name.
 *
 * @param tensors A record.
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
 */
export function withPrefix(tensors: StateDict, prefix: string): StateDict {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));
}
