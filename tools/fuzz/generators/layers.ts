/**
 * Arguments of layers and losses.
 * @module
 */
import { type Argument, Reference } from "../program/program.ts";
import type { Arguments, Draft, Generator } from "./draft.ts";

/** Positive numbers, for variances and counts. */
function positive(draft: Draft, shape: readonly number[]): Reference {
  return draft.leaf(shape, "f32", { kind: "positive", seed: draft.dice.below(2 ** 31) });
}

const rows = (draft: Draft) =>
  draft.any(["f32"], (x) => x.rank > 1 && x.size > 0 && x.size / x.shape.at(-1)! > 1, [
    draft.dice.between(2, 9),
    draft.dice.between(1, 7),
  ]);

const normed = (withBias: boolean): Generator => (draft) => {
  const { reference, tensor } = rows(draft), channels = [tensor.shape.at(-1)!];
  return [reference, { weight: draft.like(channels), ...withBias && { bias: draft.like(channels) } }];
};

const loss = (more: (draft: Draft) => Record<string, Argument> = () => ({})): Generator => (draft) => {
  const { reference, tensor } = draft.any(["f32"], (x) => x.size > 0, [4, 3]);
  return [reference, draft.like(tensor.shape), {
    reduction: draft.dice.pick(["mean", "sum", "none"]),
    ...more(draft),
  }];
};

/** Arguments by function of `@gasp/autograd`. */
export const layerGenerators = {
  batchNorm(draft: Draft): Arguments {
    const { reference, tensor } = rows(draft), channels = [tensor.shape.at(-1)!];
    return [reference, {
      weight: draft.like(channels),
      bias: draft.like(channels),
      runningMean: draft.like(channels),
      runningVar: positive(draft, channels),
    }, {
      mode: draft.dice.pick(["train", "train", "eval"]),
      ...draft.dice.chance(0.5) && { counts: positive(draft, tensor.shape.slice(0, -1)) },
      copies: draft.dice.between(1, 3),
      ...draft.dice.chance(0.3) && { inputBias: draft.like(channels) },
    }];
  },
  layerNorm: normed(true),
  rmsNorm: normed(false),
  groupNorm(draft: Draft): Arguments {
    const groups = draft.dice.between(1, 3), channels = groups * draft.dice.between(1, 3);
    return [draft.like([draft.dice.between(1, 3), channels, draft.dice.between(2, 5)]), {
      weight: draft.like([channels]),
      bias: draft.like([channels]),
    }, { groups }];
  },
  linear(draft: Draft): Arguments {
    const { reference, tensor } = draft.any(["f32"], (x) => x.rank > 0, draft.shape(1, 3)),
      out = draft.size();
    return [
      reference,
      draft.like([out, tensor.shape.at(-1)!]),
      ...draft.dice.chance(0.7) ? [draft.like([out])] : [],
    ];
  },
  scaledDotProductAttention(draft: Draft): Arguments {
    const batch = draft.dice.chance(0.5) ? [draft.dice.between(1, 3)] : [];
    const [queries, keys, channels, values] = [1, 2, 3, 4].map(() => draft.dice.between(1, 6));
    const causal = draft.dice.chance(0.4);
    return [
      draft.like([...batch, queries!, channels!]),
      draft.like([...batch, keys!, channels!]),
      draft.like([...batch, keys!, values!]),
      { causal, ...!causal && draft.dice.chance(0.4) && { mask: draft.like([queries!, keys!], "bool") } },
    ];
  },
  mseLoss: loss(),
  l1Loss: loss(),
  huberLoss: loss((draft) => ({ delta: draft.dice.pick([0.5, 1]) })),
  binaryCrossEntropyLoss: loss(),
  crossEntropyLoss(draft: Draft): Arguments {
    const [batch, classes] = [draft.dice.between(1, 5), draft.dice.between(1, 7)];
    return [draft.like([batch, classes]), draft.index([batch], classes), {
      labelSmoothing: draft.dice.pick([0, 0.1]),
    }];
  },
} as const satisfies Record<string, Generator>;

/**
 * Adds the state of a PointConv layer and the tables of random neighbours.
 *
 * @param draft The draft.
 * @returns Arguments of `pointConv`.
 */
export function pointConvArguments(draft: Draft): Arguments {
  const { dice } = draft,
    dimension = dice.between(1, 3),
    points = dice.between(2, 12),
    k = dice.between(1, Math.min(points, 4));
  const channelsIn = dice.between(1, 3),
    channelsOut = dice.between(1, 3),
    sizes = [dice.between(1, 4), dice.between(1, 4)];
  const params: Record<string, Argument> = {}, statistics: Record<string, Argument> = {};
  sizes.forEach((size, i) => {
    const affine = `weight_net.forward_layers.${3 * i}`, norm = `weight_net.forward_layers.${3 * i + 1}`;
    params[`${affine}.weight`] = draft.leaf([size, sizes[i - 1] ?? dimension, 1, 1]);
    for (const name of [`${affine}.bias`, `${norm}.weight`, `${norm}.bias`]) {
      params[name] = draft.leaf([size]);
    }
    statistics[`${norm}.running_mean`] = draft.leaf([size]);
    statistics[`${norm}.running_var`] = positive(draft, [size]);
  });
  params["linear.weight"] = draft.leaf([channelsOut, channelsIn * sizes[1]!]);
  params["linear.bias"] = draft.leaf([channelsOut]);
  const coordinates = draft.leaf([points, dimension], "f32", {
    kind: dice.pick(["clusters", "uniform", "grid"] as const),
    seed: dice.below(2 ** 31),
  });
  const step = () => new Reference(draft.steps.length - 1);
  draft.call("t.knn", [coordinates, coordinates, { k }]);
  const found = step();
  draft.call("t.invertIndex", [found, points]);
  const neighbours = step();
  draft.call("t.gather", [coordinates, neighbours]);
  const gathered = step();
  draft.call("t.expandDims", [coordinates, 1]);
  const centres = step();
  draft.call("t.sub", [gathered, centres]);
  draft.call("t.reshape", [step(), [points * k, dimension]]);
  const offsets = step();
  return [draft.like([points, dice.between(1, 3), channelsIn]), { params, statistics }, {
    neighbours,
    offsets,
  }, dice.pick(["train", "eval"])];
}
