/**
 * Exchanges between ranks on every device: two and three ranks compute what one does.
 * @module
 */
import { gradients } from "@gasp/autograd";
import { batchNorm, initBatchNorm } from "@gasp/autograd/nn";
import {
  add,
  allGather,
  allMean,
  allReduce,
  type Communicator,
  compile,
  localCommunicators,
  matmul,
  mean,
  mul,
  openDevice,
  ownRows,
  rankCount,
  sin,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
  vmap,
} from "@gasp/tensor";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { testDevices } from "./devices.ts";
import { computeOnRanks, type Values } from "./ranks.ts";

/** Reproducible numbers without structure. */
function noise(size: number, seed: number): Float32Array {
  return Float32Array.from(
    { length: size },
    (_, i) => Math.fround(Math.sin(12.9898 * (i + 1) + 78.233 * seed)),
  );
}

/** The rows of a rank. */
function rowsOf(values: Float32Array, rank: number, count: number, width: number): Tensor {
  const rows = values.length / width / count;
  return tensor(values.slice(rank * rows * width, (rank + 1) * rows * width), [rows, width]);
}

function assertClose(actual: Values, expected: Values, tolerance: number): void {
  assertEquals(Object.keys(actual), Object.keys(expected));
  for (const [path, values] of Object.entries(expected)) {
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
    assertEquals(actual[path]!.length, values.length, path);
    values.forEach((value, i) => {
      const error = Math.abs(actual[path]![i]! - value) / scale;
      assert(error <= tolerance, `${path}[${i}] is ${actual[path]![i]}, one rank has ${value}`);
    });
  }
}

const WIDTH = 3, ROWS = 12;
const batch = noise(ROWS * WIDTH, 1), weights = noise(WIDTH * 2, 2);
/** Multiplicities of the rows. */
const counts = noise(ROWS, 3).map((x) => 1.5 + x);

/** A network with batch norm, its loss, the gradient, and the gradient of a penalty on the input's gradient. */
function penalised(x: Tensor, w: Tensor, count: Tensor, isCounted: boolean) {
  const options = isCounted ? { mode: "train", counts: count } as const : { mode: "train" } as const;
  const norm = batchNorm(matmul(x, w), initBatchNorm(2), options);
  const out = sin(mul(norm.output, norm.output)), rows = x.shape[0]!;
  const [slope] = gradients([sum(out)], [x]);
  const penalty = mul(sum(square(slope!)), 1 / rows), loss = add(mean(out), penalty);
  const [gradient] = gradients([loss], [w]);
  const [again] = gradients([sum(square(gradient!))], [x]);
  return {
    gradient: allMean(gradient!),
    loss: allMean(loss),
    again: allGather(again!),
    mean: norm.runningMean,
    variance: norm.runningVar,
    slope: allGather(slope!),
  };
}

