/**
 * Feature spaces that are one tensor expression of the values, compiled for blocks of a fixed number of items.
 *
 * @module
 */
import { compile, type Device, type Tensor, tensor } from "@gasp/tensor";
import type { FeatureSpace } from "../core/features.ts";

/** Arguments of {@linkcode programFeatures}. */
export interface ProgramFeatures {
  /** Name of the space. */
  readonly name: string;
  /** Values per item. */
  readonly size: number;
  /** Dimension of a feature vector. */
  readonly dimensions: number;
  /** See {@link FeatureSpace.protocol}. */
  readonly protocol?: FeatureSpace["protocol"];
  /** Device to compute on. */
  readonly device: Device;
  /** Items per run of the program. Default: 32. */
  readonly block?: number;
  /**
   * Computes features.
   *
   * @param values Values, `[block, size]`.
   * @returns `[block, dimensions]`.
   */
  compute(values: Tensor): Tensor;
}

/**
 * Returns a feature space that evaluates a tensor expression.
 *
 * @param request The expression, its sizes and the device.
 */
export function programFeatures(request: ProgramFeatures): FeatureSpace {
  const { name, size, dimensions, protocol = {}, device, block = 32 } = request;
  const program = compile((values: Tensor) => request.compute(values), { device });
  return {
    name,
    dimensions,
    protocol,
    async extract(values, count) {
      const features = new Float32Array(count * dimensions);
      for (let first = 0; first < count; first += block) {
        const some = Math.min(block, count - first);
        // The last block is filled up with zeros, so that one program serves all
        const padded = new Float32Array(block * size);
        padded.set(values.subarray(first * size, (first + some) * size));
        const result = await program(tensor(padded, [block, size]));
        features.set((await result.data()).subarray(0, some * dimensions), first * dimensions);
        result.dispose();
      }
      return features;
    },
    release: () => program.release(),
  };
}
