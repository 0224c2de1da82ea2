import { assertEquals, assertThrows } from "@std/assert";
import { sum, type Tensor, tensor } from "@gasp/tensor";
import { checkGradients } from "../check.ts";
import { gradients } from "../gradients.ts";
import { assertNear, numbers } from "../testing.ts";
import {
  binaryCrossEntropyLoss,
  crossEntropyLoss,
  gaussianKl,
  huberLoss,
  l1Loss,
  mseLoss,
} from "./losses.ts";

const x = tensor(Float64Array.of(0.5, -1.5, 3, 0.25, 2, -0.75), [2, 3]);
const y = tensor(Float64Array.of(1, -1, -0.5, 0, 2.25, 1.5), [2, 3]);
const DIFFERENCES = [-0.5, -0.5, 3.5, 0.25, -0.25, -2.25];
const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

Deno.test("mseLoss(), l1Loss() and huberLoss() equal their formulas", async () => {
  const squares = DIFFERENCES.map((d) => d * d), sizes = DIFFERENCES.map(Math.abs);
  assertNear(await numbers(mseLoss(x, y)), [total(squares) / 6]);
  assertNear(await numbers(mseLoss(x, y, { reduction: "sum" })), [total(squares)]);
  assertNear(await numbers(mseLoss(x, y, { reduction: "none" })), squares);
  assertNear(await numbers(l1Loss(x, y)), [total(sizes) / 6]);
  const huber = sizes.map((d) => d <= 2 ? d * d / 2 : 2 * (d - 1));
  assertNear(await numbers(huberLoss(x, y, { delta: 2, reduction: "none" })), huber);
});

Deno.test("crossEntropyLoss() is the negative log-softmax of the class", async () => {
  const rows = [[0.5, -1.5, 3], [0.25, 2, -0.75]];
  const logs = rows.map((row) => row.map((v) => v - Math.log(total(row.map(Math.exp)))));
  const labels = tensor(Int32Array.of(2, 0));
  const expected = [-logs[0]![2]!, -logs[1]![0]!];
  assertNear(await numbers(crossEntropyLoss(x, labels, { reduction: "none" })), expected);
  assertNear(await numbers(crossEntropyLoss(x, labels)), [total(expected) / 2]);
  const smooth = expected.map((loss, i) => 0.7 * loss - 0.3 * total(logs[i]!) / 3);
  assertNear(await numbers(crossEntropyLoss(x, labels, { labelSmoothing: 0.3, reduction: "none" })), smooth);
  const shares = [[0.2, 0.3, 0.5], [0, 1, 0]];
  const soft = shares.map((row, i) => -total(row.map((share, c) => share * logs[i]![c]!)));
  const target = tensor(Float64Array.from(shares.flat()), [2, 3]);
  assertNear(await numbers(crossEntropyLoss(x, target, { reduction: "none" })), soft);
  const large = tensor(Float64Array.of(1000, 0, -1000), [1, 3]);
  assertNear(await numbers(crossEntropyLoss(large, tensor(Int32Array.of(1)))), [1000]);
});

Deno.test("binaryCrossEntropyLoss() is accurate for logits far from 0", async () => {
  const logits = tensor(Float64Array.of(0.5, -2, 40, -40));
  const yes = tensor([1, 0.25, 1, 1]);
  const plain = (p: number, t: number) => -t * Math.log(p) - (1 - t) * Math.log(1 - p);
  const expected = [
    plain(1 / (1 + Math.exp(-0.5)), 1),
    plain(1 / (1 + Math.exp(2)), 0.25),
    Math.exp(-40),
    40,
  ];
  const losses = await numbers(binaryCrossEntropyLoss(logits, yes, { reduction: "none" }));
  assertNear(losses, expected);
  assertNear([losses[2]! / Math.exp(-40)], [1]);
});

Deno.test("gaussianKl() is 0 for equal distributions and equals its formula for others", async () => {
  const p = { mean: x, logVariance: y }, q = { mean: y, logVariance: x };
  assertNear(await numbers(gaussianKl(p, p)), [0, 0]);
  const [mx, my] = [await numbers(x), await numbers(y)];
  const rows = (term: (i: number) => number) =>
    [0, 3].map((row) => total([0, 1, 2].map((i) => term(row + i))));
  const between = rows((i) =>
    0.5 * (mx[i]! - my[i]! + (Math.exp(my[i]!) + (mx[i]! - my[i]!) ** 2) / Math.exp(mx[i]!) - 1)
  );
  assertNear(await numbers(gaussianKl(p, q)), between);
  const standard = rows((i) => 0.5 * (Math.exp(my[i]!) + mx[i]! ** 2 - my[i]! - 1));
  assertNear(await numbers(gaussianKl(p)), standard);
});

Deno.test("losses have correct derivatives", async () => {
  const labels = tensor(Int32Array.of(2, 0)),
    shares = tensor(Float64Array.of(0.2, 0.3, 0.5, 0.1, 0.9, 0), [2, 3]);
  const losses: Record<string, (a: Tensor, b: Tensor) => Tensor> = {
    mse: (a, b) => mseLoss(a, b),
    l1: (a, b) => l1Loss(a, b, { reduction: "sum" }),
    huber: (a, b) => huberLoss(a, b, { delta: 2 }),
    classes: (a) => crossEntropyLoss(a, labels, { labelSmoothing: 0.1 }),
    probabilities: (a) => crossEntropyLoss(a, shares),
    binary: (a) => binaryCrossEntropyLoss(a, shares),
    divergence: (a, b) => gaussianKl({ mean: a, logVariance: b }, { mean: b, logVariance: a }),
  };
  for (const [name, loss] of Object.entries(losses)) {
    const { compared } = await checkGradients(loss, [x, y], { order: 2 });
    assertEquals(compared, 24, name);
  }
});

Deno.test("huberLoss() is a square where prediction and target agree", async () => {
  const same = tensor(Float64Array.from(await numbers(x)), [2, 3]);
  const [first] = gradients([huberLoss(x, same, { reduction: "sum" })], [x]);
  const [second] = gradients([sum(first!)], [x]);
  assertEquals([...await numbers(first!), ...await numbers(second!)], [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
});

Deno.test("losses reject shapes that would broadcast", () => {
  const column = tensor([[1], [2]]), row = tensor([1, 2]);
  for (const loss of [mseLoss, l1Loss, huberLoss, binaryCrossEntropyLoss]) {
    assertThrows(() => loss(column, row), RangeError, "of one shape, got [2, 1] and [2]");
  }
  assertThrows(() => crossEntropyLoss(x, tensor(Int32Array.of(1, 2, 0))), RangeError, "got [2, 3] and [3]");
  assertThrows(() => crossEntropyLoss(x, row), RangeError, "got [2, 3] and [2]");
  assertThrows(() => crossEntropyLoss(x, x, { labelSmoothing: 1 }), RangeError, "got 1");
  assertThrows(() => gaussianKl({ mean: x, logVariance: row }), RangeError, "got [2, 3] and [2]");
  assertThrows(() => huberLoss(x, y, { delta: 0 }), RangeError, "above 0, got 0");
});
