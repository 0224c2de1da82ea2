/**
 * Speed of matrix products.
 * @module
 */
import { compile, type KernelDevice, matmul, openDevice, type Tensor, tensor } from "@gasp/tensor";
import { measurePeak } from "@gasp/tensor/compiler";
import { peakOf } from "./peak.ts";
import { type BenchReport, residentBytes, time } from "./report.ts";

/** Batched product `[m, k] · [batch, k, n]`; the left operand is shared, as in the function network. */
interface ProductShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch: number;
}

/** Speed of one product. */
export interface ProductReport extends ProductShape {
  readonly gflopPerSecond: number;
  /** Ratio to the measured peak of the device with the same number of threads. */
  readonly ratio: number;
  /** Speed with all threads of the machine, on `wasm`. */
  readonly parallel?: { readonly threads: number; readonly gflopPerSecond: number; readonly speedup: number };
}

const SHAPES: readonly ProductShape[] = [
  { m: 512, n: 512, k: 512, batch: 1 },
  { m: 784, n: 128, k: 256, batch: 16 },
  { m: 3136, n: 128, k: 1024, batch: 1 },
  { m: 12544, n: 64, k: 64, batch: 1 },
  { m: 16, n: 65536, k: 512, batch: 1 },
];

const RUNS = 15;

/**
 * Times products on a device, and on `wasm` also with all threads.
 *
 * @param device The device; on `wasm`, one with a single thread.
 * @param threads Number of threads of the parallel run; 1 skips it.
 */
export async function benchGemm(
  device: KernelDevice,
  threads: number,
): Promise<BenchReport & { readonly shapes: readonly ProductReport[] }> {
  const isWasm = device.info.kind === "wasm";
  const parallel = isWasm && threads > 1 ? await openDevice("wasm", { threads }) : undefined;
  const shapes: ProductReport[] = [];
  const totals = { seconds: 0, cpu: 0, flop: 0, planned: 0, compile: 0, peak: 0 };
  for (const shape of SHAPES) {
    const one = await measure(device, shape);
    const peak = isWasm ? measurePeak() : await peakOf(device);
    const many = parallel && await measure(parallel, shape);
    const gflopPerSecond = one.flop / one.seconds / 1e9;
    shapes.push({
      ...shape,
      gflopPerSecond,
      ratio: gflopPerSecond / peak,
      ...(many && {
        parallel: {
          threads,
          gflopPerSecond: one.flop / many.seconds / 1e9,
          speedup: one.seconds / many.seconds,
        },
      }),
    });
    totals.seconds += one.seconds;
    totals.cpu += one.cpuSeconds;
    totals.flop += one.flop;
    totals.planned = Math.max(totals.planned, one.plannedBytes);
    totals.compile += one.compileSeconds;
    totals.peak = Math.max(totals.peak, peak);
  }
  await parallel?.close();
  const gflopPerSecond = totals.flop / totals.seconds / 1e9;
  return {
    device: `${device.info.kind} (${device.info.name})`,
    threads: device.info.threads,
    secondsPerStep: totals.seconds,
    cpuSecondsPerStep: totals.cpu,
    gflopPerStep: totals.flop / 1e9,
    gflopPerSecond,
    peakGflopPerSecond: totals.peak,
    ratio: gflopPerSecond / totals.peak,
    plannedBytes: totals.planned,
    residentBytes: residentBytes(),
    compileSeconds: totals.compile,
    shapes,
  };
}

async function measure(device: KernelDevice, { m, n, k, batch }: ProductShape) {
  const product = compile((a: Tensor, b: Tensor) => matmul(a, b), { device });
  const copy = compile((x: Tensor): Tensor => x, { device });
  const filled = (...shape: number[]) => {
    const size = shape.reduce((a, b) => a * b);
    return copy(tensor(Float32Array.from({ length: size }, (_, i) => Math.sin(i)), shape));
  };
  const a = await filled(m, k), b = await (batch > 1 ? filled(batch, k, n) : filled(k, n));
  const start = performance.now();
  const plan = await product.plan(a, b);
  const compileSeconds = (performance.now() - start) / 1000;
  const timing = await time(RUNS, 0.4, async () => {
    using result = await product(a, b);
    const { storage } = result;
    if (device.info.kind === "webgpu" && storage.kind === "device") await device.read(storage.buffer, 4);
  });
  a.dispose();
  b.dispose();
  product.release();
  copy.release();
  return {
    ...timing,
    flop: plan.flop,
    plannedBytes: plan.temporaryBytes + plan.externalBytes,
    compileSeconds,
  };
}
