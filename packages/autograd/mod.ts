/**
 * Gradients of any order as transformations of graphs, functional layers, and Adam.
 *
 * @module
 */
export { gradients } from "./gradients.ts";
export * from "./transform.ts";
export { checkGradients, type CheckOptions, type CheckReport, testDirection } from "./check.ts";
export * from "./nn/mod.ts";
export {
  adamInit,
  type AdamOptions,
  type AdamState,
  adamStep,
  type AdamStepSizes,
  adamStepSizes,
  adamUpdate,
  type Betas,
  GAN_BETAS,
} from "./optim/adam.ts";
export type { Adjoint, Rule, RulesFor, VjpContext } from "./rules/rule.ts";
export { type VjpRules, vjpRules } from "./rules/table.ts";
