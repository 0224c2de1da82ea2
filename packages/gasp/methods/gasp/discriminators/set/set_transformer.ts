/**
 * The discriminator kind `set-transformer` (Lee et al., 2019; appendix B.2 of the paper):
 *
 *     MAB(X, Y) = norm(H + f(H)),  H = norm(X + attention(X, Y, Y))       f: an affine map and LeakyReLU
 *     ISAB(X) = MAB(X, MAB(I, X))                                         I: inducing points
 *     PMA(X) = MAB(S, f(X))                                               S: one seed
 *
 * @module
 */
import {
  getTensor,
  layerNorm,
  linear,
  multiHeadAttention,
  type StateDict,
  withoutPrefix,
} from "@gasp/autograd";
import { add, broadcastTo, leakyRelu, reshape, scope, type Tensor } from "@gasp/tensor";
import type { ModelConfig } from "../../../../config/run_settings.ts";
import { UserError } from "../../../../config/user_error.ts";
import type { Discriminator, DiscriminatorKind, SharedEvaluation } from "../core/discriminator.ts";
import { noTables } from "../core/no_tables.ts";
import { type SetTransformerConfig, setTransformerSchema } from "./config.ts";
import { perceptron } from "./deep_set.ts";
import { elementSize, encodeElements, SET_SLOPE, type SetPoints, ShapeList } from "./elements.ts";

/** The Set Transformer as a kind of discriminator. */
export const setTransformerKind: DiscriminatorKind<SetTransformerConfig> = {
  schema: setTransformerSchema,
  check({ channels, heads }, where) {
    if (channels % heads === 0) return;
    throw new UserError(
      `${where}: "model.discriminator.heads" is ${heads}, but must divide the ${channels} "channels"`,
    );
  },
  checkPoints() {},
  open: openSetTransformer,
};

/** The projections of an attention. */
const PROJECTIONS = ["query", "key", "value", "output"] as const;

function openSetTransformer(config: SetTransformerConfig, sizes: ModelConfig): Discriminator {
  const { channels, inducing, blocks, setLayers } = config, shapes = new ShapeList();
  const block = (name: string) => {
    for (const part of PROJECTIONS) shapes.affine(`${name}.${part}`, channels, channels);
    shapes.affine(`${name}.feed`, channels, channels);
    for (const norm of ["norm0", "norm1"]) shapes.norm(`${name}.${norm}`, channels);
  };
  const vectors = (name: string, count: number) => {
    shapes.params.set(name, [count, channels]);
    shapes.initial.set(name, { kind: "normal", deviation: 1 });
  };
  shapes.encodings(config, sizes);
  shapes.affine("embed", elementSize(config, sizes), channels);
  for (let i = 0; i < blocks; i++) {
    vectors(`blocks.${i}.inducing`, inducing);
    block(`blocks.${i}.read`);
    block(`blocks.${i}.write`);
  }
  vectors("pool.seed", 1);
  shapes.affine("pool.feed", channels, channels);
  block("pool.read");
  shapes.mlp("set", [channels, ...setLayers, 1]);
  return {
    shapes,
    tableBuilder: noTables,
    points: (coordinates): SetPoints => ({ coordinates }),
    evaluateShared: (): SharedEvaluation => ({ statistics: {} }),
    evaluate: (features, { params }, points) => ({
      logits: setTransformerLogits(encodeElements(features, points as SetPoints, params), params, config),
      statistics: {},
    }),
  };
}

/**
 * Computes the logits of sets.
 *
 * @param elements Encoded elements, `[batch, points, size]`.
 * @param params Parameters.
 * @param sizes Number of blocks and heads.
 * @returns `[batch, 1]`.
 */
export function setTransformerLogits(
  elements: Tensor,
  params: StateDict,
  { blocks, heads, channels }: Pick<SetTransformerConfig, "blocks" | "heads" | "channels">,
): Tensor {
  const batch = elements.shape[0]!;
  const affine = (x: Tensor, name: string) =>
    linear(x, getTensor(params, `${name}.weight`), getTensor(params, `${name}.bias`));
  const vectors = (name: string) => {
    const rows = getTensor(params, name);
    return broadcastTo(rows, [batch, ...rows.shape]);
  };
  const attend = (x: Tensor, y: Tensor, name: string) =>
    attentionBlock(x, y, withoutPrefix(params, `${name}.`), heads);

  let x = scope("discriminator/embed", () => affine(elements, "embed"));
  for (let i = 0; i < blocks; i++) {
    x = scope(`discriminator/blocks.${i}`, () => {
      return attend(x, attend(vectors(`blocks.${i}.inducing`), x, `blocks.${i}.read`), `blocks.${i}.write`);
    });
  }
  return scope("discriminator/pool", () => {
    const fed = leakyRelu(affine(x, "pool.feed"), SET_SLOPE);
    return perceptron(
      reshape(attend(vectors("pool.seed"), fed, "pool.read"), [batch, channels]),
      params,
      "set",
    );
  });
}

/** MAB(X, Y). */
function attentionBlock(x: Tensor, y: Tensor, params: StateDict, heads: number): Tensor {
  const map = (name: string) => ({
    weight: getTensor(params, `${name}.weight`),
    bias: getTensor(params, `${name}.bias`),
  });
  const [query, key, value, output] = PROJECTIONS.map(map);
  const attended = multiHeadAttention(
    x,
    y,
    { query: query!, key: key!, value: value!, output: output! },
    { heads },
  );
  const h = layerNorm(add(x, attended), map("norm0"));
  const feed = map("feed");
  return layerNorm(add(h, leakyRelu(linear(h, feed.weight, feed.bias), SET_SLOPE)), map("norm1"));
}
