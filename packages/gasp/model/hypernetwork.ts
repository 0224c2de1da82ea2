/**
 * The hypernetwork: from a latent to the weights of a function network.
 *
 * Its last layer gives all function parameters and holds nearly all weights of the model. It is kept as one matrix for
 * each weight and each bias of the function network, because the whole would pass the size of a buffer on many GPUs. On
 * disk it is one matrix, as in the reference: rows for all function weights, then rows for all function biases.
 * @module
 */
import { getTensor, linear, type StateDict } from "@gasp/autograd";
import { leakyRelu, reshape, scope, type Shape, type Tensor } from "@gasp/tensor";
import type { FunctionLayer } from "./function_network.ts";
import { type HostRecord, type HostTensor, requireTensor } from "../state/host_record.ts";
import { functionSizes, type ModelConfig } from "../config/model_config.ts";
import { joinStack, type Stack, stackOf } from "../state/stack.ts";

/** Slope of the non-linearity below 0. */
const SLOPE = 0.1;

/** A weight or bias of the function network, which a part of the last layer gives. */
export interface FunctionParameter {
  /** `weight0`, `weight1`, ..., `bias0`, ... */
  readonly name: string;
  /** `[out, in]` or `[out]`. */
  readonly shape: readonly number[];
}

/**
 * Parameters of the function network in the order of the reference: all weights, then all biases.
 *
 * @param model The networks.
 */
export function functionParameters(model: ModelConfig): FunctionParameter[] {
  const sizes = functionSizes(model), layers = sizes.slice(1).map((out, i) => ({ out, in: sizes[i]!, i }));
  return [
    ...layers.map((layer) => ({ name: `weight${layer.i}`, shape: [layer.out, layer.in] })),
    ...layers.map((layer) => ({ name: `bias${layer.i}`, shape: [layer.out] })),
  ];
}

/** Name of the last layer, for example `4`: numbers count affine maps and non-linearities. */
function lastLayer(model: ModelConfig): string {
  return String(2 * model.hyperHidden.length);
}

/**
 * Shapes of the hypernetwork's tensors: `0.weight`, `0.bias`, `2.weight`, ..., and in parts `4.weight0.weight`,
 * `4.weight0.bias`, ..., `4.bias0.weight`, ...
 *
 * @param model The networks.
 */
export function hypernetworkShapes(model: ModelConfig): Map<string, readonly number[]> {
  const sizes = [model.latentDim, ...model.hyperHidden];
  const shapes = new Map<string, readonly number[]>();
  const affine = (name: string, out: number, input: number) => {
    shapes.set(`${name}.weight`, [out, input]);
    shapes.set(`${name}.bias`, [out]);
  };
  model.hyperHidden.forEach((out, i) => affine(String(2 * i), out, sizes[i]!));
  for (const { name, shape } of functionParameters(model)) {
    affine(`${lastLayer(model)}.${name}`, product(shape), sizes.at(-1)!);
  }
  return shapes;
}

/**
 * The weights of one function for each latent.
 *
 * @param params Tensors of {@link hypernetworkShapes}.
 * @param model The networks.
 * @param latents `[batch, latentDim]`.
 * @returns The layers of the functions.
 */
export function hypernetwork(params: StateDict, model: ModelConfig, latents: Tensor): FunctionLayer[] {
  const affine = (x: Tensor, name: string) =>
    linear(x, getTensor(params, `${name}.weight`), getTensor(params, `${name}.bias`));
  const layer = (name: string, make: () => Tensor) => scope(`hypernetwork/${name}`, make);
  const hidden = model.hyperHidden.reduce((x, _, i) => {
    const name = String(2 * i);
    return layer(name, () => leakyRelu(affine(x, name), SLOPE));
  }, latents);
  const parts = functionParameters(model).map(({ name: part, shape }) => {
    const name = `${lastLayer(model)}.${part}`;
    return layer(name, () => reshape(affine(hidden, name), [latents.shape[0]!, ...shape]));
  });
  const layers = parts.length / 2;
  return parts.slice(0, layers).map((weight, i) => ({ weight, bias: parts[layers + i]! }));
}

