/**
 * Point searches as stages that share a workspace: columns; with grids, sorted columns, in blocks if the cloud is large; then
 * the queries.
 * @module
 */
import type { Features } from "../module/features.ts";
import type { KernelCode } from "../module/kernel_code.ts";
import { BLOCK_STAGES, blockCode, type BlockStage } from "./blocks.ts";
import { columnsCode } from "./columns.ts";
import { gridsCode } from "./grids.ts";
import { planSearch, type QueryKernel } from "./plan.ts";
import { queriesCode } from "./queries.ts";
import type { Stages } from "../loop/split.ts";

/** A stage of a search, a separate kernel for code generation. */
export type SearchStage = QueryKernel & { readonly stage: "columns" | BlockStage | "grids" | "queries" };

/**
 * Divides a search into stages.
 *
 * @param kernel Search.
 */
export function splitSearch(kernel: QueryKernel): Stages {
  const { grid, blocks, layout } = planSearch(kernel);
  const names = [
    "columns",
    ...(blocks > 0 ? BLOCK_STAGES : []),
    ...(grid ? ["grids"] as const : []),
    "queries",
  ] as const;
  return {
    kernels: names.map((stage): SearchStage => ({ ...kernel, stage })),
    workspaceBytes: layout.bytes,
  };
}

/**
 * Generates code for a stage of a search.
 *
 * @param kernel A stage, as returned by `splitSearch`.
 * @param features Features of the engine.
 * @throws {Error} If it is a whole search.
 */
export function searchCode(kernel: QueryKernel | SearchStage, features: Features): KernelCode {
  if (!("stage" in kernel)) throw new Error(`${kernel.kind} must be divided into stages by splitSearch`);
  const plan = planSearch(kernel);
  switch (kernel.stage) {
    case "columns":
      return columnsCode(plan);
    case "grids":
      return gridsCode(plan);
    case "queries":
      return queriesCode(plan, features);
    default:
      return blockCode(plan, kernel.stage);
  }
}
