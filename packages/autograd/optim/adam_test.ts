import { assertEquals, assertThrows } from "@std/assert";
import { compile, reference, type Tensor, tensor } from "@gasp/tensor";
import { assertNear, numbers } from "../testing.ts";
import { type AdamStepSizes, adamStepSizes, adamUpdate, type Betas } from "./adam.ts";

const BETAS: Betas = [0.5, 0.999];
const GRADIENTS = [[0.1, -2], [0.3, 0], [-0.2, 1e-7]];

// PyTorch's formula, evaluated in double precision: lr 4e-4, betas (0.5, 0.999), eps 1e-8
const EXPECTED = [
  { param: [0.99960000004, -0.499600000002], m: [0.05, -1], v: [1e-5, 4e-3] },
  { param: [0.9991826841994306, -0.49941139101328075], m: [0.175, -0.5], v: [9.999e-5, 3.996e-3] },
  {
    param: [0.9992091333680004, -0.4993123671612497],
    m: [-0.0125, -0.24999995],
    v: [1.3989001e-4, 3.992004000000014e-3],
  },
];

Deno.test("adamUpdate() equals PyTorch's Adam with one compiled program", async () => {
  using step = compile(
    (param: Tensor, gradient: Tensor, m: Tensor, v: Tensor, sizes: AdamStepSizes) =>
      adamUpdate(param, gradient, m, v, sizes, { betas: BETAS }),
    { device: reference },
  );
  let param = tensor(Float64Array.of(1, -0.5)), m = tensor([0, 0]), v = tensor([0, 0]);
  for (const [i, expected] of EXPECTED.entries()) {
    const gradient = Float64Array.from(GRADIENTS[i]!);
    ({ param, m, v } = await step(param, gradient, m, v, adamStepSizes(i + 1, 4e-4, BETAS)));
    assertNear(await numbers(param), expected.param, 1e-14);
    assertNear(await numbers(m), expected.m, 1e-14);
    assertNear(await numbers(v), expected.v, 1e-14);
  }
});

Deno.test("adamStepSizes() corrects the bias of the moments in double precision", async () => {
  const { stepSize, rootScale } = adamStepSizes(3, 0.01, [0.9, 0.99]);
  assertEquals(await numbers(stepSize), [0.01 / (1 - 0.9 ** 3)]);
  assertEquals(await numbers(rootScale), [1 / Math.sqrt(1 - 0.99 ** 3)]);
  assertThrows(() => adamStepSizes(0, 0.01, BETAS), RangeError, "an integer from 1, got 0");
  assertThrows(() => adamStepSizes(1, 0.01, [1, 0.5]), RangeError, "got 1 and 0.5");
});
