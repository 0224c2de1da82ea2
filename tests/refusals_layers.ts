/**
 * Calls that the layers, losses, optimisers and point functions must reject.
 * @module
 */
import * as nn from "@gasp/autograd";
import * as p from "@gasp/pointconv";
import * as t from "@gasp/tensor";
import { type Bad, type Entry, f32, i32, type Loose, table, vector, whole } from "./refusals.ts";

const loose = { ...nn, ...p } as unknown as Record<string, Loose>;
const random = nn.randomSource({ seed: 0, stream: "test" });
const NOTHING = (reason: string, ...names: readonly string[]) =>
  Object.fromEntries(names.map((name): [string, Entry] => [name, { nothing: reason }]));

/** Calls with values that are not tensors. */
function noTensor(call: (value: unknown) => unknown): Bad {
  return Object.fromEntries(
    [undefined, null, "x", [1, 2], new Float32Array(2), {}].map((value) => [
      `${Array.isArray(value) ? "an array" : String(value)} as tensor`,
      () => call(value),
    ]),
  );
}

/** Calls with numbers that must be finite and above a minimum. */
function number(what: string, call: (value: number) => unknown, more: readonly number[] = []): Bad {
  return Object.fromEntries([NaN, Infinity, ...more].map((value) => [`${what} ${value}`, () => call(value)]));
}

const channels = t.ones([3]), norm = { weight: channels, bias: channels };
const batch = { ...norm, runningMean: channels, runningVar: channels };
const train = { mode: "train" } as const;

