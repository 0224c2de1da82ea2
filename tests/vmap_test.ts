/**
 * `vmap` of every operation and its derivatives equals stacked single calls; so do tables, point clouds, nesting and trees of
 * axes, which the cases of the operations do not vary.
 */
import { grad, gradients } from "@gasp/autograd";
import {
  add,
  compile,
  concatenate,
  countWithinRadius,
  type Device,
  evaluate,
  expandDims,
  farthestPointSample,
  gather,
  invertIndex,
  knn,
  matmul,
  mean,
  mul,
  neighbourFeatures,
  neighbourSum,
  neighbourWeights,
  reference,
  segmentSum,
  sin,
  square,
  sum,
  tanh,
  type Tensor,
  tensor,
  type Tree,
  treeLeaves,
  vmap,
} from "@gasp/tensor";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { deviceTest } from "./devices.ts";
import { floats, type HostInput, type OpCase, toTensor } from "./op_case.ts";
import { opCases } from "./op_cases.ts";

const BATCH = 3;

/** Rotates the values of an input, which keeps them within the bounds of its case. */
function rolled({ values, shape, dtype }: HostInput, by: number): HostInput {
  const moved = values.slice();
  moved.forEach((_, i) => moved[i] = values[(i + by) % values.length]!);
  return { values: moved, shape, dtype };
}

function stacked(tensors: readonly Tensor[], axis = 0): Tensor {
  return concatenate(tensors.map((x) => expandDims(x, axis)), axis);
}

/** Stacks concrete tensors on the host, since adding padded parts would lose the sign of -0. */
async function stackedValues(tensors: readonly Tensor[]): Promise<Tensor> {
  const [first] = tensors as [Tensor, ...Tensor[]];
  const values = await Promise.all(tensors.map(async (x) => Array.from(await x.data())));
  return tensor(values.flat(), [tensors.length, ...first.shape], first.dtype);
}

/** Returns the result of a case, and the gradients of a function of it with respect to the differentiable inputs. */
function derivatives({ fn, differentiable }: OpCase, inputs: readonly Tensor[]): Tensor[] {
  const value = fn(...inputs), wrt = inputs.filter((_, i) => differentiable[i]);
  return wrt.length === 0 ? [value] : [value, ...gradients([sum(add(value, square(value)))], wrt)];
}

async function assertEqualTrees(
  actual: Tree,
  expected: Tree,
  device: Device,
  tolerance: number,
  name: string,
) {
  const got = await evaluate(treeLeaves(actual), device),
    want = await evaluate(treeLeaves(expected), reference);
  assertEquals(got.map(({ shape }) => shape), want.map(({ shape }) => shape), name);
  for (const [i, result] of got.entries()) {
    const values = await result.data(), wanted = await want[i]!.data();
    for (let j = 0; j < wanted.length; j++) {
      const error = Math.abs(values[j]! - wanted[j]!),
        near = error <= tolerance * Math.max(1, Math.abs(wanted[j]!));
      const same = Object.is(values[j], wanted[j]) || values[j] === wanted[j];
      assert(same || near, `${name}, result ${i}: element ${j} is ${values[j]}, expected ${wanted[j]}`);
    }
  }
  if (device !== reference) got.forEach((result) => result.dispose());
}

/** Maps a function over some of its arguments and compares with single calls. */
async function checkMapped(
  fn: (...inputs: Tensor[]) => Tree,
  examples: readonly (readonly Tensor[])[],
  mapped: readonly boolean[],
  device: Device,
  name: string,
): Promise<void> {
  const inAxes = mapped.map((own) => (own ? 0 : null));
  const args = await Promise.all(
    mapped.map((own, i) => (own ? stackedValues(examples.map((inputs) => inputs[i]!)) : examples[0]![i]!)),
  );
  const single = examples.map((inputs) =>
    fn(...inputs.map((input, i) => (mapped[i] ? input : examples[0]![i]!)))
  );
  const leaves = single.map(treeLeaves);
  const expected = leaves[0]!.map((_, i) => stacked(leaves.map((all) => all[i]!)));
  const actual = treeLeaves(vmap(fn, { inAxes })(...args));
  await assertEqualTrees(
    actual,
    expected,
    device,
    device === reference ? 1e-12 : 2e-5,
    `${name} mapped ${mapped}`,
  );
}

const casesByOp = Map.groupBy(opCases().filter(({ inputs }) => inputs.length > 0), ({ op }) => op);

