import { assertEquals, assertThrows } from "@std/assert";
import {
  add,
  cast,
  elu,
  exp,
  indexTable,
  less,
  matmul,
  max,
  maximum,
  minimum,
  mul,
  neg,
  neighbourSum,
  prod,
  scope,
  sin,
  stopGradient,
  sum,
  type Tensor,
  tensor,
  where,
} from "@gasp/tensor";
import { topologicalOrder } from "@gasp/tensor/compiler";
import { gradients } from "./gradients.ts";
import { assertNear, numbers } from "./testing.ts";

Deno.test("gradients() accumulates over several uses and several outputs", async () => {
  const x = tensor([1, 2, 3]);
  const y = mul(x, x);
  const [dx] = gradients([sum(y), sum(add(x, y))], [x]);
  assertEquals(await numbers(dx!), [5, 9, 13]);
});

Deno.test("gradients() weights outputs by their cotangents", async () => {
  const x = tensor([1, 2, 3]);
  const [dx] = gradients([mul(x, x)], [x], [tensor([1, 0, -1])]);
  assertEquals(await numbers(dx!), [2, 0, -6]);
});

Deno.test("gradients() are zero for tensors that the outputs do not depend on", async () => {
  const x = tensor([1, 2]), other = tensor([[1], [2]]);
  const [none] = gradients([sum(x)], [other]);
  assertEquals(none!.shape, [2, 1]);
  assertEquals(await numbers(none!), [0, 0]);
});

Deno.test("gradients() include the part that flows through another tensor of wrt", async () => {
  const x = tensor([2]);
  const square = mul(x, x);
  const [dx, dSquare] = gradients([mul(square, x)], [x, square]);
  assertEquals(await numbers(dx!), [12]);
  assertEquals(await numbers(dSquare!), [2]);
});

Deno.test("gradients() accepts an output as wrt", async () => {
  const y = sin(tensor([1, 2]));
  const [dy] = gradients([y], [y], [tensor([3, 4])]);
  assertEquals(await numbers(dy!), [3, 4]);
});

Deno.test("gradients() stops at detached tensors, integers and booleans", async () => {
  const x = tensor([1.5, -2.5]);
  const detached = mul(stopGradient(x), x);
  const rounded = cast(cast(x, "i32"), "f32");
  const chosen = where(less(x, 0), neg(x), x);
  const [dx] = gradients([sum(detached), sum(rounded), sum(chosen)], [x]);
  assertEquals(await numbers(dx!), [2.5, -3.5]);
});

Deno.test("gradients() are divided between equal arguments of maximum and minimum", async () => {
  const a = tensor([1, 2, 3]), b = tensor([3, 2, 1]), weights = tensor([1, 10, 100]);
  const [daMax, dbMax] = gradients([maximum(a, b)], [a, b], [weights]);
  assertEquals(await numbers(daMax!), [0, 5, 100]);
  assertEquals(await numbers(dbMax!), [1, 5, 0]);
  const [daMin, dbMin] = gradients([minimum(a, b)], [a, b], [weights]);
  assertEquals(await numbers(daMin!), [1, 5, 0]);
  assertEquals(await numbers(dbMin!), [0, 5, 100]);
});

Deno.test("gradients() of elu at 0 are those of both sides", async () => {
  const x = tensor([0]);
  for (const alpha of [1, 0.5]) assertNear(await numbers(gradients([elu(x, alpha)], [x])[0]!), [alpha]);
});

Deno.test("gradients() of max are divided equally among ties", async () => {
  const x = tensor([[1, 3, 3], [2, 0, 1], [4, 4, 4]]);
  const [dx] = gradients([max(x, { axes: 1 })], [x], [tensor([6, 1, 3])]);
  assertEquals(await numbers(dx!), [0, 3, 3, 1, 0, 0, 1, 1, 1]);
});

