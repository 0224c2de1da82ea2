/**
 * Every operation of the tensor package over several shapes, as one list: what the forward value, the gradients and the
 * devices are tested with.
 * @module
 */
import type { OpCase } from "./op_case.ts";
import { activationOpCases } from "./op_cases_activation.ts";
import { elementwiseCases } from "./op_cases_elementwise.ts";
import { reductionCases } from "./op_cases_reduction.ts";
import { searchCases } from "./op_cases_search.ts";
import { structuralCases } from "./op_cases_structural.ts";
import { tableCases } from "./op_cases_table.ts";
import { takeCases } from "./op_cases_take.ts";

/** All cases. */
export function opCases(): OpCase[] {
  return [
    ...elementwiseCases(),
    ...activationOpCases(),
    ...structuralCases(),
    ...reductionCases(),
    ...tableCases(),
    ...takeCases(),
    ...searchCases(),
  ];
}