for (const { kind, open, missing } of await testDevices()) {
  const test = (name: string, fn: () => Promise<void>) =>
    Deno.test({
      name: `${name} on ${kind}${missing ? `: ${missing}` : ""}`,
      ignore: missing !== undefined,
      fn,
    });
  const tolerance = kind === "reference" ? 1e-12 : 2e-4;

  test("allReduce(), allMean(), allGather() and ownRows() exchange values of any shape", async () => {
    const results = await computeOnRanks(
      3,
      open,
      (x: Tensor) => ({
        sum: allReduce(x),
        mean: allMean(mul(x, 2)),
        all: allGather(x),
        own: ownRows(allGather(mul(x, 3))),
        ranks: mul(sum(allReduce(mul(x, 0))), 1),
        twice: allReduce(allReduce(x)),
        both: add(allReduce(square(x)), square(x)),
      }),
      (rank): [Tensor] => [tensor([[rank, 1], [2, 10 * rank]])],
    );
    results.forEach((result, rank) =>
      assertEquals(result, {
        sum: [3, 3, 6, 30],
        mean: [2, 2, 4, 20],
        all: [0, 1, 2, 0, 1, 1, 2, 10, 2, 1, 2, 20],
        own: [3 * rank, 3, 6, 30 * rank],
        ranks: [0],
        twice: [9, 9, 18, 90],
        both: [5 + rank ** 2, 4, 16, 500 + 100 * rank ** 2],
      })
    );
  });

  for (const count of [2, 3]) {
    for (const isCounted of [false, true]) {
      const what = isCounted ? "weighted statistics" : "statistics";
      test(`${count} ranks compute batch norm, its ${what} and second derivatives like one`, async () => {
        const run = (ranks: number) =>
          computeOnRanks(
            ranks,
            open,
            (x: Tensor, w: Tensor, n: Tensor) => {
              const result = penalised(x, w, n, isCounted);
              // The gradient of a sum over w has a factor for each rank: again is that of Σ (ranks · g)²
              return { ...result, again: mul(result.again, 1 / rankCount() ** 2) };
            },
            (rank): [Tensor, Tensor, Tensor] => [
              rowsOf(batch, rank, ranks, WIDTH),
              tensor(weights, [WIDTH, 2]),
              tensor(countsOf(rank, ranks)),
            ],
          );
        const [whole] = await run(1), parts = await run(count);
        for (const part of parts) {
          assertEquals(part, parts[0]);
          const { again: _, ...first } = part, { again: __, ...expected } = whole!;
          assertClose(first, expected, tolerance);
        }
      });
    }
  }

  test("batch norm of rows that all ranks have exchanges nothing", async () => {
    const calls: string[] = [];
    const run = (ranks: number) =>
      computeOnRanks(
        ranks,
        open,
        (x: Tensor) => {
          const options = { mode: "train", rows: "same", copies: 6 / rankCount() } as const;
          const { output, runningVar } = batchNorm(x, initBatchNorm(WIDTH), options);
          return { output, runningVar };
        },
        (): [Tensor] => [tensor(batch, [ROWS, WIDTH])],
        (communicator) => watched(communicator, calls),
      );
    const [whole] = await run(1), parts = await run(2);
    for (const part of parts) assertEquals(part, whole);
    assertEquals(calls, []);
  });

  test("a weight's gradient of low rank is computed from gathered operands", async () => {
    const [inputs, outputs] = [300, 400], x = noise(4 * inputs, 5), y = noise(4 * outputs, 6);
    const calls: string[] = [];
    const run = (ranks: number) =>
      computeOnRanks(
        ranks,
        open,
        (a: Tensor, target: Tensor, w: Tensor) => {
          const loss = mean(square(sub(matmul(a, transpose(w)), target)));
          return allMean(gradients([loss], [w])[0]!);
        },
        (rank): [Tensor, Tensor, Tensor] => [
          rowsOf(x, rank, ranks, inputs),
          rowsOf(y, rank, ranks, outputs),
          tensor(noise(inputs * outputs, 7), [outputs, inputs]),
        ],
        (communicator) => communicator.rank === 0 ? watched(communicator, calls) : communicator,
      );
    const [whole] = await run(1), parts = await run(2);
    assertEquals(parts[1], parts[0]);
    assertClose(parts[0]!, whole!, tolerance);
    // Two of the four rows on each rank, instead of 300 · 400 elements; the interpreter does as it is told
    if (kind !== "reference") assertEquals(calls, ["allGather 3200", "allGather 2400"]);
  });

  test("small sums that wait for equally many others take one call", async () => {
    const calls: string[] = [];
    const results = await computeOnRanks(
      2,
      open,
      (x: Tensor) => ({
        once: allReduce(x),
        twice: sum(allReduce(allReduce(square(x)))),
        both: allReduce(sum(x)),
      }),
      (rank): [Tensor] => [tensor([rank, 1, 2])],
      (communicator) => communicator.rank === 0 ? watched(communicator, calls) : communicator,
    );
    for (const result of results) assertEquals(result, { once: [1, 2, 4], twice: [22], both: [7] });
    if (kind !== "reference") assertEquals(calls, ["allReduce 28", "allReduce 12"]);
  });

  test("vmap() of an exchange exchanges all examples", async () => {
    const results = await computeOnRanks(
      2,
      open,
      (x: Tensor) => ({ sum: vmap(allReduce)(x), all: vmap(allGather)(x) }),
      (rank): [Tensor] => [tensor([[rank], [5 + rank]])],
    );
    for (const result of results) assertEquals(result, { sum: [1, 11], all: [0, 1, 5, 6] });
  });
}

/** Records what is exchanged, in bytes. */
function watched(communicator: Communicator, calls: string[]): Communicator {
  return {
    ...communicator,
    allReduce(values) {
      calls.push(`allReduce ${values.byteLength}`);
      return communicator.allReduce(values);
    },
    allGather(bytes) {
      calls.push(`allGather ${bytes.byteLength}`);
      return communicator.allGather(bytes);
    },
    allGatherInPlace(bytes) {
      calls.push(`allGather ${bytes.byteLength / communicator.size}`);
      return communicator.allGatherInPlace(bytes);
    },
  };
}

function countsOf(rank: number, ranks: number): number[] {
  const rows = ROWS / ranks;
  return [...counts.slice(rank * rows, (rank + 1) * rows)];
}

Deno.test("operations over ranks return their argument in a program of one rank", () => {
  const x = tensor([[1, 2]]);
  for (const operation of [allReduce, allMean, allGather, ownRows]) assertEquals(operation(x) === x, true);
  assertEquals(rankCount(), 1);
  assertThrows(() => allReduce(tensor(Int32Array.of(1))), TypeError, "allReduce needs f32, got i32");
  assertThrows(() => allGather(tensor(1)), RangeError, "allGather needs an axis of rows, got shape []");
});

Deno.test("a program of two ranks refuses to run on one", async () => {
  const [communicator] = localCommunicators(2);
  await using device = await openDevice("wasm", { threads: 1 });
  using odd = compile((x: Tensor) => ownRows(x), { device, communicator: communicator! });
  await assertRejects(
    () => odd([1, 2, 3]),
    RangeError,
    "the 3 rows of shape [3] cannot be divided among 2 ranks",
  );
});
