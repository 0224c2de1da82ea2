/**
 * Point searches as stages that share a workspace: columns; with grids, sorted columns; then the queries.
 * @module
 */
import type { Features } from "../module/features.ts";
import type { KernelCode } from "../module/kernel_code.ts";
import { columnsCode } from "./columns.ts";
import { gridsCode } from "./grids.ts";
import { planSearch, type QueryKernel } from "./plan.ts";
import { queriesCode } from "./queries.ts";
import type { Stages } from "../loop/split.ts";

/** A stage of a search, a separate kernel for code generation. */
export type SearchStage = QueryKernel & { readonly stage: "columns" | "grids" | "queries" };

/**
 * Divides a search into stages.
 *
 * @param kernel Search.
 */
export function splitSearch(kernel: QueryKernel): Stages {
  const { grid, layout } = planSearch(kernel);
  const names = grid ? ["columns", "grids", "queries"] as const : ["columns", "queries"] as const;
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
  }
}
