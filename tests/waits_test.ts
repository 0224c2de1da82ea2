/**
 * How often a training step waits on a GPU, found without one: dispatches that depend on each other.
 *
 * @module
 */
import { methodOf, presetOf, TrainingProgram } from "@gasp/gasp";
import { type KernelDevice, openDevice } from "@gasp/tensor";
import type { Program } from "@gasp/tensor/compiler";
import { assert } from "@std/assert";
import { noiseLike } from "../apps/cli/bench/noise.ts";
import { chainRows } from "../packages/tensor/compile/chain.ts";
import { planTemporaries } from "../packages/tensor/compile/plan.ts";
import { isWorthwhile, MIN_LIMITS, planChain } from "../packages/tensor/webgpu/chain/chain_plan.ts";
import { lower } from "../packages/tensor/webgpu/program/lower.ts";
import { countWaits, schedule } from "../packages/tensor/webgpu/runtime/order.ts";
import { planSlots } from "../packages/tensor/webgpu/runtime/slots.ts";

/** Buffers of a kernel on most GPUs. */
const MAX_KERNEL_BUFFERS = 9;

/** A device that compiles for a GPU and runs nothing: results are undefined. */
class Recorder implements KernelDevice {
  readonly info: KernelDevice["info"];
  readonly programs: Program[] = [];
  readonly #host: KernelDevice;

  constructor(host: KernelDevice) {
    this.#host = host;
    this.info = { ...host.info, maxKernelBuffers: MAX_KERNEL_BUFFERS, maxMemoryBytes: Infinity };
  }

  get liveBuffers() {
    return this.#host.liveBuffers;
  }

  get liveBytes() {
    return this.#host.liveBytes;
  }

  allocate(bytes: number) {
    return this.#host.allocate(bytes);
  }

  free(buffer: ReturnType<KernelDevice["allocate"]>) {
    this.#host.free(buffer);
  }

  write(buffer: ReturnType<KernelDevice["allocate"]>, data: ArrayBufferView) {
    this.#host.write(buffer, data);
  }

  read(buffer: ReturnType<KernelDevice["allocate"]>, bytes: number) {
    return this.#host.read(buffer, bytes);
  }

  joinSteps(program: Program) {
    return chainRows(program, (chain) => {
      const plan = planChain(chain, MIN_LIMITS);
      return plan !== undefined && isWorthwhile(chain, plan);
    });
  }

  prepare(program: Program) {
    this.programs.push(program);
    return Promise.resolve({
      temporaryBytes: planTemporaries(program).bytes,
      run: () => Promise.resolve(),
      release: () => {},
    });
  }

  close() {
    return this.#host.close();
  }

  [Symbol.asyncDispose]() {
    return this.close();
  }
}

/** The training step of a preset as dispatches. */
async function dispatchesOf(preset: string, batchSize: number) {
  await using device = new Recorder(await openDevice("wasm", { threads: 1 }));
  const config = { ...presetOf(preset), batchSize }, state = methodOf(config).initialState(config);
  const program = await TrainingProgram.prepare({ config, data: noiseLike(config), device, state });
  await program.plan(state);
  await program.release();
  const step = device.programs.reduce((most, next) => next.steps.length > most.steps.length ? next : most);
  return lower(step);
}

// Without moves: 704, 1,051, 681 and 692. The longest chains of dependencies, of 235, 309, 270 and 287 dispatches, are the
// least that is possible
const CASES = [["mnist", 16, 240], ["celebahq64", 8, 312], ["era5", 4, 345], [
  "shapenet-voxels",
  4,
  330,
]] as const;

for (const [preset, batch, most] of CASES) {
  Deno.test(`a step of ${preset} at batch ${batch} waits at most ${most} times on a GPU`, async () => {
    const program = await dispatchesOf(preset, batch);
    const best = schedule(program), waits = countWaits(best);
    assert(waits <= most, `${waits} waits`);
    const plain = planSlots(program.buffers, program.dispatches.map((dispatch) => [dispatch]));
    const bytes = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size, 0);
    assert(bytes(best.plan.bytes) <= 1.25 * bytes(plain.bytes));
    // A limit that leaves no room
    const limited = schedule(program, 0);
    assert(bytes(limited.plan.bytes) <= bytes(plain.bytes));
  });
}
