/**
 * What the printers of the parts of a chain share.
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
  /** The number of rows. */
  readonly rows: string;
  /** The slot of the shader that stands for a local. */
  readonly slotOfLocal: (local: number) => number;
  /** The expression of the packed weights. */
  readonly weights: () => string;
}