/**
 * From the parts that a program holds to the single last layer of the reference, without copying anything.
 *
 * @param tensors Tensors of {@link hypernetworkShapes}, or their moments or averages, anywhere.
 * @param model The networks.
 * @returns `0.weight`, `0.bias`, ..., `4.weight` `[parameters, hidden]`, `4.bias` `[parameters]`.
 * @throws {RangeError} If a tensor is missing or has another shape.
 */
export function stackHypernetwork<T extends { readonly shape: Shape }>(
  tensors: { readonly [name: string]: T },
  model: ModelConfig,
): { readonly [name: string]: Stack<T> } {
  const last = lastLayer(model), parts = partShapes(model);
  const hidden = Object.entries(hiddenLayers(tensors, model, ""));
  return {
    ...Object.fromEntries(hidden.map(([name, tensor]) => [name, stackOf([tensor])])),
    [`${last}.weight`]: stackOf(
      parts.map(({ name, rows, hidden }) => requireTensor(tensors, `${last}.${name}.weight`, [rows, hidden])),
    ),
    [`${last}.bias`]: stackOf(
      parts.map(({ name, rows }) => requireTensor(tensors, `${last}.${name}.bias`, [rows])),
    ),
  };
}

/**
 * {@link stackHypernetwork} of a record, each layer as one tensor.
 *
 * @param record Tensors of {@link hypernetworkShapes}, or their moments or averages.
 * @param model The networks.
 * @throws {RangeError} If a tensor is missing or has another shape.
 */
export function joinHypernetwork(record: HostRecord, model: ModelConfig): HostRecord {
  const stacks = Object.entries(stackHypernetwork(record, model));
  return Object.fromEntries(stacks.map(([name, stack]) => [name, joinStack(stack)]));
}

/**
 * From the single last layer of the reference to the parts that a program holds, as views of it. The opposite of
 * {@link joinHypernetwork}.
 *
 * @param record `0.weight`, `0.bias`, ..., `4.weight` `[parameters, hidden]`, `4.bias` `[parameters]`; other tensors are
 *   ignored.
 * @param model The networks.
 * @param prefix What stands before these names in the record. Default: nothing.
 * @throws {RangeError} If a tensor is missing or has another shape.
 */
export function splitHypernetwork(record: HostRecord, model: ModelConfig, prefix = ""): HostRecord {
  const last = lastLayer(model), parts = partShapes(model), { hidden } = parts[0]!;
  const total = parts.reduce((rows, part) => rows + part.rows, 0);
  const weight = requireTensor(record, `${prefix}${last}.weight`, [total, hidden]);
  const bias = requireTensor(record, `${prefix}${last}.bias`, [total]);
  const result: Record<string, HostTensor> = { ...hiddenLayers(record, model, prefix) };
  let row = 0;
  for (const { name, rows } of parts) {
    const data = weight.data.subarray(row * hidden, (row + rows) * hidden);
    result[`${last}.${name}.weight`] = { shape: [rows, hidden], data };
    result[`${last}.${name}.bias`] = { shape: [rows], data: bias.data.subarray(row, row + rows) };
    row += rows;
  }
  return result;
}

function partShapes(model: ModelConfig): { name: string; rows: number; hidden: number }[] {
  const hidden = model.hyperHidden.at(-1) ?? model.latentDim;
  return functionParameters(model).map(({ name, shape }) => ({ name, rows: product(shape), hidden }));
}

function hiddenLayers<T extends { readonly shape: Shape }>(
  record: { readonly [name: string]: T },
  model: ModelConfig,
  prefix: string,
): { readonly [name: string]: T } {
  const entries = [...hypernetworkShapes(model)].slice(0, 2 * model.hyperHidden.length);
  return Object.fromEntries(
    entries.map(([name, shape]) => [name, requireTensor(record, prefix + name, shape)]),
  );
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}
