import { assert, assertEquals } from "@std/assert";
import * as t from "../mod.ts";
import { schedule } from "./schedule.ts";

const numbers = (shape: number[]) => t.tensor(new Float32Array(t.sizeOf(shape)), shape);
const kernels = (outputs: t.Tensor[], maxBuffers = 8) => schedule(outputs, maxBuffers).kernels;

Deno.test("schedule() makes one kernel of an element-wise chain, its broadcasts and a reduction", () => {
  const x = numbers([200, 300]);
  const chain = t.mul(t.tanh(t.add(x, numbers([300]))), x);
  const [kernel, ...rest] = kernels([t.mean(chain, { axes: 0 })]);
  assertEquals(rest.length, 0);
  assertEquals(kernel!.kernel.kind, "loop");
  assertEquals(kernel!.slots.length, 3);
});

Deno.test("schedule() lets reductions over one space share a pass", () => {
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

Deno.test("schedule() stays within the buffers that a kernel may touch", () => {
  const many = Array.from({ length: 12 }, () => numbers([50]));
  const sum = many.reduce((a, b) => t.add(a, t.tanh(b)));
  for (const { slots } of kernels([sum], 5)) assert(slots.length <= 5);
  assertEquals(kernels([sum], 13).length, 1);
});

Deno.test("schedule() stores what many kernels would compute again", () => {
  const x = numbers([300, 300]), y = numbers([300, 300]);
  const costly = t.exp(t.mul(x, y));
  const outputs = [
    t.sum(costly, { axes: 0 }),
    t.sum(costly, { axes: 1 }),
    t.sum(t.transpose(costly), { axes: 1 }),
  ];
  assert(kernels(outputs).some(({ kernel }) => kernel.kind === "loop" && kernel.reduce.length === 0));
});
