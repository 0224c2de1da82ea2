/**
 * The table of experiments.
 * @module
 */
import type { Experiment } from "./experiment.ts";
import { figure10 } from "./figure10.ts";
import { figure11 } from "./figure11.ts";
import { figure12 } from "./figure12.ts";
import { figure13 } from "./figure13.ts";
import { figure5 } from "./figure5.ts";
import { figure6 } from "./figure6.ts";
import { figure7 } from "./figure7.ts";
import { figure8 } from "./figure8.ts";
import { figure9 } from "./figure9.ts";
import { table1 } from "./table1.ts";

/** All experiments, in the order of the paper. */
export const EXPERIMENTS: readonly Experiment[] = [
  table1,
  figure5,
  figure6,
  figure7,
  figure8,
  figure9,
  figure10,
  figure11,
  figure12,
  figure13,
];
