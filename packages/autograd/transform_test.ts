import { assertEquals, assertThrows } from "@std/assert";
import { add, exp, mul, sin, sum, type Tensor, tensor } from "@gasp/tensor";
import { testDirection } from "./check.ts";
import { assertNear, numbers } from "./testing.ts";
import { grad, hvp, jvp, valueAndGrad, vjp } from "./transform.ts";

const x = tensor(Float64Array.of(0.5, -1, 2));

Deno.test("grad() returns a tree like the argument", async () => {
  const loss = ({ a, b }: { a: Tensor; b: Tensor[] }) => sum(mul(a, mul(b[0]!, b[0]!)));
  const gradient = grad(loss)({ a: tensor([1, 2]), b: [tensor([3, 4])] });
  assertEquals(await numbers(gradient.a), [9, 16]);
  assertEquals(await numbers(gradient.b[0]!), [6, 16]);
});

Deno.test("grad() differentiates with respect to the selected arguments", async () => {
  const loss = (a: Tensor, b: Tensor, c: Tensor) => sum(mul(a, mul(b, c)));
  const args: [Tensor, Tensor, Tensor] = [tensor([2]), tensor([3]), tensor([5])];
  assertEquals(await numbers(grad(loss)(...args)), [15]);
  assertEquals(await numbers(grad(loss, 2)(...args)), [6]);
  const [byC, byA] = grad(loss, [2, 0])(...args);
  assertEquals([await numbers(byC), await numbers(byA)], [[6], [15]]);
});

Deno.test("grad() treats closed-over tensors as constants, including the argument itself", async () => {
  const gradient = grad((a: Tensor) => sum(mul(a, x)))(x);
  assertEquals(await numbers(gradient), [0.5, -1, 2]);
});

Deno.test("grad() applies to its own result", async () => {
  const first = grad((a: Tensor) => sum(sin(a)));
  const second = grad((a: Tensor) => sum(first(a)));
  const third = grad((a: Tensor) => sum(second(a)));
  assertNear(await numbers(third(x)), [0.5, -1, 2].map((v) => -Math.cos(v)));
});

Deno.test("valueAndGrad() returns the value and auxiliary results", async () => {
  const fn = valueAndGrad((a: Tensor) => [sum(mul(a, a)), { double: add(a, a) }] as const, { hasAux: true });
  const { value, gradient, aux } = fn(tensor([1, 2]));
  assertEquals(await numbers(value), [5]);
  assertEquals(await numbers(gradient), [2, 4]);
  assertEquals(await numbers(aux.double), [2, 4]);
});

Deno.test("grad() rejects non-scalar results and integer arguments", () => {
  const table = tensor(Int32Array.of(1));
  assertThrows(() => grad((a: Tensor) => mul(a, 2))(x), TypeError, "got f32 of shape [3]: reduce it");
  assertThrows(
    () => grad(({ t }: { t: Tensor }) => sum(t))({ t: table }),
    TypeError,
    "got i32 of shape [1] at 't'",
  );
  assertThrows(() => grad((a: Tensor) => sum(a), 1)(x), RangeError, "argument 1 is to be");
});

Deno.test("vjp() pulls cotangents back, several times", async () => {
  const [value, pullback] = vjp((a: Tensor) => ({ square: mul(a, a), exp: exp(a) }), [x]);
  assertNear(await numbers(value.square), [0.25, 1, 4]);
  const zero = tensor([0, 0, 0]), one = tensor([1, 1, 1]);
  assertNear(await numbers(pullback({ square: one, exp: zero })[0]), [1, -2, 4]);
  assertNear(await numbers(pullback({ square: zero, exp: one })[0]), [0.5, -1, 2].map(Math.exp));
});

Deno.test("jvp() and vjp() are transposes of each other", async () => {
  const fn = (a: Tensor, b: Tensor) => mul(sin(a), exp(mul(a, b)));
  const primals: [Tensor, Tensor] = [x, testDirection([3], 0.1)];
  const tangents: [Tensor, Tensor] = [testDirection([3], 0.3), testDirection([3], 0.6)];
  const cotangent = testDirection([3], 0.8);
  const [, tangent] = jvp(fn, primals, tangents);
  const pulled = vjp(fn, primals)[1](cotangent);
  const left = sum(mul(tangent, cotangent));
  const right = add(sum(mul(pulled[0], tangents[0])), sum(mul(pulled[1], tangents[1])));
  assertNear(await numbers(left), await numbers(right));
});

Deno.test("hvp() multiplies by the Hessian", async () => {
  const loss = (a: Tensor) => mul(sum(mul(a, a)), sum(a));
  const v = tensor([1, 10, 100]);
  // ∇²(|a|² Σa) v = 2 (Σa) v + 2 a Σv + 2 (a · v)
  const expected = [0.5, -1, 2].map((a, i) => 2 * 1.5 * 10 ** i + 2 * a * 111 + 2 * (0.5 - 10 + 200));
  assertNear(await numbers(hvp(loss, x, v)), expected);
});