Deno.test("gradients() of a product with zeros are the products of the others", async () => {
  const x = tensor([[2, 3, 4], [2, 0, 4], [0, 3, 0]]);
  const [dx] = gradients([prod(x, { axes: 1 })], [x], [tensor([1, 10, 100])]);
  assertEquals(await numbers(dx!), [12, 8, 6, 0, 80, 0, 0, 0, 0]);
});

Deno.test("gradients() of a product have their own derivatives at zeros", async () => {
  const x = tensor([[2, 0, 4], [0, 3, 0]]);
  const [dx] = gradients([prod(x, { axes: 1 })], [x], [tensor([1, 10])]);
  // d²(x0 x1 x2) / dx1 dx0 = x2 and so on: 0 · 1 + 4 · 10 + 0 · 100 for x0 of the first row
  const [second] = gradients([dx!], [x], [tensor([[1, 10, 100], [1, 10, 100]])]);
  assertEquals(await numbers(second!), [40, 204, 20, 3000, 0, 30]);
  const both = tensor([[[2, 0], [3, 1]], [[5, 4], [0, 7]]]);
  const [dBoth] = gradients([prod(both, { axes: [0, 2] })], [both], [tensor([1, 1])]);
  assertEquals(await numbers(dBoth!), [0, 40, 0, 0, 0, 0, 21, 0]);
});

Deno.test("gradients() computes nothing for inputs that are not requested", () => {
  const x = tensor([[1, 2]]), w = tensor([[3], [4]]);
  const count = (tensors: Tensor[], op: string) =>
    topologicalOrder(tensors).filter(({ node }) => node.op === op).length;
  assertEquals(count(gradients([matmul(x, w)], [x]), "matmul"), 1);
  assertEquals(count(gradients([matmul(x, w)], [x, w]), "matmul"), 2);
  const table = indexTable([0, 1], [1, 2], 2);
  const features = tensor([[[1]], [[2]]]), weights = tensor([[[1], [2]]]);
  const byFeatures = gradients([neighbourSum(features, weights, table)], [features]);
  assertEquals(count(byFeatures, "neighbourWeights"), 0);
  assertEquals(count(byFeatures, "neighbourFeatures"), 1);
});

Deno.test("gradients() handles a graph too deep for recursion", async () => {
  const x = tensor([1]);
  let y = x;
  for (let i = 0; i < 20_000; i++) y = add(y, x);
  const [dx] = gradients([y], [x]);
  assertEquals(await numbers(dx!), [20_001]);
});

Deno.test("gradients() of any order are graphs that can be differentiated again", async () => {
  const x = tensor(Float64Array.of(0.3, -1.1));
  let y = exp(mul(x, 2));
  for (let order = 0; order < 5; order++) y = gradients([y], [x])[0]!;
  assertNear(await numbers(y), [0.3, -1.1].map((v) => 32 * Math.exp(2 * v)));
});

Deno.test("gradients() belong to the scopes of the differentiated tensors", () => {
  const x = tensor([0.5]);
  const y = scope("network", () => scope("layer", () => exp(mul(x, 2))));
  const [dx] = scope("elsewhere", () => gradients([y], [x])), [ddx] = gradients([dx!], [x]);
  assertEquals([dx!.scope, ddx!.scope], ["∇ network/layer", "∇ network/layer"]);
  const scopes = new Set(topologicalOrder([ddx!]).map(({ scope }) => scope));
  assertEquals(scopes.has("∇∇ network/layer"), true);
});

Deno.test("gradients() rejects integers and mismatched cotangents", () => {
  const x = tensor([1, 2]), table = tensor(Int32Array.of(1, 2));
  assertThrows(() => gradients([x], [table]), TypeError, "wrt[0] is i32 of shape [2]");
  assertThrows(() => gradients([table], [x]), TypeError, "outputs[0] is i32 of shape [2]");
  assertThrows(
    () => gradients([x], [x], []),
    RangeError,
    "gradients of 1 outputs need as many cotangents, got 0",
  );
  assertThrows(() => gradients([x], [x], [tensor([1])]), RangeError, "needs a cotangent of that shape");
});
