/**
 * Index tables among the arguments of a compiled function: kernels read and write where tables point, so those on the
 * host are checked before every call.
 * @module
 */
import type { PrimitiveName } from "../graph/primitives.ts";
import type { Tensor } from "../graph/tensor.ts";
import { checkTable, type IndexTable } from "../ops/index/index_table.ts";

/** Position of the index among the inputs of primitives that take a table. */
const TABLE_AT: Partial<Record<PrimitiveName, number>> = {
  gather: 1,
  segmentSum: 1,
  neighbourSum: 2,
  neighbourWeights: 2,
  neighbourFeatures: 2,
};

/** Positions of the parts of a table among the arguments. */
export type TablePlace = { readonly [K in keyof IndexTable]: number };

/**
 * Finds the tables whose parts are all arguments.
 *
 * @param order Nodes of the traced graph.
 * @param inputs Placeholders of the arguments.
 */
export function tablePlaces(order: readonly Tensor[], inputs: readonly Tensor[]): TablePlace[] {
  const position = new Map(inputs.map((input, i) => [input, i]));
  const places = new Map<string, TablePlace>();
  for (const { node } of order) {
    const at = TABLE_AT[node.op];
    if (at === undefined) continue;
    const [index, indptr, positions] = node.inputs.slice(at, at + 3).map((part) => position.get(part) ?? -1);
    if (index! < 0 || indptr! < 0 || positions! < 0) continue;
    places.set(`${index},${indptr},${positions}`, {
      index: index!,
      indptr: indptr!,
      positions: positions!,
    });
  }
  return [...places.values()];
}

/**
 * Checks the tables among the arguments of a call, as far as they are on the host.
 *
 * @param places Where they are.
 * @param args Arguments.
 * @throws {RangeError} If the parts of a table do not belong together.
 */
export function checkTables(places: readonly TablePlace[], args: readonly Tensor[]): void {
  for (const { index, indptr, positions } of places) {
    const table = { index: args[index]!, indptr: args[indptr]!, positions: args[positions]! };
    checkTable(`arguments ${index}, ${indptr} and ${positions}`, table);
  }
}
