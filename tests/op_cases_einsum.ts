/**
 * Cases of einsum.
 *
 * @module
 */
import * as ops from "@gasp/tensor";
import type { Shape } from "@gasp/tensor";
import { floats, type Formula, type HostInput, indicesOf, integers, type OpCase, opCase } from "./op_case.ts";

/** Defines an einsum without ellipses: sums over all values of all labels. */
function byDefinition(terms: string, output: string, inputs: readonly HostInput[]): Formula {
  const sizes = new Map<string, number>();
  terms.split(",").forEach((term, i) =>
    [...term].forEach((label, axis) => sizes.set(label, inputs[i]!.shape[axis]!))
  );
  const inner = [...sizes.keys()].filter((label) => !output.includes(label));
  return (index, ...readers) => {
    let total = 0;
    for (const at of indicesOf(inner.map((label) => sizes.get(label)!))) {
      const value = (label: string) =>
        output.includes(label) ? index[output.indexOf(label)]! : at[inner.indexOf(label)]!;
      total += terms.split(",").reduce(
        (product, term, i) => product * readers[i]!(...[...term].map(value)),
        1,
      );
    }
    return total;
  };
}

function einsumCase(formula: string, shapes: readonly Shape[], implied?: string): OpCase {
  const inputs = shapes.map((shape, i) => floats(shape, i + 1));
  const [terms, output] = formula.split("->");
  return opCase(
    "einsum",
    inputs,
    (...operands) => ops.einsum(formula, ...operands),
    byDefinition(terms!, output ?? implied!, inputs),
    { note: formula },
  );
}

/** Returns all cases of einsum. */
export function einsumCases(): OpCase[] {
  return [
    einsumCase("ij,jk->ik", [[2, 3], [3, 4]]),
    einsumCase("ij,jk", [[2, 3], [3, 4]], "ik"),
    einsumCase("ba", [[2, 3]], "ab"),
    einsumCase("ij,kj->ki", [[2, 3], [4, 3]]),
    einsumCase("bij,bjk->bik", [[2, 2, 3], [2, 3, 2]]),
    einsumCase("bhqd,bkhd->bhqk", [[2, 2, 3, 2], [2, 3, 2, 2]]),
    einsumCase("i,j->ij", [[2], [3]]),
    einsumCase("i,i->", [[5], [5]]),
    einsumCase("ij->j", [[2, 3]]),
    einsumCase("ii->i", [[3, 3]]),
    einsumCase("ii->", [[3, 3]]),
    einsumCase("iji->ji", [[2, 3, 2]]),
    einsumCase("ij,jk,kl->il", [[2, 3], [3, 2], [2, 4]]),
    einsumCase("ij,ij,i->j", [[2, 3], [2, 3], [2]]),
    einsumCase("ij,k->i", [[2, 3], [4]]),
    opCase(
      "einsum",
      [floats([2, 1, 2, 3]), floats([4, 3, 2], 2)],
      (a, b) => ops.einsum("...ij,...jk->...ik", a!, b!),
      ([p, q, i, k], a, b) => [0, 1, 2].reduce((sum, j) => sum + a!(p!, 0, i!, j) * b!(q!, j, k!), 0),
      { note: "with an ellipsis" },
    ),
    opCase(
      "einsum",
      [floats([2, 3, 4])],
      (a) => ops.einsum("...ij->...ji", a!),
      ([b, j, i], a) => a!(b!, i!, j!),
      { note: "transposed" },
    ),
    opCase(
      "einsum",
      [integers([2, 3], "i32"), integers([3], "i32")],
      (a, b) => ops.einsum("ij,j->i", a!, b!),
      ([i], a, b) => [0, 1, 2].reduce((sum, j) => sum + a!(i!, j) * b!(j), 0),
    ),
  ];
}
