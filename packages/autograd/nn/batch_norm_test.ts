import { assertEquals, assertThrows } from "@std/assert";
import {
  add,
  concatenate,
  expandDims,
  gather,
  indexTable,
  leakyRelu,
  matmul,
  mul,
  reshape,
  sigmoid,
  sin,
  square,
  sum,
  type Tensor,
  tensor,
  treeLeaves,
} from "@gasp/tensor";
import { checkGradients, testDirection } from "../check.ts";
import { grad, hvp } from "../transform.ts";
import { assertNear, numbers } from "../testing.ts";
import { batchNorm, type BatchNormParams } from "./batch_norm.ts";
import { linear } from "./linear.ts";

const EPS = 1e-5;

/** Parameters without special values. */
function someParams(channels: number): BatchNormParams {
  const [weight, bias, runningMean] = [0.1, 0.2, 0.3].map((offset) => testDirection([channels], offset));
  return {
    weight: weight!,
    bias: bias!,
    runningMean: runningMean!,
    runningVar: square(testDirection([channels], 0.4)),
  };
}

/** Splits `[rows, channels]` values into one list per channel. */
function columns(values: readonly number[], channels: number): number[][] {
  return Array.from({ length: channels }, (_, c) => values.filter((_, i) => i % channels === c));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((total, x) => total + x, 0) / values.length;
}

Deno.test("batchNorm() in training normalises by the batch and updates the running statistics", async () => {
  const x = testDirection([2, 3, 4], 0.7), params = someParams(4);
  const { output, runningMean, runningVar } = batchNorm(x, params, { mode: "train", momentum: 0.3 });
  const inputs = columns(await numbers(x), 4), outputs = columns(await numbers(output), 4);
  const [weight, bias, oldMean, oldVar] = await Promise.all(
    [params.weight, params.bias, params.runningMean, params.runningVar].map(numbers),
  );
  for (const [c, column] of inputs.entries()) {
    const mean = meanOf(column), variance = meanOf(column.map((v) => (v - mean) ** 2));
    const expected = column.map((v) => (v - mean) / Math.sqrt(variance + EPS) * weight![c]! + bias![c]!);
    assertNear(outputs[c]!, expected);
    assertNear([(await numbers(runningMean))[c]!], [0.7 * oldMean![c]! + 0.3 * mean]);
    assertNear([(await numbers(runningVar))[c]!], [0.7 * oldVar![c]! + 0.3 * variance * 6 / 5]);
  }
});

Deno.test("batchNorm() in evaluation uses the running statistics unchanged", async () => {
  const x = testDirection([5, 2], 0.7), params = someParams(2);
  const result = batchNorm(x, params, { mode: "eval" });
  assertEquals(result.runningMean, params.runningMean);
  assertEquals(result.runningVar, params.runningVar);
  const [weight, bias, mean, variance] = await Promise.all(
    [params.weight, params.bias, params.runningMean, params.runningVar].map(numbers),
  );
  const expected = (await numbers(x)).map((v, i) => {
    const c = i % 2;
    return (v - mean![c]!) / Math.sqrt(variance![c]! + EPS) * weight![c]! + bias![c]!;
  });
  assertNear(await numbers(result.output), expected);
});

// Multiplicities: row 0 once, row 1 three times, row 2 twice, row 3 once
const REPEATS = [1, 0, 2, 1, 3, 1, 2];
const COUNTS = [1, 3, 2, 1];

/** One loss, of a batch of repeated rows and of distinct rows with counts. */
function weightedLosses() {
  const table = indexTable(REPEATS, [REPEATS.length], 4);
  const counts = tensor(Float64Array.from(COUNTS));
  type Args = { x: Tensor; weight: Tensor; bias: Tensor };
  const still = someParams(3);
  const perRow = (y: Tensor) => sum(sin(mul(y, 2)), { axes: 1 });
  return {
    still,
    counts,
    repeated: ({ x, weight, bias }: Args) => {
      const rows = gather(x, table);
      return sum(perRow(batchNorm(rows, { ...still, weight, bias }, { mode: "train" }).output));
    },
    counted: ({ x, weight, bias }: Args) => {
      const { output } = batchNorm(x, { ...still, weight, bias }, { mode: "train", counts });
      return sum(mul(perRow(output), counts));
    },
    args: { x: testDirection([4, 3], 0.9), weight: still.weight, bias: still.bias },
  };
}

Deno.test("batchNorm() with counts equals the batch of repeated rows", async () => {
  const { still, counts, args, repeated, counted } = weightedLosses();
  assertNear(await numbers(counted(args)), await numbers(repeated(args)));
  const table = indexTable(REPEATS, [REPEATS.length], 4);
  const long = batchNorm(gather(args.x, table), still, { mode: "train" });
  const short = batchNorm(args.x, still, { mode: "train", counts });
  assertNear(await numbers(gather(short.output, table)), await numbers(long.output));
  assertNear(await numbers(short.runningMean), await numbers(long.runningMean));
  assertNear(await numbers(short.runningVar), await numbers(long.runningVar));
});