const layers: Readonly<Record<string, Entry>> = {
  relu: noTensor((x) => loose.relu!(x)),
  linear: {
    ...noTensor((x) => loose.linear!(x, t.ones([2, 3]))),
    ...noTensor((w) => w === undefined ? loose.linear!(f32) : loose.linear!(f32, w)),
    "i32": () => nn.linear(t.cast(f32, "i32"), f32),
    "other sizes": () => nn.linear(f32, t.ones([2, 4])),
    "a weight of one axis": () => nn.linear(f32, channels),
    "a bias of another size": () => nn.linear(f32, f32, channels),
  },
  mlp: {
    ...noTensor((x) => loose.mlp!(x, [{ weight: f32 }], t.tanh)),
    "other sizes": () => nn.mlp(f32, [{ weight: t.ones([2, 4]) }], t.tanh),
    "no activation": () => loose.mlp!(f32, [{ weight: f32 }, { weight: t.ones([2, 2]) }]),
  },
  layerNorm: {
    ...noTensor((x) => loose.layerNorm!(x, norm)),
    "i32": () => nn.layerNorm(t.cast(f32, "i32"), norm),
    "other channels": () => nn.layerNorm(t.ones([2, 4]), norm),
    ...number("eps", (eps) => nn.layerNorm(f32, norm, { eps }), [-1]),
  },
  rmsNorm: {
    ...noTensor((x) => loose.rmsNorm!(x, norm)),
    "other channels": () => nn.rmsNorm(t.ones([2, 4]), norm),
    ...number("eps", (eps) => nn.rmsNorm(f32, norm, { eps }), [-1]),
  },
  groupNorm: {
    ...noTensor((x) => loose.groupNorm!(x, norm, { groups: 1 })),
    ...whole("groups", (groups) => nn.groupNorm(f32, norm, { groups }), [0, 2]),
    ...number("eps", (eps) => nn.groupNorm(f32, norm, { groups: 1, eps }), [-1]),
  },
  batchNorm: {
    ...noTensor((x) => loose.batchNorm!(x, batch, train)),
    "other channels": () => nn.batchNorm(t.ones([2, 4]), batch, train),
    "an unknown mode": () => loose.batchNorm!(f32, batch, { mode: "test" }),
    ...number("eps", (eps) => nn.batchNorm(f32, batch, { ...train, eps }), [-1]),
    ...number("momentum", (momentum) => nn.batchNorm(f32, batch, { ...train, momentum }), [-1, 2]),
    ...whole("copies", (copies) => nn.batchNorm(f32, batch, { ...train, copies }), [0]),
    "counts of i32": () => nn.batchNorm(f32, batch, { ...train, counts: t.ones([2], "i32") }),
    "other counts": () => nn.batchNorm(f32, batch, { ...train, counts: t.ones([3]) }),
  },
  scaledDotProductAttention: {
    ...noTensor((x) => loose.scaledDotProductAttention!(x, f32, f32)),
    "i32": () => nn.scaledDotProductAttention(t.cast(f32, "i32"), f32, f32),
    "other channels": () => nn.scaledDotProductAttention(f32, t.ones([2, 4]), f32),
    "a mask of f32": () => nn.scaledDotProductAttention(f32, f32, f32, { mask: t.ones([2, 2]) }),
    ...number("scale", (scale) => nn.scaledDotProductAttention(f32, f32, f32, { scale })),
  },
  embedding: {
    ...noTensor((x) => loose.embedding!(x, f32)),
    ...noTensor((x) => loose.embedding!(i32, x)),
    "an index of f32": () => nn.embedding(vector, f32),
    "an index beyond the table": () => nn.embedding(i32, f32),
    "a table of one axis": () => nn.embedding(i32, vector),
  },
  convLayer: {
    ...noTensor((x) => loose.convLayer!(x, { weight: t.ones([2, 2, 3, 3]) })),
    "a bias of another size": () =>
      nn.convLayer(t.ones([1, 2, 4, 4]), { weight: t.ones([2, 2, 3, 3]), bias: channels }),
  },
  convTransposeLayer: {
    ...noTensor((x) => loose.convTransposeLayer!(x, { weight: t.ones([2, 2, 3, 3]) })),
    "a bias of another size": () =>
      nn.convTransposeLayer(t.ones([1, 2, 4, 4]), { weight: t.ones([2, 2, 3, 3]), bias: channels }),
  },

  ...Object.fromEntries(["mseLoss", "l1Loss", "huberLoss", "binaryCrossEntropyLoss"].map((name) => [name, {
    ...noTensor((x) => loose[name]!(x, f32)),
    "i32": () => loose[name]!(t.cast(f32, "i32"), t.cast(f32, "i32")),
    "other shapes": () => loose[name]!(f32, t.ones([2, 1])),
  }])),
  crossEntropyLoss: {
    ...noTensor((x) => loose.crossEntropyLoss!(x, i32)),
    "classes of f32": () => nn.crossEntropyLoss(f32, t.ones([2])),
    "another number of classes": () => nn.crossEntropyLoss(f32, i32),
    "logits of i32": () => nn.crossEntropyLoss(t.cast(f32, "i32"), t.zeros([2], "i32")),
  },
  gaussianKl: {
    ...noTensor((x) => loose.gaussianKl!(x, f32)),
    "other shapes": () => nn.gaussianKl({ mean: f32, logVariance: vector }),
  },

  initLinear: {
    ...whole("in", (n) => nn.initLinear(random, n, 2), [0]),
    ...whole("out", (n) => nn.initLinear(random, 2, n)),
  },
  initMlp: whole("size", (n) => nn.initMlp(random, [2, n, 2]), [0]),
  initBatchNorm: whole("channels", (n) => nn.initBatchNorm(n)),
  initNorm: whole("channels", (n) => nn.initNorm(n)),
  initEmbedding: {
    ...whole("rows", (n) => nn.initEmbedding(random, n, 2)),
    ...whole("channels", (n) => nn.initEmbedding(random, 2, n)),
  },
  initConv: {
    ...whole("channels", (n) => nn.initConv(random, n, 2, [3]), [0]),
    ...whole("outputs", (n) => nn.initConv(random, 2, n, [3])),
    ...whole("kernel", (n) => nn.initConv(random, 2, 2, [n]), [0]),
    ...whole("groups", (n) => nn.initConv(random, 2, 2, [3], n), [0, 3]),
  },
  ...Object.fromEntries(
    ["xavierUniform", "xavierNormal", "kaimingUniform", "kaimingNormal", "orthogonal"].map((
      name,
    ) => [name, {
      "one axis": () => loose[name]!(random, [3]),
      ...whole("size", (n) => loose[name]!(random, [2, n]), [0]),
      ...(name.startsWith("kaiming")
        ? number("slope", (slope) => loose[name]!(random, [2, 2], { slope }))
        : number("gain", (gain) => loose[name]!(random, [2, 2], { gain }))),
    }]),
  ),

  ...Object.fromEntries(["sgd", "adam", "adamW", "rmsprop", "lion"].map((name) => [
    name,
    number("learning rate", (learningRate) => loose[name]!({ learningRate }), [-1]),
  ])),
  clipByGlobalNorm: {
    "a limit of NaN": () => nn.clipByGlobalNorm({ a: f32 }, NaN),
    "a negative limit": () => nn.clipByGlobalNorm({ a: f32 }, -1),
  },
  linearWarmup: whole("steps", (n) => nn.linearWarmup(1, { steps: n }), [0]),
};

const points = t.zeros([4, 2]), features = t.ones([4, 1, 3]);
const cloud = { coordinates: points, clouds: 1, points: 4 };

