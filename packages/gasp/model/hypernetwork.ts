/**
 * The hypernetwork g_φ (section 3.2 of the paper): an MLP from a latent z to the weights θ of a function network.
 *
 * Its last layer outputs all function parameters and holds nearly all weights of the model. It is stored as a separate
 * matrix for each weight and bias of the function network, because a single matrix would exceed the buffer size limit of
 * many GPUs.
 * @module
 */
import { getTensor, linear, type StateDict } from "@gasp/autograd";
import { leakyRelu, reshape, scope, type Tensor } from "@gasp/tensor";
import { type FunctionModel, functionSizes, GENERATOR_SLOPE } from "./function_model.ts";
import type { FunctionLayer } from "./function_network.ts";

/**
 * A weight or bias of the function network, computed by one part of the hypernetwork's last layer.
 *
 * @category Models
 */
export interface FunctionParameter {
  /** `weight0`, `weight1`, ..., `bias0`, ... */
  readonly name: string;
  /** `[out, in]` for a weight, `[out]` for a bias. */
  readonly shape: readonly number[];
}

/**
 * Lists the parameters of the function network in the order of the reference code: all weights, then all biases.
 *
 * @param model Sizes of the networks.
 *
 * @example
 * ```ts
 * import { asGasp, functionParameters, resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const { model } = asGasp(resolveRunConfig({ preset: "tiny" }));
 * assertEquals(functionParameters(model).length, 2 * (model.functionHidden.length + 1));
 * ```
 *
 * @category Models
 */
export function functionParameters(model: FunctionModel): FunctionParameter[] {
  const sizes = functionSizes(model), layers = sizes.slice(1).map((out, i) => ({ out, in: sizes[i]!, i }));
  return [
    ...layers.map((layer) => ({ name: `weight${layer.i}`, shape: [layer.out, layer.in] })),
    ...layers.map((layer) => ({ name: `bias${layer.i}`, shape: [layer.out] })),
  ];
}

/** Name of the last layer, for example `4`: indices count affine layers and activations. */
function lastLayer(model: FunctionModel): string {
  return String(2 * model.hyperHidden.length);
}

/**
 * Returns the shapes of the hypernetwork's tensors: `0.weight`, `0.bias`, `2.weight`, ..., and for the parts of the last
 * layer `4.weight0.weight`, `4.weight0.bias`, ..., `4.bias0.weight`, ...
 *
 * @param model Sizes of the networks.
 *
 * @example
 * ```ts
 * import { asGasp, hypernetworkShapes, resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const { model } = asGasp(resolveRunConfig({ preset: "tiny" }));
 * assertEquals(hypernetworkShapes(model).get("0.weight"), [model.hyperHidden[0]!, model.latentDim]);
 * ```
 *
 * @category Models
 */
export function hypernetworkShapes(model: FunctionModel): Map<string, readonly number[]> {
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
 * Computes θ = g_φ(z), the weights of one function for each latent (section 3.2).
 *
 * @param params φ: tensors with the names and shapes of {@link hypernetworkShapes}.
 * @param model Sizes of the networks.
 * @param latents z, `[batch, latentDim]`.
 * @returns Layers of the functions, from input to output.
 *
 * @example
 * ```ts
 * import { asGasp, hypernetwork, initialGenerator, resolveRunConfig, sampleLatents } from "@gasp/gasp";
 * import { tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const { model } = asGasp(resolveRunConfig({ preset: "tiny" })), { generator } = initialGenerator(model, 0);
 * const layers = hypernetwork(generator, model, tensor(sampleLatents(0, 3, model.latentDim), [3, model.latentDim]));
 * assertEquals(layers[0]!.weight.shape[0], 3);
 * ```
 *
 * @category Models
 */
export function hypernetwork(params: StateDict, model: FunctionModel, latents: Tensor): FunctionLayer[] {
  const affine = (x: Tensor, name: string) =>
    linear(x, getTensor(params, `${name}.weight`), getTensor(params, `${name}.bias`));
  const layer = (name: string, build: () => Tensor) => scope(`hypernetwork/${name}`, build);
  const hidden = model.hyperHidden.reduce((x, _, i) => {
    const name = String(2 * i);
    return layer(name, () => leakyRelu(affine(x, name), GENERATOR_SLOPE));
  }, latents);
  const parts = functionParameters(model).map(({ name: part, shape }) => {
    const name = `${lastLayer(model)}.${part}`;
    return layer(name, () => reshape(affine(hidden, name), [latents.shape[0]!, ...shape]));
  });
  const layers = parts.length / 2;
  return parts.slice(0, layers).map((weight, i) => ({ weight, bias: parts[layers + i]! }));
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}
