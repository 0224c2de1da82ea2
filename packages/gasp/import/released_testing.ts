/**
 * A small generator in the format of the authors' code, for tests.
 * @module
 */
import { randomUniform } from "@gasp/tensor";
import { Call, Instance, Name, Ordered, TorchWriter, Tuple } from "../../tensor/io/torch/torch_testing.ts";

/** Sizes of a generator and the format it is saved in. */
export interface ReleasedOptions {
  /** Coordinate dimension. */
  readonly coordinateDim?: number;
  /** Feature dimension. */
  readonly featureDim?: number;
  /** Number of Fourier frequencies; 0: none. */
  readonly frequencies?: number;
  /** Standard deviation of the frequencies. */
  readonly sigma?: number;
  /** Dimension of a latent. */
  readonly latentDim?: number;
  /** Widths of the hypernetwork's hidden layers. */
  readonly hyperHidden?: readonly number[];
  /** Widths of the function network's hidden layers. */
  readonly functionHidden?: readonly number[];
  /** `old`: `input_dim` as in the released files; `new`: `coordinate_dim` as in the authors' current code. */
  readonly keys?: "old" | "new";
  /** Negative slope of the LeakyReLU. */
  readonly slope?: number;
  /** Final activation of the function network. */
  readonly last?: string;
  /** Whether to save only the state dictionary. */
  readonly stateOnly?: boolean;
  /** Whether to save doubles. */
  readonly double?: boolean;
  /** Elements of tensors by name. Default: uniform noise. */
  readonly values?: ReadonlyMap<string, Float32Array>;
  /** Names of tensors to omit. */
  readonly without?: readonly string[];
  /** Modifies the pickle. */
  readonly damage?: (pickle: Uint8Array) => Uint8Array;
}

/** A saved generator. */
export interface Released {
  /** Contents of the file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Tensors by their names in the reference code. */
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;
}

/**
 * Saves a generator, by default with the networks of the preset `tiny`.
 *
 * @param options Sizes and format.
 */
export function released(options: ReleasedOptions = {}): Released {
  const { coordinateDim = 2, featureDim = 1, frequencies = 4, latentDim = 4, sigma = 1 } = options;
  const { hyperHidden = [8], functionHidden = [8], without = [] } = options;
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  const add = (name: string, shape: readonly number[], scale = 0.5) => {
    const count = shape.reduce((a, b) => a * b, 1);
    tensors.set(name, {
      shape,
      data: options.values?.get(name) ??
        randomUniform({ seed: 1, stream: name, step: 0 }, count, -scale, scale),
    });
  };
  const affines = (prefix: string, sizes: readonly number[]) =>
    sizes.slice(1).forEach((out, i) => {
      add(`${prefix}.forward_layers.${2 * i}.weight`, [out, sizes[i]!]);
      add(`${prefix}.forward_layers.${2 * i}.bias`, [out]);
    });
  const encoding = "hypernetwork.function_representation.encoding.frequency_matrix";
  // A uniform distribution of this width has the standard deviation sigma
  if (frequencies > 0) add(encoding, [frequencies, coordinateDim], sigma * Math.sqrt(3));
  const sizes = [frequencies > 0 ? 2 * frequencies : coordinateDim, ...functionHidden, featureDim];
  affines("hypernetwork.function_representation", sizes);
  const outputs = sizes.slice(1).reduce((total, out, i) => total + out * (sizes[i]! + 1), 0);
  affines("hypernetwork", [latentDim, ...hyperHidden, outputs]);
  for (const name of without) tensors.delete(name);

  const writer = new TorchWriter();
  const saved = [...tensors].map(([name, { shape, data }]): [string, Call] => [
    name,
    options.double
      ? writer.tensor(Float64Array.from(data), shape, "DoubleStorage")
      : writer.tensor(data, shape),
  ]);
  const state = new Ordered(saved), matrix = saved.find(([name]) => name === encoding)?.[1];
  const value = options.stateOnly ? state : new Map<string, unknown>([
    [
      "config",
      configOf(options, matrix, { coordinateDim, featureDim, latentDim, hyperHidden, functionHidden }),
    ],
    ["state_dict", state],
  ]);
  return { bytes: writer.file(value, options.damage), tensors };
}

interface Sizes {
  readonly coordinateDim: number;
  readonly featureDim: number;
  readonly latentDim: number;
  readonly hyperHidden: readonly number[];
  readonly functionHidden: readonly number[];
}

function configOf(
  { keys = "old", slope = 0.1, last = "Tanh" }: ReleasedOptions,
  matrix: Call | undefined,
  { coordinateDim, featureDim, latentDim, hyperHidden, functionHidden }: Sizes,
): Map<string, unknown> {
  const [coordinateKey, featureKey] = keys === "old"
    ? ["input_dim", "output_dim"]
    : ["coordinate_dim", "feature_dim"];
  const leakyRelu = layer("torch.nn.modules.activation", "LeakyReLU", [["negative_slope", slope]]);
  const encoding = matrix
    ? layer("models.function_representation", "FourierFeatures", [[
      "_buffers",
      new Ordered([["frequency_matrix", matrix]]),
    ]])
    : layer("torch.nn.modules.linear", "Identity", []);
  return new Map<string, unknown>([
    [
      "hypernetwork",
      new Map<string, unknown>([
        ["latent_dim", latentDim],
        ["layer_sizes", [...hyperHidden]],
        ["non_linearity", leakyRelu],
      ]),
    ],
    [
      "function_representation",
      new Map<string, unknown>([
        [coordinateKey!, coordinateDim],
        [featureKey!, featureDim],
        ["layer_sizes", new Tuple(functionHidden)],
        ["encoding", encoding],
        ["non_linearity", leakyRelu],
        ["final_non_linearity", layer("torch.nn.modules.activation", last, [])],
      ]),
    ],
  ]);
}

/** A layer with the attributes common to all PyTorch modules. */
function layer(module: string, name: string, attributes: readonly (readonly [string, unknown])[]): Instance {
  return new Instance(
    new Name(module, name),
    new Map<string, unknown>([
      ["training", true],
      ["_parameters", new Ordered([])],
      ["_buffers", new Ordered([])],
      ["_non_persistent_buffers_set", new Call(new Name("__builtin__", "set"), [[]])],
      ...attributes,
    ]),
  );
}