await deviceTest(
  "vmap() of every operation and its gradient equals single calls",
  async (device, context) => {
    for (const [op, cases] of casesByOp) {
      await context.step(op, async () => {
        for (const opCase of cases) {
          const { inputs } = opCase;
          const examples = Array.from(
            { length: BATCH },
            (_, i) => inputs.map((input) => toTensor(rolled(input, i))),
          );
          const one = inputs.map((_, i) => inputs.map((_, j) => i === j));
          // Either all inputs of an operation are mapped, or one is mapped and the others are shared.
          for (const mapped of [inputs.map(() => true), ...(inputs.length > 1 ? one : [])]) {
            await checkMapped((...args) => derivatives(opCase, args), examples, mapped, device, opCase.name);
          }
        }
      });
    }
  },
  ["reference"],
);

const rows = (values: number[], shape: number[]) => tensor(Int32Array.from(values), shape);
const numbers = (shape: number[], seed: number) => toTensor(floats(shape, seed));
/** All non-empty subsets of arguments to map. */
const choices = (count: number) =>
  Array.from(
    { length: 2 ** count - 1 },
    (_, bits) => Array.from({ length: count }, (_, i) => (bits + 1 >> i) % 2 === 1),
  );

await deviceTest(
  "vmap() of operations with one table per example equals single calls",
  async (device) => {
    const tables = [[1, 1, 0, 3, 1, 3], [0, 2, 2, 2, 4, 4], [3, 3, 3, 3, 3, 3]].map((list) =>
      rows(list, [2, 3])
    );
    const examples = (a: number[], b: number[]) =>
      tables.map((table, i) => [numbers(a, i), numbers(b, i + 5), table] as const);
    const withGradients = (fn: (a: Tensor, b: Tensor, index: Tensor) => Tensor) => (...args: Tensor[]) => {
      const [a, b, index] = args as [Tensor, Tensor, Tensor], y = fn(a, b, index);
      return [y, ...gradients([sum(mul(y, sin(y)))], [a, b])];
    };
    const table = (index: Tensor) => invertIndex(index, 5);
    const cases: [string, readonly (readonly Tensor[])[], (a: Tensor, b: Tensor, index: Tensor) => Tensor][] =
      [
        ["gather", examples([5, 2], [2, 3, 2]), (a, b, index) => mul(gather(a, table(index)), b)],
        ["segmentSum", examples([2, 3, 2], [5, 2]), (a, b, index) => mul(segmentSum(a, table(index)), b)],
        ["neighbourSum", examples([5, 2, 3], [2, 3, 4]), (a, b, index) => neighbourSum(a, b, table(index))],
        [
          "neighbourWeights",
          examples([5, 2, 3], [2, 2, 3, 4]),
          (a, b, index) => neighbourWeights(a, b, table(index)),
        ],
        [
          "neighbourFeatures",
          examples([2, 3, 4], [2, 2, 3, 4]),
          (a, b, index) => neighbourFeatures(a, b, table(index)),
        ],
      ];
    for (const [name, examples, fn] of cases) {
      for (const mapped of choices(3)) {
        await checkMapped(withGradients(fn), examples, mapped, device, name);
      }
    }
  },
  ["reference", "wasm", "webgpu"],
);

await deviceTest("vmap() of searches equals single calls", async (device) => {
  const bounds = [[0, 5, 9], [0, 3, 9], [0, 4, 9]].map((list) => rows(list, [3]));
  const asked = [[0, 1, 4], [0, 2, 4], [0, 3, 4]].map((list) => rows(list, [3]));
  const examples = bounds.map((starts, i) => [numbers([9, 2], i), starts, numbers([4, 2], i + 7), asked[i]!]);
  const searches = (...args: Tensor[]) => {
    const [points, offsets, queries, queryOffsets] = args as [Tensor, Tensor, Tensor, Tensor];
    const clouds = { offsets, queryOffsets };
    return [
      knn(points, queries, { k: 4, radius: 1.5, ...clouds }),
      knn(points, queries, { k: 2, distances: true, ...clouds }),
      countWithinRadius(points, queries, { radius: 1, ...clouds }),
      farthestPointSample(points, { count: 3, offsets }),
    ];
  };
  for (const mapped of choices(4)) {
    // Samples depend only on points and their offsets, so that one of these must be mapped.
    if (mapped[0] || mapped[1]) await checkMapped(searches, examples, mapped, device, "searches");
  }
}, ["reference", "wasm", "webgpu"]);

