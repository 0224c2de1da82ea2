/**
 * Trains a run from the first step, or from a checkpoint, to the last, and writes losses, sheets of samples and checkpoints.
 * A run is a pure function of configuration, seed and data: stopped and resumed, it ends in the same bytes.
 * @module
 */
import { type Communicator, DeviceLostError, disposeTree, soloCommunicator, type Tree } from "@gasp/tensor";
import { UserError } from "../config/user_error.ts";
import { encodePng } from "../image/mod.ts";
import type { StepResult } from "../methods/core/method.ts";
import { methodOf } from "../methods/table.ts";
import { type BestCheckpoint, readBest, writeBest } from "../runs/best.ts";
import { type Checkpoint, saveCheckpoint } from "../runs/checkpoint.ts";
import { adaptToData } from "../runs/run_config.ts";
import {
  appendMetrics,
  checkpointPath,
  CONFIG_FILE,
  pruneCheckpoints,
  reconstructionsPath,
  removeLeftovers,
  samplesPath,
  truncateMetrics,
  writeConfig,
} from "../runs/run_folder.ts";
import { sampleForDisplay, sampleLatents, Sampler } from "../sampling/sampler.ts";
import { requireSamples, sheetOf } from "../show/mod.ts";
import { moveToDevice } from "../state/placement.ts";
import { anyRank, askRankZero } from "../state/ranks.ts";
import { requireEqualStates, requireSameWork } from "./equal_ranks.ts";
import { ReconstructionSheet } from "./reconstruction_sheet.ts";
import { bestUpTo, initialState, startingPoint } from "./starting_point.ts";
import { requireState } from "./state_memory.ts";
import { TrainingProgram } from "./training_program.ts";
import type { LossValues, RunningModel } from "./train_events.ts";
import type { TrainRequest, TrainResult } from "./train_request.ts";
import { BestTracker } from "./validation.ts";

export type { LossValues, RunningModel, TrainEvents } from "./train_events.ts";
export type { TrainRequest, TrainResult } from "./train_request.ts";

/**
 * Trains a run.
 *
 * @param request Configuration, data, device and storage.
 * @returns The number of completed steps.
 * @throws {UserError} If the configuration does not match the data or the checkpoint, checkpoints exist but `resume` is
 *   false, a file cannot be read or written, a loss is no longer finite, or the GPU is lost: then the run can be resumed
 *   from its last checkpoint.
 * @throws {MemoryError} If a step does not fit on the device, or a sheet of samples in memory.
 *
 * @example
 * ```ts
 * import { mnistPackage } from "@gasp/datasets";
 * import { checkpointSteps, MemoryStore, resolveRunConfig, train } from "@gasp/gasp";
 * import { openDevice } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const config = resolveRunConfig({ preset: "tiny", overrides: { steps: 2, logEvery: 1 } });
 * const data = await mnistPackage(config.resolution), store = new MemoryStore();
 * await using device = await openDevice("wasm", { threads: 1 });
 * let logged = 0;
 * await train({ config, data, device, store, events: { onLosses: () => void logged++ } });
 * assertEquals([logged, await checkpointSteps(store)], [2, [2]]);
 * ```
 *
 * @category Training
 */
export async function train(request: TrainRequest): Promise<TrainResult> {
  const { data, communicator = soloCommunicator } = request, config = adaptToData(request.config, data);
  requireState(config);
  const names = { what: "a sheet", count: "sheet.count", resolution: "sheet.resolution" };
  requireSamples(
    { ...config.model, ...config.sheet, display: data.display, points: data.pointCount },
    "sheet",
    names,
  );
  await requireSameWork({ ...request, config }, communicator);
  let checkpoint: Checkpoint | undefined;
  const start = await askRankZero(communicator, async () => {
    checkpoint = await startingPoint({ ...request, config });
    return { step: checkpoint?.step ?? 0 };
  });
  const run = await Run.prepare({ ...request, config }, start.step, checkpoint);
  try {
    return await run.finish();
  } finally {
    await run.release();
  }
}

/** Longest time between yields to the event loop, in milliseconds. */
const YIELD_INTERVAL = 50;

/** A run in progress. */
class Run {
  readonly #request: TrainRequest;
  readonly #communicator: Communicator;
  readonly #program: TrainingProgram;
  /** Draws sheets; absent if the method has no generator. */
  readonly #sampler: Sampler | undefined;
  readonly #tracker: BestTracker | undefined;
  readonly #reconstructions: ReconstructionSheet | undefined;
  #state: Tree;
  #step: number;
  #savedStep: number | undefined;
  #yieldedAt = performance.now();

