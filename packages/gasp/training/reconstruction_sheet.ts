/**
 * Sheets of reconstructions: rows of items, each above the row of their reconstructions.
 * @module
 */
import { type Dataset, displayOfItems } from "@gasp/datasets";
import type { Device, Tree } from "@gasp/tensor";
import type { RunConfig } from "../config/run_settings.ts";
import type { RasterImage } from "../image/mod.ts";
import { Reconstructor } from "../sampling/reconstruction.ts";
import { sheetOf } from "../show/mod.ts";

/** Items per row, and maximum number of rows of items. */
const COLUMNS = 8, ROWS = 4;

/** Draws the first items of a data set and their reconstructions. */
export class ReconstructionSheet {
  readonly #data: Dataset;
  readonly #reconstructor: Reconstructor;

  private constructor(data: Dataset, reconstructor: Reconstructor) {
    this.#data = data;
    this.#reconstructor = reconstructor;
  }

  /**
   * Prepares sheets.
   *
   * @param config Configuration of the run.
   * @param data Training data.
   * @param device Device to compute on.
   * @returns `undefined` if the method has no reconstructions, or items have no common points to show them at.
   */
  static open(config: RunConfig, data: Dataset, device: Device): ReconstructionSheet | undefined {
    if (!Reconstructor.isAvailable(config) || data.batchCoordinates) return undefined;
    return new ReconstructionSheet(data, new Reconstructor(config, device));
  }

  /**
   * Draws a sheet.
   *
   * @param state Training state.
   */
  async draw(state: Tree): Promise<RasterImage> {
    const data = this.#data, columns = Math.min(COLUMNS, data.items);
    const rows = Math.min(ROWS, Math.floor(data.items / columns));
    const indices = Array.from({ length: columns * rows }, (_, i) => i);
    const { originals, reconstructions } = await this.#reconstructor.reconstruct(state, data, indices);
    const size = columns * data.pointCount * data.featureDim, values = new Float32Array(2 * rows * size);
    for (let row = 0; row < rows; row++) {
      values.set(originals.subarray(row * size, (row + 1) * size), 2 * row * size);
      values.set(reconstructions.subarray(row * size, (row + 1) * size), (2 * row + 1) * size);
    }
    return sheetOf({ ...data, values, display: displayOfItems(data) }, columns);
  }

  /** Frees programs. */
  release(): void {
    this.#reconstructor.release();
  }
}