await deviceTest("vmap() can be nested, and composed with grad() in either order", async (device) => {
  const [x, w] = [numbers([2, 3, 4], 1), numbers([4, 5], 2)];
  const f = (x: Tensor, w: Tensor) => sum(tanh(matmul(expandDims(x, 0), w)));
  const nested = vmap(vmap(f, { inAxes: [0, null] }), { inAxes: [0, null] })(x, w);
  const direct = sum(tanh(matmul(x, w)), { axes: 2 });
  await assertEqualTrees(nested, direct, device, 2e-6, "nested");
  const both = (x: Tensor, w: Tensor) =>
    mean(vmap(vmap(f, { inAxes: [0, null] }), { inAxes: [0, null] })(x, w));
  const outside = grad(both, [0, 1])(x, w);
  const inside = vmap(vmap(grad(f, [0, 1]), { inAxes: [0, null] }), { inAxes: [0, null] })(x, w);
  const [byX, byW] = [mul(inside[0], 1 / 6), mean(inside[1], { axes: [0, 1] })];
  await assertEqualTrees(outside, [byX, byW], device, 2e-6, "gradients");
  const curvature = vmap((x: Tensor) => grad((x: Tensor) => sum(grad((x: Tensor) => f(x, w))(x)))(x));
  const rowsOfX = [0, 1, 2].map((i) => numbers([4], i));
  const second = rowsOfX.map((x) => grad((x: Tensor) => sum(grad((x: Tensor) => f(x, w))(x)))(x));
  await assertEqualTrees(curvature(stacked(rowsOfX)), stacked(second), device, 2e-5, "second derivatives");
});

Deno.test("vmap() accepts trees of axes as inAxes and outAxes", async () => {
  const layer = { weight: numbers([4, 3, 2], 1), bias: numbers([2], 2) }, x = numbers([3, 5, 4], 3);
  const fn = (layer: { weight: Tensor; bias: Tensor }, x: Tensor) => ({
    y: add(matmul(x, layer.weight), layer.bias),
    shared: sin(layer.bias),
  });
  const inAxes = [{ weight: 1, bias: null }, -1] as const;
  const mapped = vmap(fn, { inAxes: [inAxes[0], 0], outAxes: { y: -1, shared: null } });
  const weights = [0, 1, 2].map((i) => numbers([4, 2], i)),
    inputs = [0, 1, 2].map((i) => numbers([5, 4], i + 9));
  const result = mapped({ weight: stacked(weights, 1), bias: layer.bias }, stacked(inputs));
  const single = weights.map((weight, i) => fn({ weight, bias: layer.bias }, inputs[i]!));
  const expected = { y: stacked(single.map(({ y }) => y), 2), shared: single[0]!.shared };
  await assertEqualTrees(result, expected, reference, 1e-12, "axes by name");
  assertThrows(
    () => vmap(fn, { inAxes: [null, null] })(layer, x),
    RangeError,
    "at least one mapped argument",
  );
  assertThrows(() => vmap(fn)(layer, x), RangeError, "one size, got 2 at '0/bias' and 4 at '0/weight'");
  assertThrows(() => vmap(fn, { inAxes: [0] })(layer, x), TypeError, "1 arguments, but 2");
  assertThrows(
    () => vmap(fn, { inAxes: [{ weight: 0 }, 0] })(layer, x),
    TypeError,
    "inAxes has an object at '0'",
  );
  assertThrows(
    () => vmap(fn, { inAxes: [null, 3] })(layer, x),
    RangeError,
    "axis 3 is out of range for shape [3, 5, 4]",
  );
  const whole = { inAxes: [null, 0], outAxes: { y: null, shared: null } };
  const flat = { weight: weights[0]!, bias: layer.bias };
  assertThrows(() => vmap(fn, whole)(flat, x), RangeError, "result at 'y' is shared, but it depends");
});

await deviceTest("vmap() of the gradient of a loss compiles to one program", async (device) => {
  const loss = (w: Tensor, x: Tensor) => mean(square(tanh(matmul(x, w))));
  const x = numbers([6, 5, 4], 1), w = numbers([4, 3], 2);
  using each = compile(vmap(grad(loss), { inAxes: [null, 0] }), { device });
  using got = await each(w, x);
  const single = Array.from({ length: 6 }, (_, i) => {
    const [{ values }, size] = [floats([6, 5, 4], 1), 20];
    return grad(loss)(w, tensor(values.slice(i * size, (i + 1) * size), [5, 4]));
  });
  const want = await (await evaluate(stacked(single), reference)).data(), data = await got.data();
  assertEquals(got.shape, [6, 4, 3]);
  want.forEach((value, i) => assert(Math.abs(value - data[i]!) < 1e-6));
}, ["wasm", "webgpu"]);
