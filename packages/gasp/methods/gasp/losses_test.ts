import { checkGradients, gradients } from "@gasp/autograd";
import { concatenate, mul, sin, sum, type Tensor, tensor } from "@gasp/tensor";
import { assertEquals } from "@std/assert";
import { crossEntropy, gradientPenalty } from "./losses.ts";
import { assertClose, numbers, randomTensor } from "./gasp_testing.ts";

const meanOf = (values: number[]) => values.reduce((a, b) => a + b) / values.length;

Deno.test("crossEntropy() is the negative mean log-probability of the target, on both scales", async () => {
  const values = [-3, -0.5, 0, 2, 9];
  const logits = tensor(values, [5, 1]);
  for (const scale of ["probability", "logit"] as const) {
    const real = meanOf(values.map((z) => Math.log1p(Math.exp(-z))));
    const fake = meanOf(values.map((z) => Math.log1p(Math.exp(z))));
    assertClose(await numbers(crossEntropy(logits, "real", scale)), [real], 1e-12);
    assertClose(await numbers(crossEntropy(logits, "fake", scale)), [fake], 1e-12);
  }
});

Deno.test("crossEntropy() on probabilities is 100 with zero gradient where a probability is 0", async () => {
  const logits = tensor([-800, 800], [2, 1]);
  for (const target of ["real", "fake"] as const) {
    const loss = crossEntropy(logits, target, "probability");
    assertEquals(await numbers(loss), [50]);
    assertEquals(await numbers(gradients([loss], [logits])[0]!), [0, 0]);
  }
  assertEquals(await numbers(crossEntropy(logits, "real", "logit")), [400]);
});

Deno.test("crossEntropy() has derivatives that agree with finite differences", async () => {
  for (const scale of ["probability", "logit"] as const) {
    for (const target of ["real", "fake"] as const) {
      const loss = (logits: Tensor) => crossEntropy(logits, target, scale);
      const { compared } = await checkGradients(loss, [randomTensor("logits", [4, 1])], { order: 2 });
      assertEquals(compared, 8);
    }
  }
});

Deno.test("gradientPenalty() includes the terms between examples", async () => {
  const features = randomTensor("features", [3, 2, 1]);
  // Logits that depend on all examples, as with batch norm
  const total = sum(features);
  const logits = concatenate([0, 1, 2].map((i) => mul(sin(mul(total, i + 1)), tensor([[i + 1]]))), 0);
  for (const scale of ["probability", "logit"] as const) {
    const penalty = await numbers(gradientPenalty(logits, features, scale));
    const at = meanOf(await numbers(features)) * 6;
    const slope = [1, 2, 3].reduce((sum, i) => {
      const p = 1 / (1 + Math.exp(-i * Math.sin(i * at)));
      return sum + i * i * Math.cos(i * at) * (scale === "logit" ? 1 : p * (1 - p));
    }, 0);
    assertClose(penalty, [6 * slope ** 2 / 3], 1e-12);
  }
});
