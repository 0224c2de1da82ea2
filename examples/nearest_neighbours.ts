/**
 * Classifies handwritten digits by the digits that are nearest to them, pixel by pixel, with no training at all: a matrix
 * product for the distances, `topK` for the nearest, a sum of one-hot labels for the vote.
 *
 *     deno task run examples/nearest_neighbours.ts [KNOWN_DIGITS]
 *
 * Points of up to four coordinates are found faster with `nearestNeighbours` of `@gasp/pointconv`, which looks at few of them.
 *
 * @module
 */
import { mnistPackageImages } from "@gasp/datasets";
import { add, argmax, compile, equal, matmul, mul, oneHot, openDevice, permutation } from "@gasp/tensor";
import { cast, mean, square, sum, take, type Tensor, tensor, topK, transpose } from "@gasp/tensor";

const PIXELS = 28 * 28, K = 5, TESTED = 500;
const known = Number(Deno.args[0] ?? 4000);

const { pixels, labels, count } = await mnistPackageImages();
const order = permutation({ seed: 0, stream: "digits", step: 0 }, count);

/** Some digits as rows, and their classes. */
function digits(from: number, to: number): { images: Tensor; classes: Tensor } {
  const items = [...order.subarray(from, to)];
  const bytes = items.flatMap((item) => [...pixels.subarray(item * PIXELS, (item + 1) * PIXELS)]);
  return {
    images: tensor(Float32Array.from(bytes, (byte) => byte / 255), [items.length, PIXELS]),
    classes: tensor(Int32Array.from(items, (item) => labels![item]!)),
  };
}

type Digits = ReturnType<typeof digits>;

/** Squared distances but for the length of the query, which changes no order: |b|² - 2 a·b, `[queries, known]`. */
const distances = (queries: Tensor, images: Tensor): Tensor =>
  add(mul(matmul(queries, transpose(images)), -2), sum(square(images), { axes: 1 }));

function classify(queries: Tensor, { images, classes }: Digits): Tensor {
  const nearest = topK(distances(queries, images), K, { smallest: true }).indices; // [queries, K]
  const votes = sum(oneHot(take(classes, nearest), 10), { axes: 1 }); // [queries, 10]
  return argmax(votes, { axis: 1 });
}

await using device = await openDevice("wasm");
using accuracy = compile(
  (tested: Digits, known: Digits) => mean(cast(equal(classify(tested.images, known), tested.classes), "f32")),
  { device },
);
using right = await accuracy(digits(0, TESTED), digits(TESTED, TESTED + known));
console.log(`${(100 * await right.item()).toFixed(1)} % of ${TESTED} digits are right, ${known} were known`);
