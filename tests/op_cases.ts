/**
 * Cases of all operations of the tensor package, which forward values, gradients and devices are tested with.
 *
 * @module
 */
import type { OpCase } from "./op_case.ts";
import { activationOpCases } from "./op_cases_activation.ts";
import { convolutionCases } from "./op_cases_convolution.ts";
import { einsumCases } from "./op_cases_einsum.ts";
import { elementwiseCases } from "./op_cases_elementwise.ts";
import { orderCases } from "./op_cases_order.ts";
import { randomCases } from "./op_cases_random.ts";
import { rearrangeCases } from "./op_cases_rearrange.ts";
import { reductionCases } from "./op_cases_reduction.ts";
import { searchCases } from "./op_cases_search.ts";
import { structuralCases } from "./op_cases_structural.ts";
import { tableCases } from "./op_cases_table.ts";
import { takeCases } from "./op_cases_take.ts";

/** Returns all cases. */
export function opCases(): OpCase[] {
  return [
    ...elementwiseCases(),
    ...activationOpCases(),
    ...structuralCases(),
    ...einsumCases(),
    ...rearrangeCases(),
    ...reductionCases(),
    ...orderCases(),
    ...tableCases(),
    ...takeCases(),
    ...searchCases(),
    ...convolutionCases(),
    ...randomCases(),
  ];
}
