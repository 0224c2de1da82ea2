import { assertEquals, assertStrictEquals } from "@std/assert";
import * as t from "../../mod.ts";
import { topologicalOrder } from "../../graph/traverse.ts";
import { simplify } from "./simplify.ts";

const x = t.tensor([[1, 2, 3], [4, 5, 6]]);
const one = (tensor: t.Tensor) => simplify([tensor])[0]!;

Deno.test("simplify() removes neutral arithmetic", () => {
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

Deno.test("simplify() keeps what differs in parameters alone", () => {
  const [a, b] = simplify([t.slice(x, [0, 0], [1, 3]), t.slice(x, [1, 0], [2, 3])]);
  assertEquals(a === b, false);
});
