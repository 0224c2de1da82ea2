/**
 * Configurations of methods whose model has the grid of the data.
 * @module
 */
import type { DataSizes, RunConfig } from "../../config/run_settings.ts";
import { type GridConfig, gridOf } from "./feature_grid.ts";

/** A configuration whose grid is taken from the data when its run starts. */
type OnGrid = RunConfig & { readonly model: { readonly grid: GridConfig | null } };

/**
 * A model whose grid is known.
 *
 * @category Training methods
 */
export type Gridded<Model extends { readonly grid: GridConfig | null }> =
  & Model
  & { readonly grid: GridConfig };

/**
 * Returns the model with its grid.
 *
 * @param config Configuration, adapted to the data.
 * @throws {TypeError} If the grid is not known.
 */
export function withGrid<Model extends { readonly grid: GridConfig | null }>(
  { model }: { readonly model: Model },
): Gridded<Model> {
  if (model.grid) return { ...model, grid: model.grid };
  throw new TypeError('"model.grid" is null: complete the configuration with adaptToData() first');
}

/**
 * Sets the grid to that of the data.
 *
 * @param config A valid configuration.
 * @param data Sizes of the data.
 * @throws {UserError} If the data have no grid.
 */
export function adaptGrid<Config extends OnGrid>(config: Config, data: DataSizes): Config {
  if (config.model.grid) return config;
  return { ...config, model: { ...config.model, grid: gridOf(data.display, config.method) } };
}
