/**
 * Speed of a training step on synthetic data.
 * @module
 */
import { methodOf, moveToDevice, type RunConfig, TrainingProgram } from "@gasp/gasp";
import { type Communicator, disposeTree, type KernelDevice, type PlanReport } from "@gasp/tensor";
import { noiseLike } from "./noise.ts";
import { peakOf } from "./peak.ts";
import { type BenchReport, residentBytes, timeRuns, warm } from "./report.ts";

/** Duration of the warm-up, about as long as the engine's optimising compiler needs for all kernels. */
const WARM_SECONDS = 4;

/** Training steps to measure. */
export interface StepRequest {
  /** Configuration to train; its data is replaced by noise of the same shape. */
  readonly config: RunConfig;
  /** Number of measured steps. */
  readonly steps: number;
  /** Maximum bytes of a step. Default: the memory of the device. */
  readonly memoryLimit?: number;
  /** Ranks that share each batch. Default: one. */
  readonly communicator?: Communicator;
  /** Called after the warm-up, before the measured steps. */
  readonly onWarm?: () => void;
}

/** Training steps of a configuration on synthetic data, ready to run. */
export interface PreparedStep {
  /** Plan of a step. */
  readonly plan: PlanReport;
  /** Time to compile a step. */
  readonly compileSeconds: number;
  /** Runs the next step. */
  run(): Promise<void>;
  /** Runs steps until the engine has optimised all kernels. */
  warm(): Promise<void>;
  /** Frees all buffers on the device. */
  release(): Promise<void>;
}

/**
 * Prepares training steps.
 *
 * @param request Training steps to measure.
 * @param device Measured device.
 */
export async function prepareStep(
  { config, memoryLimit, communicator }: Omit<StepRequest, "steps">,
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
    ...(communicator && { communicator }),
  });
  const plan = await program.plan(state);
  const compileSeconds = (performance.now() - start) / 1000;
  state = await moveToDevice(state, device);
  if (!plan) throw new Error(`${device.info.name} has no memory plans`);
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
    warm: () => warm(WARM_SECONDS, run, communicator),
    release: async () => {
      disposeTree(state);
      await program.release();
    },
  };
}

/**
 * Times training steps.
 *
 * @param request Training steps to measure.
 * @param device Measured device.
 */
export async function benchStep(request: StepRequest, device: KernelDevice): Promise<BenchReport> {
  const prepared = await prepareStep(request, device);
  const { plan, compileSeconds } = prepared;
  await prepared.warm();
  request.onWarm?.();
  const timing = await timeRuns(request.steps, prepared.run);
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
