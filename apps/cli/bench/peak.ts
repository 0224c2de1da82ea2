/**
 * Measured peaks of a device: multiply-adds and memory bandwidth.
 * @module
 */
import {
  add,
  compile,
  ELEMENT_BYTES,
  evaluate,
  type KernelDevice,
  mul,
  ones,
  sum,
  type Tensor,
  tensor,
} from "@gasp/tensor";
import { measurePeak } from "@gasp/tensor/compiler";

/** Multiply-adds per element, enough for memory traffic to be negligible. */
const CHAIN = 256;
const ELEMENTS = 1 << 20;
/** Elements of an array larger than the caches: 128 MiB. */
const LARGE = 1 << 25;
/** Number of rows of the array in the sum over rows. */
const ROWS = 16;

/**
 * Measures the peak of multiply-adds: on `wasm` that of one core times the number of threads, on a GPU that of a kernel of
 * multiply-adds alone.
 *
 * @param device The device.
 * @returns GFLOP/s.
 */
export async function peakOf(device: KernelDevice): Promise<number> {
  return device.info.kind === "wasm" ? measurePeak() * device.info.threads : await measureChain(device);
}

async function measureChain(device: KernelDevice): Promise<number> {
  const chain = compile((x: Tensor, a: Tensor): Tensor => {
    let y = x;
    for (let i = 0; i < CHAIN; i++) y = add(mul(y, a), a);
    return y;
  }, { device });
  const x = tensor(new Float32Array(ELEMENTS).fill(0.5)), a = tensor(new Float32Array([0.5]));
  let best = Infinity;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    using y = await chain(x, a);
    await device.read((y.storage as { buffer: Parameters<KernelDevice["read"]>[0] }).buffer, 4);
    best = Math.min(best, performance.now() - start);
  }
  chain.release();
  return 2 * CHAIN * ELEMENTS / best / 1e6;
}

/**
 * Measures the memory bandwidth with all threads: the best of summing a large array over its rows, of writing a multiple
 * of it to another array, and of multiplying it in place.
 *
 * @param device The device; it needs memory for two arrays of 128 MiB.
 * @returns GB/s, counting each read and each write once.
 */
export async function memoryPeakOf(device: KernelDevice): Promise<number> {
  const row = LARGE / ROWS;
  const scaled = (x: Tensor): Tensor => mul(x, 1.5);
  const total = compile((x: Tensor): Tensor => sum(x, { axes: 0 }), { device });
  const multiple = compile(scaled, { device });
  const inPlace = compile(scaled, { device, donateArgnums: [0] });
  let x = await evaluate(add(ones([ROWS, row]), 0.5), device);
  const best = async (elements: number, run: () => Promise<Tensor>, keep: (result: Tensor) => void) => {
    let least = Infinity;
    for (let i = 0; i < 6; i++) {
      const start = performance.now();
      const result = await run();
      const { storage } = result;
      if (device.info.kind === "webgpu" && storage.kind === "device") await device.read(storage.buffer, 4);
      least = Math.min(least, performance.now() - start);
      keep(result);
    }
    return ELEMENT_BYTES * elements / least / 1e6;
  };
  const drop = (result: Tensor) => result.dispose();
  const rates = [
    await best(LARGE + row, () => total(x), drop),
    await best(2 * LARGE, () => multiple(x), drop),
    await best(2 * LARGE, () => inPlace(x), (result) => x = result),
  ];
  x.dispose();
  [total, multiple, inPlace].forEach((program) => program.release());
  return Math.max(...rates);
}
