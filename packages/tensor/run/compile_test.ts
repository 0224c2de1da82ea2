import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as t from "../mod.ts";
import { OracleDevice } from "../compile/oracle_device.ts";
import type { Program } from "../compiler.ts";

/** Deterministic values in (-1, 1). */
function numbers(shape: readonly number[], seed = 1): t.Tensor {
  const size = t.sizeOf(shape);
  return t.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * seed)),
    shape,
  );
}

const table = t.indexTable([2, 0, 1, 1, 3, 2, 0, 3, 2, 1], [5, 2], 4);

/** Graphs that exercise fusion, compared with the reference interpreter. */
const graphs: Record<string, () => t.Tree> = {
  "an element-wise chain with a broadcast": () => t.tanh(t.add(t.mul(numbers([4, 3]), numbers([3])), 0.5)),
  "a reduction with prologue and epilogue": () =>
    t.sqrt(t.add(t.mean(t.square(numbers([5, 4, 3])), { axes: [0, 1] }), 1e-5)),
  "two reductions over one iteration space": () => {
    const x = numbers([6, 4]), y = numbers([6, 4], 2);
    return { a: t.sum(t.mul(x, y), { axes: 0 }), b: t.sum(x, { axes: 0 }) };
  },
  "two reductions whose shapes differ in axes of size 1": () => {
    const x = t.exp(numbers([6])), y = numbers([6], 2);
    return { a: t.sum(t.mul(x, y)), b: t.sum(t.sub(t.reshape(x, [1, 6, 1]), t.reshape(y, [1, 6, 1]))) };
  },
  "a matrix product with bias and activation": () =>
    t.leakyRelu(t.add(t.matmul(numbers([5, 7]), t.transpose(numbers([3, 7], 2))), numbers([3], 3)), 0.1),
  "a batched product with a shared operand": () =>
    t.tanh(t.matmul(numbers([5, 4]), t.reshape(numbers([3, 24]), [3, 4, 6]))),
  "normalisation over rows": () => {
    const x = t.matmul(numbers([8, 4]), numbers([4, 6], 2));
    const mean = t.mean(x, { axes: 0 });
    const centred = t.sub(x, mean);
    const scale = t.div(numbers([6], 5), t.sqrt(t.add(t.mean(t.square(centred), { axes: 0 }), 1e-5)));
    return { y: t.leakyRelu(t.mul(centred, scale), 0.2), mean };
  },
  "a reshape that needs a split axis": () => {
    const x = t.transpose(numbers([4, 3, 2]), [1, 0, 2]);
    return t.add(t.reshape(x, [12, 2]), t.reshape(numbers([24], 4), [12, 2]));
  },
  "a reshape that stays non-affine after splitting": () =>
    t.mul(t.reshape(t.transpose(numbers([4, 6])), [8, 3]), 2),
  "a permuted operand that must be copied": () =>
    t.matmul(t.reshape(t.transpose(numbers([4, 3, 2]), [1, 0, 2]), [4, 6]), numbers([6, 2])),
  "pads, slices and concatenations": () => {
    const x = t.concatenate([numbers([2, 3]), t.exp(numbers([4, 3], 2))], 0);
    return t.slice(t.cos(x), [1, 0], [6, 3], [2, 1]);
  },
  "gathers and segment sums": () => {
    const rows = t.gather(t.mul(numbers([4, 3]), 2), table);
    return { rows: t.mul(rows, rows), back: t.segmentSum(t.exp(rows), table) };
  },
  "neighbour sums and adjoints": () => {
    const f = numbers([4, 2, 3]), w = numbers([5, 2, 4], 2);
    const h = t.neighbourSum(f, w, table);
    return { h, w: t.neighbourWeights(f, h, table), f: t.neighbourFeatures(w, t.tanh(h), table) };
  },
  "integers, comparisons and choices": () => {
    const i = t.arange(6);
    const even = t.equal(t.sub(i, t.mul(t.cast(t.floor(t.mul(t.cast(i, "f32"), 0.5)), "i32"), 2)), 0);
    return { picked: t.where(even, t.cast(i, "f32"), -1), even: t.not(even) };
  },
  "empty and single tensors": () => ({
    empty: t.mul(numbers([0, 3]), 2),
    nothing: t.sum(numbers([0, 3]), { axes: 0 }),
    largest: t.max(numbers([2, 0]), { axes: 1 }),
    product: t.matmul(numbers([2, 0]), numbers([0, 3])),
    one: t.exp(t.tensor(0.25)),
  }),
  "outputs that are constants, inputs or duplicates": () => {
    const x = numbers([3, 2]);
    const y = t.exp(x);
    return { constant: t.full([2, 2], 3), source: x, first: y, second: y, flat: t.reshape(y, [6]) };
  },
};

