/**
 * The time of a matrix product on an adapter.
 * @module
 */
import type { GemmKernel, Program } from "../../ir/kernel.ts";
import { type Host, WebGPUExecutable } from "./executable.ts";
import { splitsOf, type Tile } from "../gemm/gemm_tile.ts";
import type { WebGPUBuffer } from "./memory.ts";
import { beginWait } from "./ticks.ts";
import { volume } from "../shader/unravel.ts";

/** Products in one submit: enough that the way there and back matters little. */
const PRODUCTS = 8;
/** Timed submits, of which the fastest counts; one more before them compiles and warms. */
const SUBMITS = 2;
/** Quick turns of a timed wait: some milliseconds, so that the end is noticed at once. */
const TIMED_TURNS = 64;

/**
 * Measures a product of three packed buffers.
 *
 * @param host Device; nothing else should run on it.
 * @param kernel Product whose slots are A, B and the result.
 * @param tiles How it is computed.
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
    beginWait(TIMED_TURNS);
    await gpu.queue.onSubmittedWorkDone();
    if (i > 0) best = Math.min(best, performance.now() - start);
  }
  return best;
}
