/**
 * The multiply-add peak of a device, measured.
 * @module
 */
import { add, compile, type Device, measurePeak, mul, type Tensor, tensor } from "@gasp/tensor";

/** Multiply-adds for each element: enough that memory does not matter. */
const CHAIN = 256;
const ELEMENTS = 1 << 20;

/**
 * Measures the peak: on `wasm` that of one core, times the threads; on a GPU that of a kernel of nothing else.
 *
 * @param device The device.
 * @returns GFLOP/s.
 */
export async function peakOf(device: Device): Promise<number> {
  return device.info.kind === "wasm" ? measurePeak() * device.info.threads : await measureChain(device);
}

async function measureChain(device: Device): Promise<number> {
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
    await device.read((y.storage as { buffer: Parameters<Device["read"]>[0] }).buffer, 4);
    best = Math.min(best, performance.now() - start);
  }
  chain.release();
  return 2 * CHAIN * ELEMENTS / best / 1e6;
}