  private constructor(
    request: TrainRequest,
    program: TrainingProgram,
    state: Tree,
    step: number,
    checkpoint: Checkpoint | undefined,
    best: BestCheckpoint | undefined,
  ) {
    this.#request = request;
    this.#communicator = request.communicator ?? soloCommunicator;
    this.#program = program;
    const generator = methodOf(request.config).generator?.(request.config);
    this.#sampler = generator && new Sampler(generator, request.device);
    this.#tracker = request.validation && new BestTracker(request.validation, best);
    this.#reconstructions = ReconstructionSheet.open(request.config, request.data, request.device);
    this.#state = state;
    this.#step = step;
    this.#savedStep = checkpoint?.step;
  }

  /** Compiles before anything is written, so that a run that cannot start leaves no files. */
  static async prepare(
    request: TrainRequest,
    step: number,
    checkpoint: Checkpoint | undefined,
  ): Promise<Run> {
    const { config, device, store, events, communicator = soloCommunicator } = request;
    const started = performance.now();
    const state = await initialState(request, step, checkpoint);
    const program = await TrainingProgram.prepare({ ...request, state });
    const best = communicator.rank === 0 ? await bestUpTo(store, step) : undefined;
    const run = new Run(request, program, state, step, checkpoint, best);
    try {
      const plan = await program.plan(state);
      await askRankZero(communicator, async () => {
        await removeLeftovers(store);
        await writeConfig(store, config);
        await truncateMetrics(store, step);
      });
      run.#state = await moveToDevice(state, device);
      events?.onReady?.({ step, plan, seconds: (performance.now() - started) / 1000 });
    } catch (error) {
      await run.release();
      throw error;
    }
    return run;
  }

  async finish(): Promise<TrainResult> {
    try {
      return await this.#trainToEnd();
    } catch (error) {
      throw error instanceof DeviceLostError ? await this.#lostError(error) : error;
    }
  }

