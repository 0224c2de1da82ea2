/**
 * Error bounds of the primitives that are not element-wise: one rule for each; a missing one does not compile.
 * @module
 */
import type { Tensor } from "@gasp/tensor";
import type { GraphNode, StructuralName } from "@gasp/tensor/compiler";
import { anything, type Arithmetic, type Bounded, exactly, isUncertain, withinRange } from "./bounded.ts";
import { boundLinear, boundProduct, boundRunning } from "./linear.ts";
import { boundArgsort, boundMaximum } from "./order.ts";
import { primitiveOf } from "./primitive.ts";
import { boundFarthest, boundSearch } from "./search.ts";

/** Computes the bounds of a node from those of its inputs. */
export type BoundRule = (out: Tensor, inputs: readonly Bounded[], arithmetic: Arithmetic) => Bounded;

/** Primitives whose values are given. */
type LeafName = "data" | "input";

/** Values move, errors with them. */
const move: BoundRule = (out, inputs) => {
  const apply = primitiveOf(out), applyToErrors = primitiveOf(out, "f32");
  return {
    value: apply(...inputs.map(({ value }) => value)),
    error: applyToErrors(...inputs.map(({ error }) => error)),
  };
};

/** Values move by an index, which the last inputs are; where it is uncertain, so is the result. */
const moveByIndex: BoundRule = (out, [source, ...table]) => {
  const indices = table.map(({ value }) => value), apply = primitiveOf(out);
  const value = apply(source!.value, ...indices);
  const error = primitiveOf(out, "f32")(source!.error, ...indices);
  const width = value.length / Math.max(1, table[0]!.value.length);
  table[0]!.error.forEach((e, row) => {
    if (e !== 0) error.fill(Infinity, row * width, (row + 1) * width);
  });
  return { value, error };
};

/** Results are exact, or nothing is known about them. */
const exactOrAnything: BoundRule = (out, inputs, arithmetic) => {
  const value = primitiveOf(out)(...inputs.map((input) => input.value));
  return inputs.some(isUncertain) ? anything(value) : exactly(value, arithmetic);
};

const linearByTable = (operands: number): BoundRule => (out, inputs, arithmetic) => {
  const table = inputs.slice(operands);
  if (table.some(isUncertain)) return anything(primitiveOf(out)(...inputs.map(({ value }) => value)));
  return boundLinear(out, inputs.slice(0, operands), table.map(({ value }) => value), arithmetic);
};

/** Parameters of a primitive. */
type ParamsFor<P extends StructuralName> = Extract<GraphNode, { op: P }>["params"];

/** Exchanges with other ranks, which no program of one rank contains. */
export const EXCHANGES = ["allReduce", "allGather"] as const;

const rules: Readonly<Record<Exclude<StructuralName, LeafName | typeof EXCHANGES[number]>, BoundRule>> = {
  constant(out) {
    const { value } = out.node.params as ParamsFor<"constant">;
    const error = out.dtype === "f32" && Number.isFinite(value) ? Math.abs(Math.fround(value) - value) : 0;
    const bounded = { value: Float64Array.of(value), error: Float64Array.of(error) };
    if (out.dtype === "f32") withinRange(bounded);
    return bounded;
  },
  iota: exactOrAnything,
  identity: move,
  reshape: move,
  permute: move,
  broadcast: move,
  slice: move,
  window: move,
  pad: move,
  flip: move,
  concatenate: move,
  sum: (out, inputs, arithmetic) => boundLinear(out, inputs, [], arithmetic),
  max: boundMaximum,
  prod: boundProduct,
  cumsum: boundRunning,
  argsort: boundArgsort,
  matmul: (out, inputs, arithmetic) => boundLinear(out, inputs, [], arithmetic),
  conv: (out, inputs, arithmetic) => boundLinear(out, inputs, [], arithmetic),
  random: exactOrAnything,
  gather: moveByIndex,
  segmentSum: linearByTable(1),
  neighbourSum: linearByTable(2),
  neighbourWeights: linearByTable(2),
  neighbourFeatures: linearByTable(2),
  knn: boundSearch,
  countWithinRadius: boundSearch,
  farthestPointSample: boundFarthest,
  invertIndex: exactOrAnything,
};

/**
 * Returns the rule of a primitive.
 *
 * @param name Its name; its value is computed, not given.
 */
export function structuralRule(name: StructuralName): BoundRule {
  return rules[name as keyof typeof rules];
}
