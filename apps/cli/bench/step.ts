/**
 * Speed of a training step, on made-up data.
 * @module
 */
import { initialState, type RunConfig, TrainingProgram } from "@gasp/gasp";
import { type Device, treeLeaves } from "@gasp/tensor";
import { noiseLike } from "./noise.ts";
import { peakOf } from "./peak.ts";
import { type BenchReport, time } from "./report.ts";

/** Untimed seconds: the engine's optimising compiler needs about as long for all kernels. */
const WARM_SECONDS = 4;

/**
 * Times training steps of a configuration.
 *
 * @param config What is trained; its data are replaced by noise of the same shape.
 * @param device Where.
 * @param steps Timed steps.
 */
export async function benchStep(config: RunConfig, device: Device, steps: number): Promise<BenchReport> {
  const { model, training, seed } = config;
  let state = initialState(model, training, seed);
  const start = performance.now();
  const program = await TrainingProgram.prepare(config, noiseLike(config), device, state.frequencies);
  const plan = await program.plan(state);
  const compileSeconds = (performance.now() - start) / 1000;
  if (!plan) throw new Error(`${device.info.name} makes no plan`);
  let step = 0;
  const timing = await time(steps, WARM_SECONDS, async () => {
    const result = await program.run(state, step++);
    state = result.state;
    await result.losses.generator.data();
    treeLeaves(result.losses).forEach((leaf) => leaf.dispose());
  });
  const peak = await peakOf(device);
  const residentBytes = Deno.memoryUsage().rss;
  treeLeaves(state).forEach((leaf) => leaf.dispose());
  await program.release();
  const gflopPerSecond = plan.flop / timing.seconds / 1e9;
  return {
    device: `${device.info.kind} (${device.info.name})`,
    threads: device.info.threads,
    secondsPerStep: timing.seconds,
    cpuSecondsPerStep: timing.cpuSeconds,
    gflopPerStep: plan.flop / 1e9,
    gflopPerSecond,
    peakGflopPerSecond: peak,
    ratio: gflopPerSecond / peak,
    plannedBytes: plan.temporaryBytes + plan.externalBytes,
    residentBytes,
    compileSeconds,
  };
}