for (const [name, make] of Object.entries(graphs)) {
  Deno.test(`evaluate() agrees with the interpreter on ${name}`, async () => {
    const device = new OracleDevice();
    const expected = t.treePaths(await t.evaluate(make(), t.reference));
    const actual = t.treePaths(await t.evaluate(make(), device));
    for (const [path, wanted] of expected) {
      const got = actual.get(path)!;
      assertEquals(got.shape, wanted.shape);
      const [left, right] = [await got.data(), await wanted.data()];
      left.forEach((value, i) => {
        if (Number.isFinite(right[i]!)) assertAlmostEquals(value, right[i]!, 2e-5, `${path}[${i}]`);
        else assertEquals(value, right[i]!);
      });
      got.dispose();
    }
    assertEquals(device.liveBuffers, 0);
  });
}

function kernelsOf(device: OracleDevice): string[] {
  return device.program!.steps.map(({ kernel }) => `${kernel.kind}:${kernel.name}`);
}

Deno.test("compile() fuses bias and activation into the product", async () => {
  const device = new OracleDevice();
  using y = await t.evaluate(graphs["a matrix product with bias and activation"]!() as t.Tensor, device);
  assertEquals(y.shape, [5, 3]);
  assertEquals(kernelsOf(device).length, 1);
});

Deno.test("compile() computes an Adam-like update of a product in one kernel, in place", async () => {
  const device = new OracleDevice();
  const update = t.compile((state: Record<string, t.Tensor>, a: t.Tensor, b: t.Tensor) => {
    const g = t.matmul(t.transpose(a), b);
    const m = t.add(t.mul(state.m!, 0.5), t.mul(g, 0.5));
    const v = t.add(t.mul(state.v!, 0.9), t.mul(t.square(g), 0.1));
    return { m, p: t.sub(state.p!, t.div(m, t.add(t.sqrt(v), 1e-8))), v };
  }, { device, donateArgnums: [0] });
  const a = numbers([5, 3]), b = numbers([5, 4], 2);
  let state: Record<string, t.Tensor> = {
    m: numbers([3, 4], 3),
    v: t.tensor(new Float32Array(12).fill(1), [3, 4]),
    p: numbers([3, 4], 4),
  };
  const start = state;
  state = await update(state, a, b);
  assert(start.m!.isDisposed);
  assertEquals(kernelsOf(device).length, 1);
  assertEquals(device.liveBuffers, 3);
  state = await update(state, a, b);
  assertEquals(device.liveBuffers, 3);
  const external = device.program!.buffers.filter(({ role }) => role === "external");
  assertEquals(external.length, 5, "three states in place and two operands");
  t.disposeTree(state);
  update.release();
  assertEquals(device.liveBuffers, 0);
});

Deno.test("compile() traces once per set of shapes", async () => {
  const device = new OracleDevice();
  let traces = 0;
  const double = t.compile((x: t.Tensor) => (traces++, t.mul(x, 2)), { device });
  for (const size of [2, 2, 3, 3, 2]) (await double(numbers([size]))).dispose();
  assertEquals(traces, 2);
  double.release();
  assertEquals(device.liveBuffers, 0);
});

Deno.test("compile() updates each tensor of a donated state in place, regardless of other results", async () => {
  const device = new OracleDevice();
  const step = t.compile((state: { a: t.Tensor; b: t.Tensor }) => {
    return { before: t.add(state.a, state.b), state: { b: t.mul(state.b, 3), a: t.mul(state.a, 2) } };
  }, { device, donateArgnums: [0] });
  const swapped = t.compile((a: t.Tensor, b: t.Tensor) => [t.mul(a, 2), t.mul(b, 3)], {
    device,
    donateArgnums: [1, 0],
  });
  const first = await step({ a: numbers([3]), b: numbers([3], 2) });
  const [a, b] = [first.state.a.storage, first.state.b.storage];
  const second = await step(first.state);
  assertEquals([second.state.a.storage, second.state.b.storage], [a, b]);
  const [third, fourth] = await swapped(second.state.a, second.state.b);
  assertEquals([third!.storage, fourth!.storage], [a, b]);
  const expected = [...(await numbers([3]).data())].map((x) => 8 * x);
  [...(await third!.data())].forEach((x, i) => assertAlmostEquals(x, expected[i]!, 1e-5));
  [first.before, second.before, third!, fourth!].forEach((leaf) => leaf.dispose());
  step.release();
  swapped.release();
  assertEquals(device.liveBuffers, 0);
});

Deno.test("compile() keeps a limited number of programs, and releases all", async () => {
  let prepared = 0, released = 0;
  class CountingDevice extends OracleDevice {
    override async prepare(program: Program) {
      prepared++;
      const executable = await super.prepare(program);
      return { ...executable, release: () => (released++, executable.release()) };
    }
  }
  const double = t.compile((x: t.Tensor) => t.mul(x, 2), { device: new CountingDevice() });
  const call = async (size: number) => (await double(new Float32Array(size).fill(3))).data();
  for (let size = 1; size <= 100; size++) assertEquals(await call(size), new Float32Array(size).fill(6));
  assertEquals([prepared, released], [100, 36]);
  await call(100); // still there
  assertEquals(prepared, 100);
  assertEquals(await call(1), Float32Array.of(6)); // compiled anew
  assertEquals([prepared, released], [101, 37]);
  double.release();
  await Promise.resolve();
  assertEquals(released, prepared);
});
