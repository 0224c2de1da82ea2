/**
 * The Inception network of the FID: Inception-v3 (Szegedy et al., Rethinking the Inception Architecture for Computer Vision,
 * 2016) as trained in 2015, whose average pooling ignores padding and whose last block pools by the maximum. Layers have the
 * names of PyTorch's implementations; all widths follow from the weights.
 *
 * @module
 */
import { add, avgPool, concatenate, conv, div, maxPool, mean, ones, relu, type Tensor } from "@gasp/tensor";

/** A convolution with its batch norm folded in: weights `[out, in, height, width]`, bias `[out, 1, 1]`. */
export type FoldedConv = {
  /** Weights. */
  readonly weight: Tensor;
  /** Bias. */
  readonly bias: Tensor;
};

/** Convolutions by name, such as `Mixed_5b.branch1x1`. */
export type InceptionWeights = { readonly [name: string]: FoldedConv };

/** Convolution within a block or the stem: stride 1 and "same" padding, unless it reduces the picture. */
type Apply = (x: Tensor, ...names: string[]) => Tensor;
type Block = (x: Tensor, same: Apply, valid: Apply) => Tensor[];

/** Average of 3×3 neighbours inside the picture. */
function averaged(x: Tensor): Tensor {
  const options = { size: 3, stride: 1, padding: 1 };
  return div(avgPool(x, options), avgPool(ones([1, 1, ...x.shape.slice(2)]), options));
}

const reduced = (x: Tensor): Tensor => maxPool(x, { size: 3, stride: 2 });

const blockA: Block = (x, same) => [
  same(x, "branch1x1"),
  same(x, "branch5x5_1", "branch5x5_2"),
  same(x, "branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"),
  same(averaged(x), "branch_pool"),
];

const blockB: Block = (x, same, valid) => [
  valid(x, "branch3x3"),
  valid(same(x, "branch3x3dbl_1", "branch3x3dbl_2"), "branch3x3dbl_3"),
  reduced(x),
];

const blockC: Block = (x, same) => [
  same(x, "branch1x1"),
  same(x, "branch7x7_1", "branch7x7_2", "branch7x7_3"),
  same(x, "branch7x7dbl_1", "branch7x7dbl_2", "branch7x7dbl_3", "branch7x7dbl_4", "branch7x7dbl_5"),
  same(averaged(x), "branch_pool"),
];

const blockD: Block = (x, same, valid) => [
  valid(same(x, "branch3x3_1"), "branch3x3_2"),
  valid(same(x, "branch7x7x3_1", "branch7x7x3_2", "branch7x7x3_3"), "branch7x7x3_4"),
  reduced(x),
];

const blockE = (pool: (x: Tensor) => Tensor): Block => (x, same) => {
  const single = same(x, "branch3x3_1"), double = same(x, "branch3x3dbl_1", "branch3x3dbl_2");
  return [
    same(x, "branch1x1"),
    same(single, "branch3x3_2a"),
    same(single, "branch3x3_2b"),
    same(double, "branch3x3dbl_3a"),
    same(double, "branch3x3dbl_3b"),
    same(pool(x), "branch_pool"),
  ];
};

/** Blocks by name, in order. */
const BLOCKS: readonly (readonly [name: string, block: Block])[] = [
  ["Mixed_5b", blockA],
  ["Mixed_5c", blockA],
  ["Mixed_5d", blockA],
  ["Mixed_6a", blockB],
  ["Mixed_6b", blockC],
  ["Mixed_6c", blockC],
  ["Mixed_6d", blockC],
  ["Mixed_6e", blockC],
  ["Mixed_7a", blockD],
  ["Mixed_7b", blockE(averaged)],
  ["Mixed_7c", blockE((x) => maxPool(x, { size: 3, stride: 1, padding: 1 }))],
];

/** Output channels of the network: the widths of the last block's branches. */
const LAST = [
  "branch1x1",
  "branch3x3_2a",
  "branch3x3_2b",
  "branch3x3dbl_3a",
  "branch3x3dbl_3b",
  "branch_pool",
];

/**
 * Returns the dimension of the features; 2,048 for the standard weights.
 *
 * @param weights Folded weights.
 */
export function inceptionWidth(weights: InceptionWeights): number {
  return LAST.reduce((sum, name) => sum + weights[`Mixed_7c.${name}`]!.weight.shape[0]!, 0);
}

/** Names of all convolutions, in the order of the network. */
export const INCEPTION_LAYERS: readonly string[] = namesOf();

/** Collects the names by tracing the structure alone. */
function namesOf(): string[] {
  const names = ["Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "Conv2d_3b_1x1", "Conv2d_4a_3x3"];
  const picture = ones([1, 1, 9, 9]);
  for (const [block, build] of BLOCKS) {
    const record: Apply = (x, ...layers) => {
      names.push(...layers.map((layer) => `${block}.${layer}`));
      return x;
    };
    build(picture, record, record);
  }
  return names;
}

/**
 * Evaluates the network up to its last average pooling.
 *
 * @param weights Folded weights.
 * @param pictures Values in [-1, 1], `[batch, 3, height, width]`; 299×299 in the FID, at least 75×75.
 * @returns Features, `[batch, width]`.
 */
export function inceptionFeaturesOf(weights: InceptionWeights, pictures: Tensor): Tensor {
  const layer = (x: Tensor, name: string, stride: number, isPadded: boolean) => {
    const { weight, bias } = weights[name]!;
    const padding = isPadded ? weight.shape.slice(2).map((size) => (size - 1) / 2) : 0;
    return relu(add(conv(x, weight, { stride, padding }), bias));
  };
  let x = layer(pictures, "Conv2d_1a_3x3", 2, false);
  x = layer(x, "Conv2d_2a_3x3", 1, false);
  x = reduced(layer(x, "Conv2d_2b_3x3", 1, true));
  x = layer(x, "Conv2d_3b_1x1", 1, false);
  x = reduced(layer(x, "Conv2d_4a_3x3", 1, false));
  for (const [block, build] of BLOCKS) {
    const same: Apply = (x, ...names) => names.reduce((x, name) => layer(x, `${block}.${name}`, 1, true), x);
    const valid: Apply = (x, ...names) =>
      names.reduce((x, name) => layer(x, `${block}.${name}`, 2, false), x);
    x = concatenate(build(x, same, valid), 1);
  }
  return mean(x, { axes: [2, 3] });
}
