/**
 * A classifier of digits that judges samples: a perceptron 784-256-128-10, trained on real digits that are moved by up to
 * a pixel at each step. It is built on the project's own packages, and is no part of what it judges.
 *
 * @module
 */
import {
  type AdamStepSizes,
  adamStepSizes,
  adamUpdate,
  initMlp,
  type LinearParams,
  mlp,
  randomSource,
  relu,
  valueAndGrad,
} from "@gasp/autograd";
import { batchOrder, type ImageSet } from "@gasp/datasets";
import {
  compile,
  type Device,
  disposeTree,
  div,
  exp,
  log,
  max,
  mean,
  mul,
  randomIntegers,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tensor,
  treeLeaves,
  treeMap,
  treeUnflatten,
} from "@gasp/tensor";

/** Number of classes. */
export const CLASSES = 10;

const SIZE = 28;
const PIXELS = SIZE * SIZE;
const WIDTHS = [PIXELS, 256, 128, CLASSES];
/** Decay rates of Adam. */
const BETAS = [0.9, 0.999] as const;
/** Samples that are classified at a time. */
const CHUNK = 250;

/** Parameters of the classifier; the weights are `[out, in]`. */
export type DigitClassifier = readonly Required<LinearParams>[];

/** How the classifier is trained. */
export interface ClassifierTraining {
  /** Times that each digit is seen. */
  readonly epochs: number;
  /** Digits in a step. */
  readonly batch: number;
  /** Learning rate at the start; it falls to 0 along half a cosine. */
  readonly learningRate: number;
  /** Most pixels by which a digit is moved, along each axis. */
  readonly shift: number;
  /** Seed of the first weights, the order and the moves. */
  readonly seed: number;
}

/** Settings that reach more than 97 % on held-out digits. */
export const CLASSIFIER_TRAINING: ClassifierTraining = {
  epochs: 30,
  batch: 100,
  learningRate: 2e-3,
  shift: 1,
  seed: 0,
};

/** Logits of the classes for values in [-1, 1], `[batch, 784]`. */
function logits(classifier: DigitClassifier, values: Tensor): Tensor {
  return mlp(values, classifier, relu);
}

/** Logits with the largest of each row at 0, so that no exponential overflows. */
function shifted(rows: Tensor): Tensor {
  return sub(rows, stopGradient(max(rows, { axes: 1, keepDims: true })));
}

/** Mean of `-log p` of the right class; `targets` holds a 1 for it in each row of zeros. */
function crossEntropy(rows: Tensor, targets: Tensor): Tensor {
  const safe = shifted(rows);
  return mean(sub(log(sum(exp(safe), { axes: 1 })), sum(mul(safe, targets), { axes: 1 })));
}

/** Digits of a step, each moved, as values in [-1, 1] with background where nothing came from; and their classes. */
function batchOf(
  images: ImageSet,
  labels: Uint8Array,
  items: Uint32Array,
  step: number,
  training: ClassifierTraining,
) {
  const { shift, seed } = training;
  const moves = randomIntegers({ seed, stream: "classifier moves", step }, 2 * items.length, 2 * shift + 1);
  const values = new Float32Array(items.length * PIXELS).fill(-1);
  const targets = new Float32Array(items.length * CLASSES);
  items.forEach((item, row) => {
    targets[row * CLASSES + labels[item]!] = 1;
    const down = moves[2 * row]! - shift, right = moves[2 * row + 1]! - shift;
    for (let y = Math.max(0, down); y < Math.min(SIZE, SIZE + down); y++) {
      for (let x = Math.max(0, right); x < Math.min(SIZE, SIZE + right); x++) {
        const pixel = images.pixels[item * PIXELS + (y - down) * SIZE + x - right]!;
        values[row * PIXELS + y * SIZE + x] = pixel / 127.5 - 1;
      }
    }
  });
  return {
    values: tensor(values, [items.length, PIXELS]),
    targets: tensor(targets, [items.length, CLASSES]),
  };
}

/**
 * Trains a classifier.
 *
 * @param images Labelled digits of 28×28.
 * @param target Where to compute.
 * @param training Settings.
 * @param onEpoch Called after each epoch with its number, from 1, and the loss of its last step.
 * @returns Parameters on the host.
 * @throws {RangeError} If the digits have no labels or another size.
 */
