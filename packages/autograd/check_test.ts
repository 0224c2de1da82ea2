import { assertEquals, assertRejects } from "@std/assert";
import { exp, mul, sin, square, stopGradient, sub, type Tensor, tensor } from "@gasp/tensor";
import { checkGradients } from "./check.ts";

const x = tensor(Float64Array.of(0.5, -1, 2));

Deno.test("checkGradients() compares every derivative of both orders", async () => {
  const fn = ({ a }: { a: Tensor }, b: Tensor) => [mul(sin(a), exp(b)), square(a)];
  const report = await checkGradients(fn, [{ a: x }, tensor([0.1, 0.2, 0.3])], { order: 2 });
  assertEquals(report.compared, 12);
  assertEquals(report.largestError < 1e-8, true);
});

Deno.test("checkGradients() rejects a wrong first derivative", async () => {
  const wrong = (a: Tensor) => mul(a, stopGradient(a));
  await assertRejects(
    () => checkGradients(wrong, [x]),
    Error,
    "first derivative with respect to element 0 of '0'",
  );
});

Deno.test("checkGradients() rejects a wrong second derivative of a correct first one", async () => {
  const wrong = (a: Tensor) => sub(mul(a, stopGradient(a)), mul(stopGradient(square(a)), 0.5));
  await checkGradients(wrong, [x]);
  await assertRejects(
    () => checkGradients(wrong, [x], { order: 2 }),
    Error,
    "second derivative with respect to element 0",
  );
});

Deno.test("checkGradients() rejects NaN", async () => {
  await assertRejects(() => checkGradients((a: Tensor) => mul(a, NaN), [x]), Error, "is NaN");
});