Deno.test("batchNorm() with counts has the first and second derivatives of repeated rows", async () => {
  const { args, repeated, counted } = weightedLosses();
  const direction = {
    x: testDirection([4, 3], 0.15),
    weight: testDirection([3], 0.5),
    bias: testDirection([3], 0.6),
  };
  const firsts = [grad(counted)(args), grad(repeated)(args)].map(treeLeaves);
  const seconds = [hvp(counted, args, direction), hvp(repeated, args, direction)].map(treeLeaves);
  for (const [ours, expected] of [firsts, seconds] as [Tensor[], Tensor[]][]) {
    for (const [i, leaf] of ours.entries()) {
      assertNear(await numbers(leaf), await numbers(expected[i]!), 1e-11);
    }
  }
});

Deno.test("batchNorm() has correct first and second derivatives", async () => {
  const { weight, bias, ...running } = someParams(3);
  const counts = tensor(Float64Array.from(COUNTS));
  for (const options of [{ mode: "train" }, { mode: "train", counts }, { mode: "eval" }] as const) {
    const fn = (x: Tensor, weight: Tensor, bias: Tensor) =>
      sin(batchNorm(x, { weight, bias, ...running }, options).output);
    await checkGradients(fn, [testDirection([4, 3], 0.9), weight, bias], { order: 2, tolerance: 1e-5 });
  }
});

Deno.test("batchNorm() with an input bias equals adding the bias first", async () => {
  const x = testDirection([6, 2], 0.7), inputBias = testDirection([2], 0.35), params = someParams(2);
  for (const mode of ["train", "eval"] as const) {
    const added = batchNorm(add(x, inputBias), params, { mode });
    const given = batchNorm(x, params, { mode, inputBias });
    assertNear(await numbers(given.output), await numbers(added.output));
    assertNear(await numbers(given.runningMean), await numbers(added.runningMean));
    assertNear(await numbers(given.runningVar), await numbers(added.runningVar));
  }
  const loss = (b: Tensor) => sum(square(batchNorm(x, params, { mode: "train", inputBias: b }).output));
  assertEquals(await numbers(grad(loss)(inputBias)), [0, 0]);
});

/** A small discriminator: two normalised layers and a sigmoid; the batch is the second axis. */
function discriminator(features: Tensor, weights: readonly Tensor[]): Tensor {
  const [w1, w2, w3] = weights as [Tensor, Tensor, Tensor];
  const params = [someParams(3), someParams(2)] as const;
  const normalised = (x: Tensor, layer: 0 | 1) =>
    leakyRelu(batchNorm(x, params[layer], { mode: "train" }).output, 0.2);
  const hidden = normalised(linear(normalised(linear(features, w1), 0), w2), 1);
  const perExample = reshape(concatenate([hidden, mul(hidden, hidden)], -1), [features.shape[0]!, -1]);
  return sigmoid(matmul(perExample, expandDims(w3, -1)));
}

Deno.test("a gradient penalty through batch norm, leakyRelu and sigmoid has correct derivatives", async () => {
  const features = testDirection([3, 4, 2], 0.05);
  const weights = [testDirection([3, 2], 0.2), testDirection([2, 3], 0.4), testDirection([16], 0.6)];
  // R1 (Mescheder et al., 2018): the squared norm of the gradient with respect to real features
  const penalty = (w: Tensor[]) => sum(square(grad((x: Tensor) => sum(discriminator(x, w)))(features)));
  const report = await checkGradients(penalty, [weights], { order: 2, eps: 1e-6, tolerance: 1e-4 });
  assertEquals(report.compared, 2 * (6 + 6 + 16));
});

Deno.test("batchNorm() rejects mismatched shapes and a single row", () => {
  const params = someParams(2);
  const train = { mode: "train" } as const;
  assertThrows(
    () => batchNorm(tensor([[1, 2, 3], [4, 5, 6]]), params, train),
    RangeError,
    "weight of shape [3], got [2]",
  );
  assertThrows(() => batchNorm(tensor([[1, 2]]), params, train), RangeError, "more than one row, got [1, 2]");
  const counts = tensor([1, 1, 1]);
  assertThrows(
    () => batchNorm(tensor([[1, 2], [3, 4]]), params, { ...train, counts }),
    RangeError,
    "counts of shape [2], got [3]",
  );
});

Deno.test("batchNorm() counts copies of the batch in the unbiased variance only", async () => {
  const rows = testDirection([5, 3], 0.7), params = someParams(3);
  const twice = batchNorm(concatenate([rows, rows], 0), params, { mode: "train" });
  for (const counts of [undefined, tensor(new Float32Array(5).fill(1))]) {
    const once = batchNorm(rows, params, { mode: "train", copies: 2, ...(counts && { counts }) });
    assertNear(await numbers(once.output), (await numbers(twice.output)).slice(0, 15));
    assertNear(await numbers(once.runningMean), await numbers(twice.runningMean));
    assertNear(await numbers(once.runningVar), await numbers(twice.runningVar));
  }
});
