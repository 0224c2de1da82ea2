import { assert, assertEquals } from "@std/assert";
import * as t from "../mod.ts";
import { schedule } from "./schedule.ts";

const numbers = (shape: number[]) => t.tensor(new Float32Array(t.sizeOf(shape)), shape);
const kernels = (outputs: t.Tensor[], maxBuffers = 8) => schedule(outputs, maxBuffers).kernels;

Deno.test("schedule() fuses into one kernel an element-wise chain, its broadcasts and a reduction", () => {
  const x = numbers([200, 300]);
  const chain = t.mul(t.tanh(t.add(x, numbers([300]))), x);
  const [kernel, ...rest] = kernels([t.mean(chain, { axes: 0 })]);
  assertEquals(rest.length, 0);
  assertEquals(kernel!.kernel.kind, "loop");
  assertEquals(kernel!.slots.length, 3);
});

Deno.test("schedule() computes reductions over one space in one pass", () => {
  const x = numbers([200, 300]);
  const both = [t.sum(x, { axes: 0 }), t.sum(t.square(x), { axes: 0 })];
  assertEquals(kernels(both).length, 1);
  assertEquals(kernels([both[0]!, t.sum(x, { axes: 1 })]).length, 2);
});

Deno.test("schedule() reads transposed and shared matrix operands in place", () => {
  const product = t.matmul(t.transpose(numbers([64, 32])), numbers([4, 64, 16]));
  const [gemm, ...rest] = kernels([product]);
  assertEquals(rest.length, 0);
  assert(gemm!.kernel.kind === "gemm");
  assertEquals([gemm!.kernel.a.row, gemm!.kernel.a.column, gemm!.kernel.a.batch], [1, 32, [0]]);
});

Deno.test("schedule() respects the buffer limit of a kernel", () => {
  const many = Array.from({ length: 12 }, () => numbers([50]));
  const sum = many.reduce((a, b) => t.add(a, t.tanh(b)));
  for (const { slots } of kernels([sum], 5)) assert(slots.length <= 5);
  assertEquals(kernels([sum], 13).length, 1);
});

Deno.test("schedule() stores what many kernels would recompute", () => {
  const x = numbers([300, 300]), y = numbers([300, 300]);
  const costly = t.exp(t.mul(x, y));
  const outputs = [
    t.sum(costly, { axes: 0 }),
    t.sum(costly, { axes: 1 }),
    t.sum(t.transpose(costly), { axes: 1 }),
  ];
  assert(kernels(outputs).some(({ kernel }) => kernel.kind === "loop" && kernel.reduce.length === 0));
});

Deno.test("schedule() reads the windows of a convolution in place and joins what follows to its kernel", () => {
  const pictures = numbers([2, 16, 20, 20]), weights = numbers([24, 16, 3, 3]);
  const y = t.leakyRelu(t.add(t.conv(pictures, weights, { padding: 1 }), numbers([24, 1, 1])), 0.2);
  const [padding, product, ...rest] = kernels([y]);
  assertEquals(rest.length, 0);
  assertEquals(padding!.slots.map(({ size }) => size), [pictures.size, 2 * 16 * 22 * 22]);
  assertEquals(product!.kernel.kind, "patchGemm");
  const dense = kernels([t.conv(pictures, numbers([24, 16, 1, 1]))]);
  assertEquals(dense.map(({ kernel }) => kernel.kind), ["gemm"]);
});

Deno.test("schedule() multiplies no zeros in transposed convolutions", () => {
  const y = t.convTranspose(numbers([2, 16, 8, 8]), numbers([16, 8, 4, 4]), { stride: 2, padding: 1 });
  const terms = kernels([y]).flatMap(({ kernel }) =>
    kernel.kind === "patchGemm" ? [t.sizeOf(kernel.batch) * kernel.m * kernel.n * kernel.k] : []
  );
  assertEquals(terms.reduce((sum, n) => sum + n, 0), 2 * 8 * 16 * 16 * 16 * (4 * 4 / 4));
});
