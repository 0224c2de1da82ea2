/**
 * Throughput of matrix products on the `wasm` device, relative to the measured multiply-add peak of one core.
 * Run with `deno run -A packages/tensor/wasm/gemm/gemm_bench.ts [threads]`.
 * @module
 */
import type { KernelDevice } from "../../device/device.ts";
import type { GemmKernel } from "../../ir/kernel.ts";
import { openWasm } from "../runtime/device.ts";
import { measurePeak } from "../runtime/peak.ts";
import { accumulator, affine, programOf, slots } from "../testing.ts";

interface Shape {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly left: "rows" | "columns";
  readonly right: "rows" | "columns";
}

const shape = (
  batch: number,
  m: number,
  n: number,
  k: number,
  left: Shape["left"] = "rows",
  right = left,
): Shape => ({
  batch,
  m,
  n,
  k,
  left,
  right,
});

const SHAPES: readonly Shape[] = [
  shape(1, 512, 512, 512),
  shape(1, 512, 512, 512, "columns", "rows"),
  shape(1, 512, 512, 512, "rows", "columns"),
  shape(16, 784, 128, 256),
  shape(16, 784, 256, 128, "rows", "columns"),
  shape(16, 128, 256, 784, "columns", "rows"),
  shape(1, 12544, 64, 64),
  shape(1, 64, 256, 12544, "columns", "rows"),
  shape(1, 12544, 3, 128),
  shape(1, 12544, 1, 128),
  shape(1, 12544, 16, 16),
  shape(1, 16, 66049, 512),
  shape(1, 16, 66049, 512, "rows", "columns"),
  shape(1, 512, 66049, 16, "columns", "rows"),
  shape(1, 16, 512, 66049, "rows", "columns"),
  shape(1, 16, 512, 16384),
  shape(1, 4, 512, 16384),
  shape(1, 784, 512, 2),
];

function kernelOf({ batch, m, n, k, left, right }: Shape): GemmKernel {
  return {
    kind: "gemm",
    name: "product",
    buffers: slots("r", "r", "w"),
    batch: [batch],
    m,
    n,
    k,
    a: {
      buffer: 0,
      offset: 0,
      batch: [m * k],
      ...(left === "rows" ? { row: k, column: 1 } : { row: 1, column: m }),
    },
    b: {
      buffer: 1,
      offset: 0,
      batch: [k * n],
      ...(right === "rows" ? { row: n, column: 1 } : { row: 1, column: k }),
    },
    stores: [{ buffer: 2, address: affine([m * n, n, 1]), value: accumulator(0) }],
  };
}

/** Returns the best time of many runs, in seconds. */
async function time(device: KernelDevice, shape: Shape): Promise<number> {
  const { batch, m, n, k } = shape;
  const sizes = [batch * m * k, batch * k * n, batch * m * n];
  const executable = await device.prepare(programOf(kernelOf(shape), sizes));
  const buffers = sizes.map((size) => device.allocate(4 * size));
  for (const buffer of buffers) device.write(buffer, new Float32Array(buffer.bytes / 4).fill(0.5));
  let best = Infinity;
  const end = performance.now() + 500;
  for (let runs = 0; runs < 8 || performance.now() < end; runs++) {
    const start = performance.now();
    await executable.run(buffers);
    best = Math.min(best, performance.now() - start);
  }
  buffers.forEach((buffer) => device.free(buffer));
  executable.release();
  return best / 1000;
}

if (import.meta.main) {
  const wanted = Number((globalThis as { process?: { argv: string[] } }).process?.argv[2] ?? 1);
  const device = await openWasm({ threads: wanted });
  console.log(device.info.name);
  for (const one of SHAPES) {
    const seconds = await time(device, one), peak = measurePeak();
    const { batch, m, n, k, left, right } = one;
    const gflops = 2 * batch * m * n * k / seconds / 1e9,
      gbytes = 4 * batch * (m * k + k * n + m * n) / seconds / 1e9;
    console.log(
      `${batch} x [${m}, ${k}] ${left} · [${k}, ${n}] ${right}`.padEnd(52),
      `${(seconds * 1e3).toFixed(3).padStart(9)} ms ${gflops.toFixed(1).padStart(6)} GFLOP/s`,
      `${(100 * gflops / peak).toFixed(0).padStart(4)} % of peak ${peak.toFixed(1)}, ${
        gbytes.toFixed(1)
      } GB/s`,
    );
  }
  await device.close();
}
