/**
 * Benchmarks convolutions, forwards and backwards, against a matrix product.
 * Run with `deno run -A packages/tensor/ops/spatial/convolution_bench.ts [wasm|webgpu] [seconds]`.
 * @module
 */
import { compile } from "../../run/compile.ts";
import { evaluate } from "../../run/evaluate.ts";
import type { Shape } from "../../graph/shape.ts";
import { sizeOf } from "../../graph/shape.ts";
import { tensor } from "../../graph/from_host.ts";
import type { ConvGeometry } from "../../graph/primitives.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type DeviceName, openDevice } from "../../open.ts";
import { convGeneral } from "./convolution.ts";
import { matmul } from "../linear/linear.ts";
import { transpose } from "../shape/movement.ts";

/** A convolution of square images. */
interface Case {
  readonly batch: number;
  readonly channels: number;
  readonly outputs: number;
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  /** Number of groups, each of `channels` and `outputs`. */
  readonly groups: number;
}

const shape = (
  channels: number,
  outputs: number,
  size: number,
  kernel: number,
  rest: Partial<Case> = {},
): Case => ({
  batch: 16,
  channels,
  outputs,
  size,
  kernel,
  stride: 1,
  padding: Math.floor((kernel - 1) / 2),
  groups: 1,
  ...rest,
});

const CASES: readonly Case[] = [
  shape(64, 64, 64, 3),
  shape(64, 64, 64, 1),
  shape(3, 64, 64, 4, { stride: 2 }),
  shape(64, 128, 32, 4, { stride: 2 }),
  shape(256, 512, 8, 4, { stride: 2 }),
  shape(1, 1, 64, 3, { groups: 64 }),
];

/** `[groups, examples, channels, ...] → [groups, channels, examples, ...]`. */
const swap = (x: Tensor) => transpose(x, [0, 2, 1, 3, 4]);
const noise = (shape: Shape, seed: number) =>
  tensor(Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(12.9898 * (i + 1) + seed)), shape);
const both = (n: number) => [n, n];

if (import.meta.main) {
  const args = (globalThis as { process?: { argv: string[] } }).process?.argv.slice(2) ?? [];
  const device = await openDevice((args[0] ?? "wasm") as DeviceName), seconds = Number(args[1] ?? 2);
  console.log(device.info.kind);
  const report = async (
    name: string,
    gflop: number,
    fn: (a: Tensor, b: Tensor) => Tensor,
    shapes: Shape[],
  ) => {
    const program = compile(fn, { device });
    const [a, b] = await evaluate(shapes.map(noise), device) as [Tensor, Tensor];
    let best = Infinity;
    const start = performance.now();
    for (let run = 0; run < 3 || performance.now() - start < 1000 * seconds; run++) {
      const from = performance.now(), result = await program(a, b);
      await result.data();
      best = Math.min(best, performance.now() - from);
      result.dispose();
    }
    program.release();
    console.log(
      `${name.padEnd(44)} ${best.toFixed(1).padStart(8)} ms ${
        (1e3 * gflop / best).toFixed(1).padStart(7)
      } GFLOP/s`,
    );
    [a, b].forEach((input) => input.dispose());
  };
  await report("product of [768, 768]", 2 * 768 ** 3 / 1e9, matmul, [[768, 768], [768, 768]]);
  for (const { batch, channels, outputs, size, kernel, stride, padding, groups } of CASES) {
    const results = Math.floor((size + 2 * padding - kernel) / stride) + 1;
    const x = [groups, batch, channels, size, size], w = [groups, outputs, channels, kernel, kernel];
    const y = [groups, batch, outputs, results, results];
    const gflop = 2 * sizeOf(y) * channels * kernel ** 2 / 1e9;
    const forward: ConvGeometry = {
      strides: both(stride),
      dilations: both(1),
      spacings: both(1),
      offsets: both(-padding),
    };
    const byInput = { strides: both(1), dilations: both(-1), spacings: both(stride), offsets: both(padding) };
    const byWeights = { ...forward, strides: both(1), dilations: both(stride) };
    const name = `${kernel}x${kernel} ${
      groups > 1 ? `${groups} x ` : ""
    }${channels}-${outputs} of ${size}x${size}/${stride}`;
    await report(name, gflop, (x, w) => convGeneral(x, w, forward, both(results)), [x, w]);
    await report(`${name}, by input`, gflop, (g, w) => convGeneral(g, swap(w), byInput, both(size)), [y, w]);
    const weights = (x: Tensor, g: Tensor) => convGeneral(swap(x), swap(g), byWeights, both(kernel));
    await report(`${name}, by weights`, gflop, weights, [x, y]);
  }
  await device.close();
}
