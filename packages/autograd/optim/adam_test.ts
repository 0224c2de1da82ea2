import { assertEquals, assertThrows } from "@std/assert";
import { compile, reference, type Tensor, tensor } from "@gasp/tensor";
import { assertNear, numbers } from "../testing.ts";
import { adamInit, type AdamState, adamStep, type AdamStepSizes, adamStepSizes } from "./adam.ts";

type Params = { a: Tensor; b: Tensor[] };

const GRADIENTS = [[0.1, -2], [0.3, 0], [-0.2, 1e-7]];

// PyTorch's formula by hand, in double precision: lr 4e-4, betas (0.5, 0.999), eps 1e-8
const EXPECTED = [
  { p: [0.99960000004, -0.499600000002], m: [0.05, -1], v: [1e-5, 4e-3] },
  { p: [0.9991826841994306, -0.49941139101328075], m: [0.175, -0.5], v: [9.999e-5, 3.996e-3] },
  {
    p: [0.9992091333680004, -0.4993123671612497],
    m: [-0.0125, -0.24999995],
    v: [1.3989001e-4, 3.992004000000014e-3],
  },
];

Deno.test("adamStep() makes the steps of PyTorch's Adam with one compiled program", async () => {
  const step = compile(
    (params: Params, gradient: Params, state: AdamState<Params>, scalars: AdamStepSizes) =>
      adamStep(params, gradient, state, scalars),
    { device: reference },
  );
  const tree = ([a, b]: readonly number[]): Params => ({
    a: tensor(Float64Array.of(a!)),
    b: [tensor(Float64Array.of(b!), [1, 1])],
  });
  let params = tree([1, -0.5]);
  let state = adamInit(params);
  for (const [i, { p, m, v }] of EXPECTED.entries()) {
    ({ params, state } = await step(params, tree(GRADIENTS[i]!), state, adamStepSizes(i + 1, 4e-4)));
    const values = async ({ a, b }: Params) => [...await numbers(a), ...await numbers(b[0]!)];
    assertNear(await values(params), p, 1e-14);
    assertNear(await values(state.m), m, 1e-14);
    assertNear(await values(state.v), v, 1e-14);
  }
});

Deno.test("adamScalars() corrects the bias of the moments in double precision", async () => {
  const { stepSize, rootScale } = adamStepSizes(3, 0.01, [0.9, 0.99]);
  assertEquals(await numbers(stepSize), [0.01 / (1 - 0.9 ** 3)]);
  assertEquals(await numbers(rootScale), [1 / Math.sqrt(1 - 0.99 ** 3)]);
  assertThrows(() => adamStepSizes(0, 0.01), RangeError, "steps 1, 2, …, got 0");
});
