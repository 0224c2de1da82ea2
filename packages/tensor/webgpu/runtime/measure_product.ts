/**
 * Measures the time of a matrix product on an adapter.
 * @module
 */
import type { GemmKernel, Program } from "../../ir/kernel.ts";
import { type Host, WebGPUExecutable } from "./executable.ts";
import { splitsOf, type Tile } from "../gemm/gemm_tile.ts";
import type { WebGPUBuffer } from "./memory.ts";
import { beginWait } from "./polling.ts";
import { volume } from "../shader/unravel.ts";

/** Products per submit: enough to make the round trip negligible. */
const PRODUCTS = 8;
/** Timed submits, of which the fastest counts; a preceding one compiles and warms up. */
const SUBMITS = 2;
/** Fast polls of a timed wait: some milliseconds, so that completion is noticed immediately. */
const TIMED_POLLS = 64;

/**
 * Measures a product of three contiguous buffers.
 *
 * @param host Device; nothing else should run on it.
 * @param kernel Product whose slots are A, B and the result.
 * @param tiles Tiles to measure.
 * @returns Milliseconds with each of the tiles.
 * @throws {RangeError} If there is no memory for it.
 */
export async function measureProduct(
  host: Host,
  kernel: GemmKernel,
  tiles: readonly Tile[],
): Promise<number[]> {
  const { m, n, k } = kernel, batch = volume(kernel.batch);
  const sizes = [kernel.a.offset + batch * m * k, kernel.b.offset + batch * n * k, batch * m * n];
  const program: Program = {
    buffers: sizes.map((size) => ({ bytes: 4 * size, role: "external" })),
    steps: Array.from({ length: PRODUCTS }, () => ({ kernel, args: [0, 1, 2] })),
  };
  const splits = splitsOf(kernel);
  const buffers = await host.memory.allocateTemporaries(program.buffers.map(({ bytes }) => bytes));
  const executables: WebGPUExecutable[] = [];
  try {
    await Promise.all(tiles.map(async (tile, i) => {
      const traits = { ...host.traits, plan: () => ({ tile, splits }) };
      executables[i] = await WebGPUExecutable.prepare({ ...host, traits }, program);
    }));
    const times: number[] = [];
    for (const executable of executables) times.push(await fastestRun(host, executable, buffers));
    return times.map((time) => time / PRODUCTS);
  } finally {
    executables.forEach((executable) => executable.release());
    buffers.forEach((buffer) => host.memory.free(buffer));
  }
}

async function fastestRun(
  { gpu }: Host,
  executable: WebGPUExecutable,
  buffers: readonly WebGPUBuffer[],
): Promise<number> {
  let best = Infinity;
  for (let i = 0; i <= SUBMITS; i++) {
    const start = performance.now();
    await executable.run(buffers);
    beginWait(TIMED_POLLS);
    await gpu.queue.onSubmittedWorkDone();
    if (i > 0) best = Math.min(best, performance.now() - start);
  }
  return best;
}
