/**
 * Shared state of the code generators of a chain's parts.
 * @module
 */
import type { ChainKernel } from "../../ir/kernel.ts";
import type { ChainPlan } from "./chain_plan.ts";
import type { Shader } from "../shader/shader.ts";

/** The shader of a chain under construction. */
export interface Printing {
  readonly shader: Shader;
  readonly chain: ChainKernel;
  readonly plan: ChainPlan;
  /** Expression of the number of rows. */
  readonly rows: string;
  /** Returns the shader slot of a local. */
  readonly slotOfLocal: (local: number) => number;
  /** Returns the expression of the packed weights. */
  readonly weights: () => string;
}