export async function trainClassifier(
  images: ImageSet,
  target: Device,
  training: ClassifierTraining = CLASSIFIER_TRAINING,
  onEpoch: (epoch: number, loss: number) => void = () => {},
): Promise<DigitClassifier> {
  const { labels, count, height, width } = images;
  if (labels === undefined || height !== SIZE || width !== SIZE) {
    throw new RangeError(`The classifier is trained on labelled digits of ${SIZE}×${SIZE}.`);
  }
  const { seed, batch, epochs, learningRate } = training;
  const stepsPerEpoch = Math.ceil(count / batch), steps = epochs * stepsPerEpoch;
  const order = batchOrder({ seed, batch, items: count });
  let params: DigitClassifier = initMlp(randomSource({ seed, stream: "classifier" }), WIDTHS);
  let moments: Moments = { m: zerosLikeTree(params), v: zerosLikeTree(params) };
  const lossAndGradient = valueAndGrad((params: DigitClassifier, values: Tensor, targets: Tensor) =>
    crossEntropy(logits(params, values), targets)
  );
  const step = compile(
    (
      params: DigitClassifier,
      moments: Moments,
      sizes: AdamStepSizes,
      values: Tensor,
      targets: Tensor,
    ) => {
      const { value: loss, gradient } = lossAndGradient(params, values, targets);
      return { ...updated(params, gradient, moments, sizes), loss };
    },
    { device: target, donateArgnums: [0, 1] },
  );
  for (let number = 0; number < steps; number++) {
    const { values, targets } = batchOf(images, labels, order.indices(number), number, training);
    const rate = learningRate * 0.5 * (1 + Math.cos(Math.PI * number / steps));
    const result = await step(params, moments, adamStepSizes(number + 1, rate, BETAS), values, targets);
    ({ params, moments } = result);
    if ((number + 1) % stepsPerEpoch === 0) {
      onEpoch((number + 1) / stepsPerEpoch, (await result.loss.data())[0]!);
    }
    result.loss.dispose();
  }
  const trained = await onHost(params);
  disposeTree({ params, moments });
  step.release();
  return trained;
}

/** Moments of Adam. */
type Moments = { readonly m: DigitClassifier; readonly v: DigitClassifier };

function zerosLikeTree(params: DigitClassifier): DigitClassifier {
  return treeMap(params, ({ size, shape }) => tensor(new Float32Array(size), shape));
}

/** A step of Adam whose sizes were computed in double precision, on which the published scores depend. */
function updated(
  params: DigitClassifier,
  gradient: DigitClassifier,
  moments: Moments,
  sizes: AdamStepSizes,
): { params: DigitClassifier; moments: Moments } {
  const [gradients, m, v] = [gradient, moments.m, moments.v].map(treeLeaves) as [
    Tensor[],
    Tensor[],
    Tensor[],
  ];
  const next = treeLeaves(params).map((param, i) =>
    adamUpdate(param, gradients[i]!, m[i]!, v[i]!, sizes, { betas: BETAS })
  );
  const tree = (name: "param" | "m" | "v") => treeUnflatten(params, next.map((leaf) => leaf[name]));
  return { params: tree("param"), moments: { m: tree("m"), v: tree("v") } };
}

async function onHost(classifier: DigitClassifier): Promise<DigitClassifier> {
  const data = new Map<Tensor, Tensor>();
  for (const leaf of treeLeaves(classifier)) {
    data.set(leaf, tensor(Float32Array.from(await leaf.data()), leaf.shape));
  }
  return treeMap(classifier, (leaf) => data.get(leaf)!);
}

/**
 * Probabilities of the classes.
 *
 * @param classifier A trained classifier.
 * @param values Pictures in [-1, 1], `[samples, 784]`.
 * @param target Where to compute.
 * @returns `[samples, 10]`.
 */
export async function classify(
  classifier: DigitClassifier,
  values: Float32Array,
  target: Device,
): Promise<Float32Array> {
  const count = values.length / PIXELS;
  const probabilities = new Float32Array(count * CLASSES);
  const program = compile((values: Tensor) => {
    const weights = exp(shifted(logits(classifier, values)));
    return div(weights, sum(weights, { axes: 1, keepDims: true }));
  }, { device: target });
  const size = Math.min(CHUNK, count);
  // The last chunk begins earlier where the samples are no multiple, so that one program serves all.
  for (let next = 0; next < count; next += size) {
    const first = Math.min(next, count - size);
    const chunk = tensor(values.slice(first * PIXELS, (first + size) * PIXELS), [size, PIXELS]);
    const result = await program(chunk);
    probabilities.set(await result.data(), first * CLASSES);
    result.dispose();
  }
  program.release();
  return probabilities;
}

/**
 * The part of digits whose likeliest class is their label.
 *
 * @param probabilities `[samples, 10]`.
 * @param labels `[samples]`.
 */
export function accuracy(probabilities: Float32Array, labels: Uint8Array): number {
  let right = 0;
  labels.forEach((label, row) => {
    const own = probabilities.subarray(row * CLASSES, (row + 1) * CLASSES);
    if (own.every((probability) => probability <= own[label]!)) right++;
  });
  return right / labels.length;
}