  async #trainToEnd(): Promise<TrainResult> {
    const { config, signal, events } = this.#request;
    const { steps, logEvery, saveEvery } = config;
    const isDue = (interval: number) => this.#step % interval === 0 || this.#step === steps;
    let isStopped = await this.#isStopped();
    while (this.#step < steps && !isStopped) {
      const { state, losses } = await this.#program.run(this.#state, this.#step);
      this.#state = state;
      this.#step++;
      isStopped = await this.#isStopped();
      const isLast = this.#step === steps || isStopped;
      const isSaved = isDue(saveEvery) || isLast;
      await this.#report(losses, { isLogged: isDue(logEvery), isSaved });
      events?.onStep?.(this.#step);
      if (isSaved) await this.#keepEqual();
      await this.#writeFiles(isDue, isSaved);
      await events?.betweenSteps?.(this.#step, this.#model());
      await this.#yieldToEventLoop();
      isStopped ||= this.#communicator.size === 1 && signal?.aborted === true;
    }
    await askRankZero(this.#communicator, async () => {
      if (this.#savedStep !== this.#step) await this.#save();
    });
    return { step: this.#step, finished: this.#step >= steps };
  }

  /** Whether some rank was told to stop; all ranks get the same answer. */
  #isStopped(): Promise<boolean> {
    return anyRank(this.#communicator, this.#request.signal?.aborted === true);
  }

  /** Checks that all ranks have the same state. */
  async #keepEqual(): Promise<void> {
    const { device } = this.#request;
    this.#state = await requireEqualStates(this.#communicator, this.#state, device, this.#step);
  }

  /** Lets rank 0 write what is due. The others wait: if it fails, all end. */
  async #writeFiles(isDue: (interval: number) => boolean, isSaved: boolean): Promise<void> {
    const { config, validation } = this.#request, isSheetDue = isDue(config.sampleEvery);
    if (!isSheetDue && !isSaved && !(validation && isDue(validation.every))) return;
    await askRankZero(this.#communicator, async () => {
      if (isSheetDue) {
        await this.#writeSheet();
        await this.#writeReconstructions();
      }
      const isBest = await this.#validate(isDue);
      if (isSaved || isBest) await this.#save(isBest);
    });
  }

  async release(): Promise<void> {
    this.#sampler?.release();
    this.#reconstructions?.release();
    await this.#program.release();
    disposeTree(this.#state);
  }

  /** Reads the losses only if they are needed, since reading waits for the device. */
  async #report(
    losses: StepResult["losses"],
    { isLogged, isSaved }: { readonly isLogged: boolean; readonly isSaved: boolean },
  ): Promise<void> {
    if (isLogged || isSaved) {
      const values = await readLosses(losses);
      this.#checkFinite(values);
      if (isLogged) {
        const line = { step: this.#step, ...values };
        await askRankZero(this.#communicator, () => appendMetrics(this.#request.store, line));
        this.#request.events?.onLosses?.(this.#step, values);
      }
    }
    disposeTree(losses);
  }

  #checkFinite(losses: LossValues): void {
    const broken = Object.entries(losses).find(([, value]) => !Number.isFinite(value));
    if (!broken) return;
    const lastGood = this.#savedStep === undefined
      ? "No checkpoint had been saved"
      : `The last good checkpoint is that of step ${this.#savedStep}`;
    const { divergedAdvice } = methodOf(this.#request.config);
    throw new UserError(
      `the ${broken[0]} loss is ${
        broken[1]
      } at step ${this.#step}: the training diverged. ${divergedAdvice}. ${lastGood}`,
    );
  }

  /**
   * Returns the error for a lost GPU. Its memory is gone with the current state, so the run continues from the last
   * checkpoint; one of the initial state is saved if there is none.
   */
  async #lostError(cause: DeviceLostError): Promise<UserError> {
    const { config, data, store, events } = this.#request;
    const isFirst = this.#savedStep === undefined, saved = this.#savedStep ?? 0;
    if (isFirst && this.#communicator.rank === 0) {
      const state = methodOf(config).initialState(config);
      await saveCheckpoint(store, { step: saved, config, display: data.display }, state);
      events?.onCheckpoint?.(checkpointPath(saved), saved);
    }
    return new UserError(
      `the GPU was lost at step ${this.#step} (${
        cause.reason || "no reason reported"
      }), and with it the state of the ` +
        `training. The ${isFirst ? "initial state is saved" : "last checkpoint is that of step " + saved}; ` +
        `the steps after it must be computed again`,
      cause,
    );
  }

  /** Returns the generator as it is now; `undefined` if the method has none. */
  #model(): RunningModel | undefined {
    const weights = methodOf(this.#request.config).weights?.(this.#state, "ema");
    return this.#sampler && weights && { sampler: this.#sampler, weights };
  }

  async #writeSheet(): Promise<void> {
    const { config, data, store, events } = this.#request, model = this.#model();
    if (!model) return;
    const { sampler, weights } = model, { count, resolution } = config.sheet;
    const latents = sampleLatents(config.seed, count, sampler.generator.latentDim);
    const sheet = sheetOf(
      await sampleForDisplay(sampler, weights, {
        latents,
        display: data.display,
        resolution,
        coordinates: data.coordinates,
      }),
    );
    const path = samplesPath(this.#step);
    await store.write(path, encodePng(sheet));
    events?.onSheet?.(path, sheet);
  }

  /** Evaluates the model if that is due; returns whether it is the best so far. */
  async #validate(isDue: (interval: number) => boolean): Promise<boolean> {
    const { validation, store, events } = this.#request;
    const model = validation && isDue(validation.every) ? this.#model() : undefined;
    if (!validation || !model) return false;
    const evaluated = await validation.evaluate(model.sampler, model.weights);
    const result = this.#tracker!.add(this.#step, evaluated);
    const values = Object.entries(result.values).map(([name, { value }]) => [name, value] as const);
    await appendMetrics(store, { step: this.#step, ...Object.fromEntries(values) });
    events?.onValidation?.(result);
    return result.best.step === this.#step;
  }

  async #writeReconstructions(): Promise<void> {
    const sheet = await this.#reconstructions?.draw(this.#state);
    if (sheet) await this.#request.store.write(reconstructionsPath(this.#step), encodePng(sheet));
  }

  async #save(isBest = false): Promise<void> {
    const { config, data, store, events } = this.#request;
    const step = this.#step;
    await saveCheckpoint(store, { step, config, display: data.display }, this.#state);
    // Deleted with its folder during the training: a run without it would not be found again
    if (await store.size(CONFIG_FILE) === undefined) await writeConfig(store, config);
    this.#savedStep = step;
    if (isBest) await writeBest(store, this.#tracker!.best!);
    const best = this.#tracker ? this.#tracker.best : await readBest(store);
    await pruneCheckpoints(store, config.keepCheckpoints, config.keepEvery, best?.step);
    events?.onCheckpoint?.(checkpointPath(step), step);
  }

  /** Lets timers, signals and the page run; awaiting a settled promise alone does not. */
  async #yieldToEventLoop(): Promise<void> {
    if (performance.now() - this.#yieldedAt < YIELD_INTERVAL) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#yieldedAt = performance.now();
  }
}

async function readLosses(losses: StepResult["losses"]): Promise<LossValues> {
  // At once: some GPU drivers answer a read only after milliseconds
  const entries = Object.entries(losses).map(async ([name, value]) =>
    [name, (await value.data())[0]!] as const
  );
  return Object.fromEntries(await Promise.all(entries));
}
