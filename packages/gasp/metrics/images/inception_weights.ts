/**
 * Weights of the Inception network from a safetensors file with PyTorch's names, such as `Mixed_5b.branch1x1.conv.weight`;
 * a prefix before all names and the layers of the classifier are ignored.
 *
 * @module
 */
import { FileFormatError, parseSafetensors, tensor, toFloat32 } from "@gasp/tensor";
import { UserError } from "../../config/user_error.ts";
import { type FoldedConv, INCEPTION_LAYERS, type InceptionWeights } from "./inception_network.ts";

/** Added to variances by the network's batch norm. */
const EPSILON = 1e-3;

/**
 * Reads weights and folds each batch norm into its convolution, in double precision.
 *
 * @param bytes Contents of a safetensors file.
 * @param name Name of the file, for messages.
 * @throws {UserError} If it is not such a file, or a layer is missing.
 */
export function readInceptionWeights(bytes: Uint8Array, name: string): InceptionWeights {
  const tensors = parsed(bytes, name);
  const first = `${INCEPTION_LAYERS[0]}.conv.weight`;
  const prefix = [...tensors.keys()].find((key) => key.endsWith(first))?.slice(0, -first.length) ?? "";
  const read = (key: string, shape?: readonly number[]) => {
    const stored = tensors.get(prefix + key);
    if (!stored) {
      throw new UserError(
        `${name} has no ${key}: expected the Inception network of pytorch-fid, saved as safetensors`,
      );
    }
    if (shape && stored.shape.join() !== shape.join()) {
      throw new UserError(`${name}: ${key} has the shape ${stored.shape.join("×")}, not ${shape.join("×")}`);
    }
    return { shape: stored.shape, data: toFloat32(stored) };
  };
  const folded = (layer: string): FoldedConv => {
    const { shape, data } = read(`${layer}.conv.weight`);
    const outputs = shape[0] ?? 0, size = data.length / outputs;
    const [scale, shift, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map((part) =>
      read(`${layer}.bn.${part}`, [outputs]).data
    ) as [Float32Array, Float32Array, Float32Array, Float32Array];
    const factor = Float64Array.from(scale, (value, i) => value / Math.sqrt(variance[i]! + EPSILON));
    return {
      weight: tensor(data.map((value, i) => value * factor[Math.floor(i / size)]!), shape),
      bias: tensor(shift.map((value, i) => value - mean[i]! * factor[i]!), [outputs, 1, 1]),
    };
  };
  return Object.fromEntries(INCEPTION_LAYERS.map((layer) => [layer, folded(layer)]));
}

function parsed(bytes: Uint8Array, name: string): ReturnType<typeof parseSafetensors>["tensors"] {
  try {
    return parseSafetensors(bytes).tensors;
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    throw new UserError(`${name} cannot be read as safetensors: ${error.message}`, error);
  }
}
