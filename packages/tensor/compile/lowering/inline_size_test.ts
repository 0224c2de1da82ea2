import { assert, assertEquals } from "@std/assert";
import { add, exp, mul, pad, slice, tensor } from "../../mod.ts";
import { inlineSize } from "./inline_size.ts";

Deno.test("inlineSize() counts what is shared once, but what is read at two places twice", () => {
  const x = tensor([1, 2, 3, 4]), stored = new Set([x]), size = (of: typeof x) => inlineSize(of, stored, 1e6);
  const shared = exp(mul(x, x)), one = size(shared);
  assertEquals(size(add(shared, shared)), one + 1);
  const shifted = add(slice(shared, [0], [3]), slice(shared, [1], [4]));
  assertEquals(size(shifted), 2 * one + 3);
  assertEquals(size(slice(add(shared, shared), [0], [3])), one + 2);
});

Deno.test("inlineSize() of a padding covers its conditions", () => {
  const x = tensor([1, 2, 3, 4]), stored = new Set([x]), product = mul(x, x);
  const padded = inlineSize(pad(product, [1], [1]), stored, 1e6);
  assert(padded > inlineSize(slice(product, [0], [3]), stored, 1e6) + 3);
});

Deno.test("inlineSize() ends above its limit", () => {
  let sum = tensor([1, 2]);
  const stored = new Set([sum]);
  for (let i = 0; i < 10_000; i++) sum = add(sum, i);
  assertEquals(inlineSize(sum, stored, 100), 101);
});
