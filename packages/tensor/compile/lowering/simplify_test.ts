import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import * as t from "../../mod.ts";
import { topologicalOrder } from "../../graph/traverse.ts";
import { simplify } from "./simplify.ts";

const x = t.tensor([[1, 2, 3], [4, 5, 6]]);
const one = (tensor: t.Tensor) => simplify([tensor])[0]!;

Deno.test("simplify() removes identity arithmetic", () => {
  for (const same of [t.add(x, 0), t.mul(x, 1), t.sub(x, 0), t.div(x, 1), t.neg(t.neg(x)), t.identity(x)]) {
    assertStrictEquals(one(same), x);
  }
});

Deno.test("simplify() folds constants", () => {
  const folded = one(t.add(t.mul(t.full([2, 2], 3), 2), 1));
  assertEquals([folded.node.op, folded.shape], ["broadcast", [2, 2]]);
  assertEquals(topologicalOrder([folded]).find(({ node }) => node.op === "constant")!.node.params, {
    value: 7,
  });
});

Deno.test("simplify() composes movements", () => {
  assertStrictEquals(one(t.transpose(t.transpose(x))), x);
  assertStrictEquals(one(t.reshape(t.reshape(x, [6]), [2, 3])), x);
  assertEquals(one(t.transpose(t.reshape(x, [2, 1, 3]), [1, 0, 2])).node.op, "reshape");
});

Deno.test("simplify() merges common subgraphs", () => {
  const [a, b] = simplify([t.exp(t.mul(x, 2)), t.exp(t.mul(x, 2))]);
  assertStrictEquals(a, b);
});

Deno.test("simplify() distinguishes nodes by their parameters", () => {
  const [a, b] = simplify([t.slice(x, [0, 0], [1, 3]), t.slice(x, [1, 0], [2, 3])]);
  assertEquals(a === b, false);
});

/** Graphs that are rewritten, each by another rule, and the primitive that must be gone then. */
const REWRITTEN: Readonly<Record<string, { readonly outputs: () => t.Tensor[]; readonly without?: string }>> =
  {
    "the transpose of a product": {
      outputs: () => [t.exp(t.transpose(t.matmul(x, t.mul(t.tensor([[1, 2], [3, 4], [5, 7]]), 0.1))))],
    },
    "the transpose of a transpose": {
      outputs: () => [t.transpose(t.transpose(t.reshape(x, [1, 2, 3]), [1, 2, 0]), [2, 0, 1])],
    },
    "zero minus something": { outputs: () => [t.sub(0, x)], without: "sub" },
    "minus one times something": { outputs: () => [t.mul(x, -1)], without: "mul" },
    "a sum of equal numbers": { outputs: () => [t.sum(t.full([3, 4], 0.5), { axes: 1 })], without: "sum" },
    "a product of equal numbers": {
      outputs: () => [t.prod(t.full([3, 4], 0.5), { axes: 1 })],
      without: "prod",
    },
    "a sum over nothing": { outputs: () => [t.matmul(t.zeros([2, 0]), t.zeros([0, 3]))], without: "matmul" },
    "a rectifier and its slope": { outputs: () => rectified(0.25) },
    "a rectifier that turns the sign, and its slope": { outputs: () => rectified(-0.25) },
  };

/** `y > 0 ? y : slope · y`, and what depends on the same condition. */
function rectified(slope: number): t.Tensor[] {
  const y = t.sub(x, 3.5), isPositive = t.less(0, y);
  return [t.where(isPositive, y, t.mul(y, slope)), t.where(isPositive, 1, slope)];
}

for (const [name, { outputs, without }] of Object.entries(REWRITTEN)) {
  Deno.test(`simplify() keeps the values of ${name}`, async () => {
    const plain = outputs(), simple = simplify(plain);
    const ops = topologicalOrder(simple).map(({ node }) => node.op as string);
    assert(without === undefined || !ops.includes(without), `${without} is among ${ops}`);
    const [expected, actual] = [await t.evaluate(plain), await t.evaluate(simple)];
    for (const [i, tensor] of expected.entries()) {
      assertEquals([...await actual[i]!.data()], [...await tensor.data()]);
    }
  });
}
