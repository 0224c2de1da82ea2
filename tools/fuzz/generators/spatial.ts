/**
 * Arguments of convolutions and pooling.
 * @module
 */
import type { Arguments, Draft, Generator } from "./draft.ts";

/** Sizes of a convolution. */
function geometry(draft: Draft) {
  const { dice } = draft, rank = dice.pick([1, 1, 2, 2, 3]), groups = dice.pick([1, 1, 1, 2, 3]);
  const list = (from: number, to: number) => Array.from({ length: rank }, () => dice.between(from, to));
  const kernel = list(1, 3), space = kernel.map((size) => size + dice.below(6));
  return {
    rank,
    groups,
    batch: dice.pick([0, 1, 1, 2, 2, 3, 3]),
    channels: groups * dice.between(1, 4),
    outputs: groups * dice.between(1, 5),
    kernel,
    space,
    list,
  };
}

const pooling: Generator = (draft) => {
  const { rank, batch, channels, kernel, space } = geometry(draft);
  return [draft.like([batch, channels, ...space]), {
    size: kernel,
    stride: draft.dice.chance(0.5) ? kernel : Array.from({ length: rank }, () => draft.dice.between(1, 2)),
    padding: draft.dice.pick([0, "same", "valid"]),
  }];
};

const upsampling: Generator = (draft) => {
  const { batch, channels, space, rank } = geometry(draft);
  return [
    draft.like([batch, channels, ...space.slice(0, 2)]),
    Array.from({ length: Math.min(rank, 2) }, () => draft.dice.between(1, 3)),
  ];
};

/** Arguments by function. */
export const spatialGenerators = {
  conv(draft: Draft): Arguments {
    const { groups, batch, channels, outputs, kernel, space, list } = geometry(draft);
    const dilation = draft.dice.chance(0.7) ? 1 : 2, reach = kernel.map((size) => dilation * (size - 1) + 1);
    const padding = draft.dice.pick(["same", "valid", 1, list(0, 2)] as const);
    const wide = space.map((size, i) => Math.max(size, reach[i]!));
    return [draft.like([batch, channels, ...wide]), draft.like([outputs, channels / groups, ...kernel]), {
      stride: draft.dice.chance(0.5) ? 1 : list(1, 3),
      padding,
      dilation,
      groups,
    }];
  },
  convTranspose(draft: Draft): Arguments {
    const { groups, batch, channels, outputs, kernel, space, list } = geometry(draft);
    return [draft.like([batch, channels, ...space]), draft.like([channels, outputs / groups, ...kernel]), {
      stride: list(1, 3),
      dilation: draft.dice.pick([1, 1, 2]),
      groups,
    }];
  },
  convGeneral(draft: Draft): Arguments {
    const { rank, groups, batch, channels, outputs, kernel, space, list } = geometry(draft);
    const signs = (values: number[]) => values.map((value) => draft.dice.chance(0.3) ? -value : value);
    return [
      draft.like([groups, batch, channels, ...space]),
      draft.like([groups, outputs, channels, ...kernel]),
      {
        strides: signs(list(1, 3)),
        dilations: signs(list(1, 2)),
        spacings: list(1, 2),
        offsets: Array.from({ length: rank }, () => draft.dice.between(-3, 4)),
      },
      list(1, 6),
    ];
  },
  maxPool: pooling,
  avgPool: pooling,
  upsampleNearest: upsampling,
  upsampleLinear: upsampling,
} as const satisfies Record<string, Generator>;
