/** Convolutions with several blocks of results and terms, with epilogue and gradients, on every device against the reference. */
import { gradients } from "@gasp/autograd";
import {
  add,
  conv,
  type ConvOptions,
  convTranspose,
  evaluate,
  leakyRelu,
  reference,
  type Shape,
  square,
  sum,
  type Tensor,
} from "@gasp/tensor";
import { assert } from "@std/assert";
import { deviceTest } from "./devices.ts";
import { floats, toTensor } from "./op_case.ts";

interface Case {
  readonly x: Shape;
  readonly w: Shape;
  readonly options: ConvOptions;
}

const CASES: readonly Case[] = [
  // Image rows are not a multiple of four; there are more outputs than in a strip, and not a multiple of it.
  { x: [2, 20, 13, 17], w: [37, 20, 3, 3], options: { padding: 1 } },
  // More terms than one pass sums.
  { x: [1, 130, 6, 6], w: [9, 130, 3, 3], options: { padding: 1 } },
  // Few results with many terms for the weights: examples are summed separately.
  { x: [6, 5, 20, 20], w: [7, 5, 3, 3], options: { padding: 1 } },
  // Many small images: one product for all of them.
  { x: [70, 6, 4, 4], w: [16, 6, 3, 3], options: { stride: 2, padding: 1 } },
  { x: [3, 8, 15, 16], w: [12, 4, 4, 4], options: { stride: 2, padding: 1, groups: 2 } },
];

/** Returns the largest error relative to the largest value. */
function relativeError(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let error = 0, largest = 0;
  for (let i = 0; i < want.length; i++) {
    error = Math.max(error, Math.abs(got[i]! - want[i]!));
    largest = Math.max(largest, Math.abs(want[i]!));
  }
  return got.length === want.length ? error / largest : Infinity;
}

function withGradients(fn: (x: Tensor, w: Tensor) => Tensor, x: Tensor, w: Tensor): Tensor[] {
  const y = fn(x, w), loss = sum(square(y)), first = gradients([loss], [x, w]);
  return [y, ...first, ...gradients([sum(square(first[0]!))], [w])];
}

await deviceTest(
  "conv() and convTranspose() with several blocks equal the reference",
  async (target, context) => {
    for (const { x, w, options } of CASES) {
      await context.step(JSON.stringify({ x, w, options }), async () => {
        const inputs = [floats(x, 1, -1, 1), floats(w, 2, -1, 1)].map(toTensor) as [Tensor, Tensor];
        const bias = toTensor(floats([w[0]!, 1, 1], 3, -1, 1));
        const there = withGradients((x, w) => leakyRelu(add(conv(x, w, options), bias), 0.2), ...inputs);
        const narrow = conv(...inputs, options), back = { ...options, padding: 1 };
        const all = [...there, ...withGradients((x, w) => convTranspose(x, w, back), narrow, inputs[1])];
        const got = await evaluate(all, target), want = await evaluate(all, reference);
        for (const [i, result] of got.entries()) {
          const error = relativeError(await result.data(), await want[i]!.data());
          assert(error < 1e-5, `result ${i} is off by ${error} of its largest value`);
        }
        got.forEach((result) => result.dispose());
      });
    }
  },
  ["wasm", "webgpu"],
);
