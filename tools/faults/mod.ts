/**
 * The faults that `deno task mutate` inserts; each is a plausible programming error.
 * @module
 */
import { compilerFaults } from "./compiler.ts";
import { dataFaults } from "./data.ts";
import { deviceFaults } from "./devices.ts";
import type { Fault } from "./fault.ts";
import { metricFaults } from "./metrics.ts";
import { modelFaults } from "./models.ts";
import { numberFaults } from "./numbers.ts";

export { type Fault, planted } from "./fault.ts";

/** All faults, by package. */
export const FAULTS: readonly Fault[] = [
  ...compilerFaults,
  ...deviceFaults,
  ...numberFaults,
  ...modelFaults,
  ...metricFaults,
  ...dataFaults,
];
