/**
 * Reconstructions of items of the training data by a method that represents individual items: an auto-decoder's latents, or
 * an encoder's.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { compile, type Compiled, type Device, tensor, type Tree } from "@gasp/tensor";
import type { RunConfig } from "../config/run_settings.ts";
import { UserError } from "../config/user_error.ts";
import type { ItemBatch } from "../methods/core/method.ts";
import { generatorOf, methodOf } from "../methods/table.ts";

/**
 * Reconstructs items of the training data.
 *
 * @example
 * ```ts
 * import { mnistPackage } from "@gasp/datasets";
 * import { adaptToData, methodOf, Reconstructor, resolveRunConfig } from "@gasp/gasp";
 * import { openDevice } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await mnistPackage(5);
 * const config = adaptToData(resolveRunConfig({ preset: "tiny", method: "autodecoder" }), data);
 * await using device = await openDevice("wasm", { threads: 1 });
 * const reconstructor = new Reconstructor(config, device), state = methodOf(config).initialState(config);
 * const { originals, reconstructions } = await reconstructor.reconstruct(state, data, [0, 1]);
 * assertEquals(reconstructions.length, originals.length);
 * reconstructor.release();
 * ```
 *
 * @category Sampling
 */
export class Reconstructor {
  readonly #program: Compiled<[Tree, ItemBatch], Tree>;

  /**
   * Constructs a reconstructor. Its program is compiled on first use.
   *
   * @param config Configuration of the run.
   * @param device Device to compute on.
   * @throws {UserError} If the method cannot reconstruct items.
   */
  constructor(config: RunConfig, device: Device) {
    const method = methodOf(config);
    if (!Reconstructor.isAvailable(config)) {
      throw new UserError(
        `the method ${method.name} cannot reconstruct items: it learns their distribution only. ` +
          "Fit a function to an item instead",
      );
    }
    const generator = generatorOf(config);
    this.#program = compile((state: Tree, items: ItemBatch): Tree => {
      const functions = method.reconstruct!(state, items, config);
      const shared = generator.shared(method.weights!(state, "ema"));
      return generator.evaluate(functions, generator.encode(shared, items.coordinates), shared);
    }, { device });
  }

  /**
   * Returns whether a method can reconstruct items.
   *
   * @param config A configuration of the method.
   */
  static isAvailable(config: RunConfig): boolean {
    const { reconstruct, generator, weights } = methodOf(config);
    return reconstruct !== undefined && generator !== undefined && weights !== undefined;
  }

  /**
   * Reconstructs items at their points.
   *
   * @param state Training state, on the host or the device; it remains valid.
   * @param data Training data.
   * @param indices Indices of the items.
   * @returns Features of the items and of their reconstructions, each `[indices, points, featureDim]`.
   */
  async reconstruct(
    state: Tree,
    data: Dataset,
    indices: ArrayLike<number>,
  ): Promise<{ readonly originals: Float32Array; readonly reconstructions: Float32Array }> {
    const { pointCount, coordinateDim, featureDim } = data, count = indices.length;
    const originals = await data.batch(indices), own = await data.batchCoordinates?.(indices);
    const values = await this.#program(state, {
      indices: tensor(Int32Array.from(indices), [count], "i32"),
      coordinates: own
        ? tensor(own, [count, pointCount, coordinateDim])
        : tensor(data.coordinates, [pointCount, coordinateDim]),
      features: tensor(originals, [count, pointCount, featureDim]),
    }) as ItemBatch["features"];
    try {
      return { originals, reconstructions: Float32Array.from(await values.data()) };
    } finally {
      values.dispose();
    }
  }

  /** Frees the program. */
  release(): void {
    this.#program.release();
  }
}
