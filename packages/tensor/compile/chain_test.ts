/** @module */
import { assert, assertEquals } from "@std/assert";
import type { KernelDevice } from "../device/device.ts";
import type { ChainKernel, Program } from "../ir/kernel.ts";
import { runProgram } from "../ir/evaluate.ts";
import * as t from "../mod.ts";
import { openWasm } from "../wasm/runtime/device.ts";
import { chainRows } from "./chain.ts";
import { OracleDevice } from "./oracle_device.ts";

const ROWS = 300;

function leaf(shape: readonly number[], seed: number): t.Tensor {
  return t.tensor(
    Float32Array.from({ length: t.sizeOf(shape) }, (_, i) => Math.sin(12.9898 * (i + 1) * seed)),
    shape,
  );
}

type Layers = { readonly weight: t.Tensor; readonly bias: t.Tensor }[];

/** Layers of `repeats` networks, `[repeats, out, in]`. */
function layersOf(repeats: number, sizes: readonly number[]): Layers {
  return sizes.slice(1).map((out, i) => ({
    weight: leaf([repeats, out, sizes[i]!], 1 + i),
    bias: leaf([repeats, out], 7 + i),
  }));
}

/** A network of cosines, then affine layers with leaky ReLUs, over points `[rows, 2]`. */
function network(points: t.Tensor, layers: Layers): t.Tensor {
  const encoded = t.cos2pi(t.matmul(points, leaf([2, layers[0]!.weight.shape[2]!], 3)));
  return t.tanh(layers.reduce(
    (x, { weight, bias }, i) =>
      t.add(t.matmul(i === 0 ? x : t.leakyRelu(x, 0.1), t.transpose(weight)), t.expandDims(bias, 1)),
    encoded,
  ));
}

async function valuesOn(
  device: KernelDevice,
  fn: (...args: t.Tensor[]) => t.Tensor,
  args: t.Tensor[],
): Promise<number[]> {
  const compiled = t.compile(fn, { device });
  const result = await compiled(...args), data = [...await result.data()];
  result.dispose();
  compiled.release();
  return data;
}

async function programOf(fn: (...args: t.Tensor[]) => t.Tensor, args: t.Tensor[]): Promise<Program> {
  const device = new OracleDevice();
  await valuesOn(device, fn, args);
  assert(device.program);
  return device.program;
}

function chainsOf({ steps }: Program): ChainKernel[] {
  return steps.flatMap(({ kernel }) => kernel.kind === "chain" ? [kernel] : []);
}

/** Contents of all arguments and results of a program. */
function run(program: Program): Float32Array[] {
  const external = program.buffers.filter(({ role }) => role === "external");
  const data = external.map(({ bytes }, b) =>
    Float32Array.from({ length: bytes / 4 }, (_, i) => Math.sin(78.233 * i + b))
  );
  runProgram(program, data);
  return data;
}

for (const repeats of [1, 3]) {
  const layers = layersOf(repeats, [10, 7, 6, 3]);
  const fn = (points: t.Tensor) => network(points, layers);

  Deno.test(`chainRows() forms one chain of ${repeats} networks and computes the same`, async () => {
    const program = await programOf(fn, [leaf([ROWS, 2], 5)]), chained = chainRows(program);
    const [chain, ...others] = chainsOf(chained);
    assert(chain && others.length === 0);
    assertEquals([chain.rows, chain.repeats], [ROWS, repeats]);
    assertEquals(chain.locals.map(({ width, repeated }) => [width, repeated]), [
      [10, false],
      [7, repeats > 1],
      [6, repeats > 1],
    ]);
    assertEquals(run(chained), run(program));
  });

  for (const simd of ["auto", "plain"] as const) {
    Deno.test(`chains of ${repeats} networks on wasm (${simd}) agree with the oracle, on any number of threads`, async () => {
      // Less than a block, slightly more than a block, many blocks
      for (const rows of [256, 501, 2000]) {
        const points = leaf([rows, 2], 5), results = [];
        const want = await valuesOn(new OracleDevice(), fn, [points]);
        for (const threads of [1, 2, 3]) {
          const device = await openWasm({ threads, simd });
          const got = await valuesOn(device, fn, [points]);
          assertEquals(device.liveBytes, 0);
          await device.close();
          results.push(got);
        }
        const [one] = results;
        for (const got of results) assertEquals(got, one);
        one!.forEach((value, i) =>
          assert(Math.abs(value - want[i]!) < 1e-5, `${rows} rows: ${i} is ${value}`)
        );
      }
    });
  }
}

Deno.test("chains support wide layers, single products and layers that read stored rows", async () => {
  const device = await openWasm({ threads: 2 });
  const skip = (points: t.Tensor, given: t.Tensor) => {
    const hidden = t.tanh(t.matmul(points, leaf([20, 130], 2)));
    return t.add(t.matmul(t.tanh(t.matmul(hidden, leaf([130, 9], 4))), leaf([9, 12], 3)), given);
  };
  const args = [leaf([301, 20], 5), leaf([301, 12], 6)];
  assertEquals(chainsOf(chainRows(await programOf(skip, args))).length, 1);
  const want = await valuesOn(new OracleDevice(), skip, args);
  (await valuesOn(device, skip, args)).forEach((value, i) => assert(Math.abs(value - want[i]!) < 1e-4));
  await device.close();
});

Deno.test("chainRows() does not chain steps that need other rows, or without local arrays", async () => {
  const points = leaf([ROWS, 20], 5);
  const weight = leaf([20, 20], 2);
  const centred = (x: t.Tensor) => {
    const y = t.matmul(x, weight);
    return t.matmul(t.sub(y, t.mean(y, { axes: 0, keepDims: true })), weight);
  };
  const shifted = (x: t.Tensor) => {
    const y = t.tanh(t.matmul(x, weight));
    return t.matmul(t.slice(t.pad(y, [1, 0], [0, 0]), [0, 0], [ROWS, 20]), weight);
  };
  const square = (x: t.Tensor) => {
    const y = t.tanh(t.matmul(x, weight));
    return t.matmul(y, t.transpose(y));
  };
  for (const fn of [centred, shifted, square, (x: t.Tensor) => t.matmul(x, weight)]) {
    const program = await programOf(fn, [points]), chained = chainRows(program);
    assertEquals(chainsOf(chained).length, 0, fn.name);
    assertEquals(run(chained), run(program));
  }
  assertEquals(
    chainsOf(chainRows(
      await programOf((x) => t.matmul(t.tanh(t.matmul(x, weight)), weight), [
        leaf([ROWS, 20], 1),
      ]),
    )).length,
    1,
  );
});
