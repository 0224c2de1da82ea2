/**
 * Faults in what happens to NaN, infinities, tables that do not add up, and sizes beyond 32 bits.
 * @module
 */
import type { Fault } from "./fault.ts";

const TENSOR = "packages/tensor", SEARCH = ["tests/search_nonfinite_test.ts"];

/** Faults in the handling of unusual numbers and sizes. */
export const numberFaults: readonly Fault[] = [
  {
    name: "memory-limit-joins",
    what: "what webgpu joins to one kernel depends on the memory limit",
    file: `${TENSOR}/compile/program.ts`,
    find: "device.joinSteps?.(ordered) ?? ordered;\n",
    replace: "memoryBytes < Infinity ? ordered : device.joinSteps?.(ordered) ?? ordered;\n",
    tests: ["tests/memory_limit_test.ts"],
  },
  {
    name: "search-infinite-points",
    what: "points that are not finite take part in a grid",
    file: `${TENSOR}/wasm/search/columns.ts`,
    find: 'w.op("i32.eqz", isFinitePoint(w, from, dimension))',
    replace: "0",
    tests: SEARCH,
  },
  {
    name: "search-infinite-order",
    what: "a distance that is NaN is beyond an infinite radius on webgpu",
    file: `${TENSOR}/webgpu/search/distance.ts`,
    find: "return min(bitcast<u32>(power) & 0x7fffffffu, ${INFINITE}u);",
    replace: "return bitcast<u32>(power) & 0x7fffffffu;",
    tests: SEARCH,
  },
  {
    name: "tables-unchecked",
    what: "tables among the arguments of a compiled function are not checked",
    file: `${TENSOR}/run/compile.ts`,
    find: "checkTables(trace.tables, flat.leaves.map(({ tensor }) => tensor));",
    replace: "",
    tests: ["tests/ragged_test.ts"],
  },
  {
    name: "offsets-unchecked",
    what: "offsets that a program computes are used as they are",
    file: `${TENSOR}/ops/index/offsets.ts`,
    find: "if (valid.length === 0) return",
    replace: "if (valid.length >= 0) return",
    tests: ["tests/ragged_test.ts"],
  },
  {
    name: "long-reductions",
    what: "reductions of more terms than 32 bits count are not divided on webgpu",
    file: `${TENSOR}/webgpu/shader/long_reduction.ts`,
    find: "if (volume(kernel.reduce) < most) return",
    replace: "if (volume(kernel.reduce) > 0) return",
    tests: [`${TENSOR}/webgpu/shader/long_reduction_test.ts`],
  },
  {
    name: "check-numbers-spread",
    what: "an infinity that only spreads is reported",
    file: `${TENSOR}/device/number_error.ts`,
    find: "if (firstInfinite >= 0 && !spreads) {",
    replace: "if (firstInfinite >= 0) {",
    tests: ["tests/check_numbers_test.ts"],
  },
];
