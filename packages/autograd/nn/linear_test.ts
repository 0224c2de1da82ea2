import { assertEquals, assertThrows } from "@std/assert";
import { matmul, reshape, tanh, type Tensor, tensor, transpose } from "@gasp/tensor";
import { topologicalOrder } from "@gasp/tensor/compiler";
import { checkGradients, testDirection } from "../check.ts";
import { gradients } from "../gradients.ts";
import { assertNear, numbers } from "../testing.ts";
import { relu } from "./activation.ts";
import { linear, type LinearParams, mlp } from "./linear.ts";

Deno.test("linear() maps the last axis of tensors of any rank", async () => {
  const weight = tensor([[1, 2, 3], [0, -1, 1]]), bias = tensor([10, 20]);
  assertEquals(await numbers(linear(tensor([1, 1, 2]), weight, bias)), [19, 21]);
  const x = tensor([[[1, 0, 0], [0, 1, 0]], [[0, 0, 1], [1, 1, 1]]]);
  const y = linear(x, weight);
  assertEquals(y.shape, [2, 2, 2]);
  assertEquals(await numbers(y), [1, 0, 2, -1, 3, 1, 6, 0]);
  assertEquals(linear(tensor(new Float32Array(0), [0, 3]), weight, bias).shape, [0, 2]);
});

Deno.test("the gradient of the weight of linear() is one matrix product", () => {
  const x = testDirection([4, 5, 3], 0.1), weight = testDirection([2, 3], 0.2);
  const [dw] = gradients([linear(x, weight)], [weight]);
  const products = topologicalOrder([dw!]).filter(({ node }) => node.op === "matmul");
  assertEquals(products.map(({ shape }) => shape), [[3, 2]]);
});

Deno.test("linear() rejects mismatched shapes", () => {
  assertThrows(() => linear(tensor([1, 2]), tensor([[1, 2, 3]])), RangeError, "matmul needs");
});

Deno.test("mlp() applies the activation between layers only, unless an output activation is given", async () => {
  const layers: LinearParams[] = [{ weight: testDirection([3, 2], 0.1), bias: testDirection([3], 0.2) }, {
    weight: testDirection([2, 3], 0.3),
  }];
  const x = testDirection([4, 2], 0.4);
  const hidden = tanh(linear(x, layers[0]!.weight, layers[0]!.bias));
  const expected = matmul(reshape(hidden, [4, 3]), transpose(layers[1]!.weight));
  assertNear(await numbers(mlp(x, layers, tanh)), await numbers(expected));
  assertNear(await numbers(mlp(x, layers, tanh, tanh)), await numbers(tanh(expected)));
  await checkGradients((input: Tensor, parts: LinearParams[]) => mlp(input, parts, tanh), [x, layers], {
    order: 2,
  });
});

Deno.test("relu() is 0 for negative elements", async () => {
  const x = tensor([-2, 0, 3]);
  assertEquals(await numbers(relu(x)), [0, 0, 3]);
  const [dx] = gradients([relu(x)], [x]);
  assertEquals(await numbers(dx!), [0, 0, 1]);
});
