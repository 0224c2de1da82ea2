/**
 * Comparisons of training methods on one data set with one budget, and the parts that they are made of: budgets in seconds,
 * training that continues where it stopped, tables, sheets.
 *
 * @module
 */
export { type Budget, phaseSteps, stepsWithin } from "./budget.ts";
export { compare, type CompareEvents, type CompareRequest } from "./compare.ts";
export type { ComparisonPlan } from "./plan.ts";
export {
  type ComparedRun,
  type ComparisonRecord,
  type ComparisonSettings,
  type MethodRecord,
  readComparison,
} from "./record.ts";
export { realRow, sampleRow, valueRow } from "./sample_rows.ts";
export { seedInterval } from "./seed_interval.ts";
export { measureStepSeconds, type StepSecondsRequest } from "./step_seconds.ts";
export { comparisonTable, markdownTable, methodMeans, valueHeading } from "./table.ts";
export { trainToEnd } from "./train_run.ts";
export { withSampler } from "./with_sampler.ts";
