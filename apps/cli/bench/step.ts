/**
 * Speed of a training step, on made-up data.
 * @module
 */
import { methodOf, moveToDevice, type RunConfig, TrainingProgram } from "@gasp/gasp";
import { disposeTree, type KernelDevice, type PlanReport } from "@gasp/tensor";
import { noiseLike } from "./noise.ts";
import { peakOf } from "./peak.ts";
import { type BenchReport, residentBytes, time, warm } from "./report.ts";

/** Untimed seconds: the engine's optimising compiler needs about as long for all kernels. */
const WARM_SECONDS = 4;

/** Which steps are measured. */
export interface StepRequest {
  /** What is trained; its data are replaced by noise of the same shape. */
  readonly config: RunConfig;
  /** Measured steps. */
  readonly steps: number;
  /** Bytes that a step may take. Default: what the device has. */
  readonly memoryLimit?: number;
}

/** Training steps of a configuration on made-up data, ready to run. */
export interface PreparedStep {
  /** What a step takes. */
  readonly plan: PlanReport;
  /** Time from the function to a program that can run. */
  readonly compileSeconds: number;
  /** Runs the next step. */
  run(): Promise<void>;
  /** Runs steps until the engine has compiled all kernels for good. */
  warm(): Promise<void>;
  /** Frees what it holds on the device. */
  release(): Promise<void>;
}

/**
 * Prepares training steps.
 *
 * @param request Which.
 * @param device Where.
 */
export async function prepareStep(
  { config, memoryLimit }: Omit<StepRequest, "steps">,
  device: KernelDevice,
): Promise<PreparedStep> {
  let state = methodOf(config).initialState(config);
  const start = performance.now();
  const data = noiseLike(config);
  const program = await TrainingProgram.prepare({
    config,
    data,
    device,
    state,
    ...(memoryLimit !== undefined && { memoryLimit }),
  });
  const plan = await program.plan(state);
  const compileSeconds = (performance.now() - start) / 1000;
  state = await moveToDevice(state, device);
  if (!plan) throw new Error(`${device.info.name} makes no plan`);
  let step = 0;
  const run = async () => {
    const result = await program.run(state, step++);
    state = result.state;
    const losses = Object.values(result.losses);
    await losses[0]?.data();
    losses.forEach((loss) => loss.dispose());
  };
  return {
    plan,
    compileSeconds,
    run,
    warm: () => warm(WARM_SECONDS, run),
    release: async () => {
      disposeTree(state);
      await program.release();
    },
  };
}

/**
 * Times training steps.
 *
 * @param request Which.
 * @param device Where.
 */
export async function benchStep(request: StepRequest, device: KernelDevice): Promise<BenchReport> {
  const prepared = await prepareStep(request, device);
  const { plan, compileSeconds } = prepared;
  const timing = await time(request.steps, WARM_SECONDS, prepared.run);
  const peak = await peakOf(device);
  const resident = residentBytes();
  await prepared.release();
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
    residentBytes: resident,
    compileSeconds,
  };
}
