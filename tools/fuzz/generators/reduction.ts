/**
 * Arguments of reductions, products and sorting.
 * @module
 */
import type { DType, Tensor } from "@gasp/tensor";
import type { Argument } from "../program/program.ts";
import type { Arguments, Draft, Generator } from "./draft.ts";

const REAL: readonly DType[] = ["f32"], NUMERIC: readonly DType[] = ["f32", "i32", "u32"];
const ALL: readonly DType[] = ["f32", "i32", "u32", "bool"];

const reduction =
  (dtypes: readonly DType[], more: (draft: Draft) => Record<string, Argument> = () => ({})): Generator =>
  (draft) => {
    const { reference, tensor } = draft.any(dtypes, (x) => x.rank > 0, draft.shape(1, 4));
    return [reference, { axes: draft.axes(tensor), keepDims: draft.dice.chance(0.5), ...more(draft) }];
  };

/** f(x, axis). */
const alongAxis =
  (dtypes: readonly DType[], fits: (x: Tensor) => boolean = () => true): Generator => (draft) => {
    const { reference, tensor } = draft.any(dtypes, (x) => x.rank > 0 && fits(x), [
      draft.dice.between(1, 9),
      3,
    ]);
    return [reference, draft.axis(tensor)];
  };

const ordered = (draft: Draft): Arguments => {
  const { reference, tensor } = draft.any(ALL, (x) => x.rank > 0, draft.shape(1, 3));
  return [reference, { axis: draft.axis(tensor), descending: draft.dice.chance(0.5) }];
};

const selecting = (draft: Draft): Arguments => {
  const { reference, tensor } = draft.any(ALL, (x) => x.size > 0 && x.rank > 0, [
    draft.dice.between(1, 40),
    3,
  ]);
  return draft.dice.chance(0.3)
    ? [reference]
    : [reference, { axis: draft.axis(tensor), keepDims: draft.dice.chance(0.5) }];
};

/** Formulas and shapes of operands by letters. */
const FORMULAS: readonly string[] = [
  "ij,jk->ik",
  "ij,kj->ik",
  "bij,bjk->bik",
  "bij,bkj->bki",
  "ij,j->i",
  "i,j->ij",
  "ij->ji",
  "ij->",
  "ijk->k",
  "ij,ij->j",
  "ijk,kl->ijl",
  "abc,cd,db->a",
];

/** Arguments by function. */
export const reductionGenerators = {
  sum: reduction(NUMERIC),
  prod: reduction(NUMERIC),
  mean: reduction(REAL),
  variance: reduction(REAL, (draft) => ({ correction: draft.dice.below(2) })),
  std: reduction(REAL),
  max: reduction(NUMERIC),
  min: reduction(NUMERIC),
  any: reduction(["bool"]),
  all: reduction(["bool"]),
  norm: reduction(REAL, (draft) => ({ order: draft.dice.pick([1, 2, 3, Infinity]) })),
  logsumexp: reduction(REAL),
  softmax: alongAxis(REAL),
  logSoftmax: alongAxis(REAL),
  argmax: selecting,
  argmin: selecting,
  cumsum(draft: Draft): Arguments {
    const { reference, tensor } = draft.any(NUMERIC, (x) => x.rank > 0, draft.shape(1, 3));
    return [reference, {
      axis: draft.axis(tensor),
      reverse: draft.dice.chance(0.4),
      exclusive: draft.dice.chance(0.4),
    }];
  },
  sort: ordered,
  argsort: ordered,
  topK(draft: Draft): Arguments {
    const { reference, tensor } = draft.any(ALL, (x) => x.rank > 0 && x.size > 0, [
      draft.dice.between(1, 70),
    ]);
    const axis = draft.axis(tensor), size = tensor.shape.at(axis)!;
    return [reference, draft.dice.between(1, Math.min(size, 12)), { axis, smallest: draft.dice.chance(0.5) }];
  },
  matmul(draft: Draft): Arguments {
    const { reference, tensor: { shape } } = draft.any(REAL, (x) => x.rank > 1, draft.shape(2, 3));
    const right = [...draft.dice.chance(0.6) ? shape.slice(0, -2) : [], shape.at(-1)!, draft.size()];
    return draft.dice.chance(0.7)
      ? [reference, draft.like(right)]
      : [draft.like([draft.size(), shape.at(-2)!]), reference];
  },
  einsum(draft: Draft): Arguments {
    const formula = draft.dice.pick(FORMULAS), sizes = new Map<string, number>();
    const sizeFor = (letter: string) => {
      if (!sizes.has(letter)) sizes.set(letter, draft.size());
      return sizes.get(letter)!;
    };
    const terms = formula.split("->")[0]!.split(",");
    return [formula, ...terms.map((term) => draft.like([...term].map(sizeFor)))];
  },
} as const satisfies Record<string, Generator>;
