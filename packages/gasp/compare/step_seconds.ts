/**
 * Measures how long the steps of a training take.
 *
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { type Device, disposeTree } from "@gasp/tensor";
import type { RunConfig } from "../config/run_settings.ts";
import { methodOf } from "../methods/table.ts";
import { adaptToData } from "../runs/run_config.ts";
import { moveToDevice } from "../state/placement.ts";
import { TrainingProgram } from "../training/training_program.ts";

/**
 * Arguments of {@linkcode measureStepSeconds}.
 *
 * @category Comparison
 */
export interface StepSecondsRequest {
  /** Configuration of the run. */
  readonly config: RunConfig;
  /** Training data. */
  readonly data: Dataset;
  /** Device to train on. */
  readonly device: Device;
  /** Clock in seconds, such as processor time. */
  readonly clock: () => number;
  /** Seconds after which no further step of a phase is timed. Default: 5. */
  readonly seconds?: number;
}

/** Steps that are run before any is timed: the first compiles, the second prepares inputs as all others do. */
const WARM_UP = 2;

/**
 * Measures the mean time of a step in each phase of a training, on a state of its own, without the time to compile.
 *
 * @param request Configuration, data, device and clock.
 * @returns Seconds per step, one for each phase.
 * @category Comparison
 */
export async function measureStepSeconds(request: StepSecondsRequest): Promise<number[]> {
  const { data, device, clock, seconds = 5 } = request;
  const config = adaptToData(request.config, data), method = methodOf(config);
  const initial = method.initialState(config);
  const program = await TrainingProgram.prepare({ config, data, device, state: initial });
  let state = await moveToDevice(initial, device);
  try {
    const run = async (step: number) => {
      const result = await program.run(state, step);
      state = result.state;
      // Reading the losses waits for the device
      await Promise.all(Object.values(result.losses).map((loss) => loss.data()));
      disposeTree(result.losses);
    };
    const times: number[] = [];
    for (const start of method.phaseStarts?.(config) ?? [0]) {
      for (let i = 0; i < WARM_UP; i++) await run(start + i);
      const started = clock();
      let count = 0, passed: number;
      do {
        await run(start + WARM_UP + count++);
        passed = clock() - started;
      } while (passed < seconds);
      times.push(passed / count);
    }
    return times;
  } finally {
    await program.release();
    disposeTree(state);
  }
}