const pointFunctions: Readonly<Record<string, Entry>> = {
  pointSet: {
    ...whole("points", (n) => p.pointSet(new Float32Array(4), [n, 2]), [0]),
    "NaN": () => p.pointSet(Float32Array.of(NaN, 0), [1, 2]),
    "Infinity": () => p.pointSet(Float32Array.of(Infinity, 0), [1, 2]),
    "too few coordinates": () => p.pointSet(new Float32Array(3), [2, 2]),
  },
  layerIndices: {
    ...whole("points", (n) => p.layerIndices(cloud, [{ points: n, neighbours: 1 }]), [0, 5]),
    ...whole("neighbours", (n) => p.layerIndices(cloud, [{ points: 4, neighbours: n }]), [0, 5]),
    "a radius of NaN": () => p.layerIndices(cloud, [{ points: 4, neighbours: 1, radius: NaN }]),
    "a norm of NaN": () => p.layerIndices(cloud, [{ points: 4, neighbours: 1 }], { norm: NaN }),
    "a start beyond the points": () => p.layerIndices(cloud, [{ points: 2, neighbours: 1 }], { start: 4 }),
    "other clouds": () => p.layerIndices({ ...cloud, clouds: 3 }, [{ points: 2, neighbours: 1 }]),
  },
  tracedTables: {
    ...whole("points", (n) => p.tracedTables(cloud, [{ points: n, neighbours: 1 }]), [0, 5]),
    ...whole("neighbours", (n) => p.tracedTables(cloud, [{ points: 4, neighbours: n }]), [0, 5]),
  },
  pointPool: {
    ...noTensor((x) => loose.pointPool!(x, { neighbours: table })),
    "another number of points": () => p.pointPool(features, { neighbours: table }),
    "i32": () => p.pointPool(t.ones([2, 1, 3], "i32"), { neighbours: t.indexTable([0, 1], [2, 1], 2) }),
  },
  toPointMajor: {
    ...noTensor((x) => loose.toPointMajor!(x, "shared")),
    "two axes": () => p.toPointMajor(f32, "shared"),
  },
  toBatchMajor: {
    ...noTensor((x) => loose.toBatchMajor!(x, 2)),
    "two axes": () => p.toBatchMajor(f32, 2),
    ...whole("points", (n) => p.toBatchMajor(features, n), [0, 3]),
  },
  initPointConv: {
    ...whole(
      "dimension",
      (dimension) => p.initPointConv(random, { dimension, channelsIn: 1, channelsOut: 1 }),
      [0],
    ),
    ...whole("channels", (n) => p.initPointConv(random, { dimension: 2, channelsIn: n, channelsOut: 1 }), [
      0,
    ]),
    ...whole("outputs", (n) => p.initPointConv(random, { dimension: 2, channelsIn: 1, channelsOut: n }), [0]),
  },
  neighbourhoodFrom: {
    "an index beyond the points": () =>
      p.neighbourhoodFrom(p.pointSet(new Float32Array(4), [2, 2]), undefined, Int32Array.of(0, 2), 1),
    "too few neighbours": () =>
      p.neighbourhoodFrom(p.pointSet(new Float32Array(4), [2, 2]), undefined, Int32Array.of(0), 1),
  },
};

/** Entries of the functions of `@gasp/autograd` and `@gasp/pointconv`. */
export const layerRefusals: Readonly<Record<string, Entry>> = {
  ...layers,
  ...pointFunctions,
  ...NOTHING(
    "gradients are tested in gradients_test.ts, transform_test.ts and check_test.ts",
    ...["grad", "gradients", "valueAndGrad", "vjp", "jvp", "hvp", "checkGradients", "testDirection"],
  ),
  ...NOTHING(
    "it is tested beside its file",
    ...[
      "adamStepSizes",
      "adamUpdate",
      "emaUpdate",
      "globalNorm",
      "multiHeadAttention",
      "initMultiHeadAttention",
    ],
    ...["getTensor", "withPrefix", "withoutPrefix", "applyBatchNorm", "repeatRunningUpdate", "randomSource"],
    ...["constantRate", "cosineDecay", "exponentialDecay", "linearDecay", "stepDecay"],
    ...["findNeighbourhoods", "neighbourhoodSearch", "nearestNeighbours", "withinRadius", "farthestPoints"],
    ...["cloudOf", "curveOrder", "mergeEqualClouds", "takeRows"],
    ...["convTables", "countDistinctOffsets", "poolTables", "tracedConvTables", "tracedPoolTables"],
    ...["convolve", "pointConv", "project", "sumNeighbours", "weightNet", "initWeightNet"],
    ...["countCovering", "nearestRows", "squaredDistance", "visitDistances"],
  ),
};
