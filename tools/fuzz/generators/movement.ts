/**
 * Arguments of creation and of operations that move elements.
 * @module
 */
import { type DType, sizeOf, type Tensor } from "@gasp/tensor";
import type { Arguments, Draft, Generator } from "./draft.ts";
import { unary } from "./elementwise.ts";

const ALL: readonly DType[] = ["f32", "i32", "u32", "bool"];
const some = unary(ALL);
const withAxes = (x: Tensor) => x.rank > 0;

/** A factorisation of a size in random order. */
function factors(draft: Draft, size: number): number[] {
  if (size === 0) return draft.dice.chance(0.5) ? [0] : [3, 0];
  const list: number[] = [];
  let left = size;
  for (let divisor = 2; divisor * divisor <= left; divisor++) {
    while (left % divisor === 0) {
      list.push(divisor);
      left /= divisor;
    }
  }
  if (left > 1) list.push(left);
  const groups = Array.from({ length: draft.dice.between(1, 4) }, () => 1);
  for (const factor of list) groups[draft.dice.below(groups.length)]! *= factor;
  return groups;
}

/** Arguments by function. */
export const movementGenerators = {
  scalar: (
    draft: Draft,
  ): Arguments => [draft.dice.pick([0, 1, 2, 3]), draft.dice.pick(["f32", "i32", "u32"] as const)],
  full: (
    draft: Draft,
  ): Arguments => [
    draft.shape(),
    draft.dice.pick([0, 1, 3]),
    draft.dice.pick(["f32", "i32", "u32"] as const),
  ],
  zeros: (draft: Draft): Arguments => [draft.shape(), draft.dice.pick(ALL)],
  ones: (draft: Draft): Arguments => [draft.shape(), draft.dice.pick(ALL)],
  zerosLike: some,
  onesLike: some,
  arange: (draft: Draft): Arguments =>
    draft.dice.chance(0.5)
      ? [draft.size()]
      : [draft.dice.between(-3, 3), draft.dice.between(4, 20), draft.dice.pick([1, 2, 0.5])],
  linspace: (draft: Draft): Arguments => [-1, draft.dice.pick([1, 2.5]), draft.size()],
  eye: (
    draft: Draft,
  ): Arguments => [draft.size(), draft.size(), draft.dice.between(-2, 2), draft.dice.pick(ALL)],
  oneHot: (
    draft: Draft,
  ): Arguments => [draft.any(["i32", "u32"]).reference, draft.dice.between(1, 7), draft.dice.pick(ALL)],
  identity: some,
  stopGradient: some,
  reshape(draft: Draft): Arguments {
    const { reference, tensor: { size } } = draft.any(ALL);
    return [reference, factors(draft, size)];
  },
  transpose(draft: Draft): Arguments {
    const { reference, tensor: { shape } } = draft.any(ALL, (x) => x.rank > 1, draft.shape(2, 4));
    return [reference, draft.dice.shuffled(shape.map((_, axis) => axis))];
  },
  broadcastTo(draft: Draft): Arguments {
    const { reference, tensor: { shape } } = draft.any(ALL, (x) => x.rank === 0 || x.shape.includes(1));
    const lead = draft.dice.chance(0.5) ? [draft.size()] : [];
    return [reference, [...lead, ...shape.map((size) => (size === 1 ? draft.size() : size))]];
  },
  expandDims(draft: Draft): Arguments {
    const { reference, tensor: { rank } } = draft.any(ALL);
    return [reference, draft.dice.between(-rank - 1, rank)];
  },
  squeeze: (draft: Draft): Arguments => [draft.any(ALL, (x) => x.shape.includes(1), [3, 1]).reference],
  slice(draft: Draft): Arguments {
    const { reference, tensor: { shape } } = draft.any(ALL, withAxes, draft.shape(1, 4));
    // Off by one at either end, or anywhere
    const starts = shape.map((size) =>
      Math.min(draft.dice.pick([0, 0, 0, 1, 1, draft.dice.below(size + 1)]), Math.max(0, size - 1))
    );
    const ends = shape.map((size, i) =>
      Math.max(
        starts[i]!,
        draft.dice.pick([size, size, size, size - 1, draft.dice.between(starts[i]!, size)]),
      )
    );
    return [reference, starts, ends, shape.map(() => draft.dice.pick([1, 1, 1, 1, 2, 3]))];
  },
  pad(draft: Draft): Arguments {
    const { reference, tensor: { shape } } = draft.any(ALL, withAxes, draft.shape(1, 4));
    const amount = () => draft.dice.pick([0, 0, 1, 2]);
    return [reference, shape.map(amount), shape.map(amount)];
  },
  flip(draft: Draft): Arguments {
    const { reference, tensor } = draft.any(ALL, withAxes, draft.shape(1, 4));
    return [reference, draft.axes(tensor)];
  },
  roll(draft: Draft): Arguments {
    const { reference, tensor } = draft.any(ALL, withAxes, draft.shape(1, 4));
    return [reference, draft.dice.between(-5, 5), draft.axis(tensor)];
  },
  tile(draft: Draft): Arguments {
    const { reference, tensor: { shape } } = draft.any(ALL);
    return [reference, [...draft.dice.chance(0.3) ? [2] : [], ...shape.map(() => draft.dice.between(1, 3))]];
  },
  repeat(draft: Draft): Arguments {
    const { reference, tensor } = draft.any(ALL, withAxes, draft.shape(1, 4));
    return [reference, draft.dice.between(0, 3), draft.axis(tensor)];
  },
  concatenate(draft: Draft): Arguments {
    const { reference, tensor: { shape, dtype, rank } } = draft.any(ALL, withAxes, draft.shape(1, 4));
    const axis = draft.dice.below(rank);
    const others = Array.from(
      { length: draft.dice.between(0, 3) },
      () => draft.like(shape.with(axis, draft.size()), dtype),
    );
    return [draft.dice.shuffled([reference, ...others]), axis];
  },
  stack(draft: Draft): Arguments {
    const { reference, tensor: { shape, dtype, rank } } = draft.any(ALL);
    const others = Array.from({ length: draft.dice.between(0, 2) }, () => draft.like(shape, dtype));
    return [[reference, ...others], draft.dice.between(-rank - 1, rank)];
  },
  split(draft: Draft): Arguments {
    const { reference, tensor: { shape, rank } } = draft.any(ALL, (x) => x.shape.some((size) => size > 1), [
      4,
      3,
    ]);
    const axis = draft.dice.pick(shape.flatMap((size, i) => (size > 1 ? [i] : []))),
      first = draft.dice.between(1, shape[axis]! - 1);
    return [reference, [first, shape[axis]! - first], draft.dice.chance(0.5) ? axis : axis - rank];
  },
  diagonal(draft: Draft): Arguments {
    return [draft.any(ALL, (x) => x.rank > 1, draft.shape(2, 3)).reference, draft.dice.between(-2, 2)];
  },
  tril(draft: Draft): Arguments {
    return [draft.any(ALL, (x) => x.rank > 1, draft.shape(2, 3)).reference, draft.dice.between(-2, 2)];
  },
  triu(draft: Draft): Arguments {
    return [draft.any(ALL, (x) => x.rank > 1, draft.shape(2, 3)).reference, draft.dice.between(-2, 2)];
  },
  trace(draft: Draft): Arguments {
    return [
      draft.any(["f32", "i32", "u32"], (x) => x.rank > 1, draft.shape(2, 3)).reference,
      draft.dice.between(-1, 1),
    ];
  },
  unfold(draft: Draft): Arguments {
    const { reference, tensor: { shape } } = draft.any(
      ALL,
      (x) => sizeOf(x.shape) > 0 && x.rank > 0 && x.rank < 5,
      [5, 3],
    );
    const axis = draft.dice.below(shape.length), size = draft.dice.between(1, Math.min(3, shape[axis]!));
    return [reference, {
      axis,
      size,
      step: draft.dice.between(1, 2),
      dilation: size * 2 - 1 <= shape[axis]! ? draft.dice.between(1, 2) : 1,
    }];
  },
} as const satisfies Record<string, Generator>;
