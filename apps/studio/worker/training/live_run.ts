/**
 * A run while it trains: what it reports to the page, and what the page tells it.
 *
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import {
  type LossValues,
  requireSamples,
  type RunConfig,
  type RunningModel,
  sampleForDisplay,
  sampleLatents,
  type TrainEvents,
} from "@gasp/gasp";
import type { KernelDevice, PlanReport } from "@gasp/tensor";
import { drawSamples } from "./pictures.ts";
import type { LiveSheet, LossLine, ShownConfig, TrainEvent } from "./protocol.ts";
import { Rate } from "./rate.ts";

/** Milliseconds between reports of progress. */
const REPORT_INTERVAL = 250;
/** Milliseconds between sheets, at least. */
const SHEET_INTERVAL = 500;
/** Samples of a sheet at first, at most, so that the next sheet comes soon. */
const COUNT = 16;
/** Rows of a picture at first, at least: functions are smooth. */
const FINE = 32;
/** Share of the time that sheets may take. */
const SHEET_SHARE = 0.04;

/** What a live run needs. */
export interface LiveRunOptions {
  /** Its configuration. */
  readonly config: RunConfig;
  /** Its data. */
  readonly data: Dataset;
  /** Its device. */
  readonly device: KernelDevice;
  /** Losses before its first step here. */
  readonly losses: readonly LossLine[];
  /** Receives its reports. */
  readonly send: (event: TrainEvent) => void;
}

/** Reports a run; can be paused. */
export class LiveRun implements TrainEvents {
  readonly #options: LiveRunOptions;
  readonly #rate = new Rate();
  #sheet: LiveSheet;
  #latents: Float32Array | undefined;
  #reportedAt = -Infinity;
  /** Time of the next sheet. */
  #sheetAt = -Infinity;
  readonly #stop = new AbortController();
  #paused: { readonly until: Promise<void>; readonly end: () => void } | undefined;
  /** Draws now, while the run is paused. */
  #redraw: (() => Promise<void>) | undefined;

  constructor(options: LiveRunOptions) {
    this.#options = options;
    const { config: { sheet, seed }, data: { display } } = options;
    const resolution = display.kind === "image" ? Math.max(sheet.resolution, FINE) : sheet.resolution;
    this.#sheet = { count: Math.min(sheet.count, COUNT), resolution, seed };
  }

  onReady({ step, plan }: { readonly step: number; readonly plan: PlanReport | undefined }): void {
    const { config, device: { info: { name, note } }, losses, send } = this.#options;
    send({
      type: "ready",
      step,
      config: shownConfig(config),
      device: name,
      ...(note !== undefined && { note }),
      ...(plan && { memoryBytes: plan.temporaryBytes + plan.externalBytes }),
      sheet: this.#sheet,
      losses,
    });
  }

  onLosses(step: number, values: LossValues): void {
    this.#options.send({ type: "losses", line: { step, values } });
  }

  onCheckpoint(_path: string, step: number): void {
    this.#options.send({ type: "saved", step });
  }

  betweenSteps(step: number, model: RunningModel | undefined): Promise<void> | undefined {
    const now = performance.now(), isLast = step === this.#options.config.steps;
    this.#rate.add(now);
    if (isLast || now - this.#reportedAt >= REPORT_INTERVAL) this.#report(step, now);
    const draw = model && (() => this.#draw(step, model));
    const isDue = draw && (isLast || now >= this.#sheetAt);
    return this.#paused || isDue ? this.#wait(isDue ? draw : undefined, draw) : undefined;
  }

  /** Stops after the current step until {@link resume}. The state stays on the device. */
  pause(): void {
    if (this.#paused) return;
    const { promise: until, resolve: end } = Promise.withResolvers<void>();
    this.#paused = { until, end };
  }

  /** Aborted when the run is stopped. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  /** Stops the run after the current step, with a checkpoint. */
  stop(): void {
    this.#stop.abort();
    this.resume();
  }

  /** Ends a pause. */
  resume(): void {
    this.#paused?.end();
    this.#paused = undefined;
    this.#rate.restart();
  }

  /**
   * Changes which samples are drawn, from now on.
   *
   * @param sheet Which samples.
   * @throws {MemoryError} If they do not fit in memory.
   */
  async show(sheet: LiveSheet): Promise<void> {
    const { config, data } = this.#options;
    requireSamples({ ...config.model, ...sheet, display: data.display, points: data.pointCount }, "sheet");
    this.#sheet = sheet;
    this.#latents = undefined;
    this.#sheetAt = -Infinity;
    await this.#redraw?.();
  }

  async #wait(
    due: (() => Promise<void>) | undefined,
    draw: (() => Promise<void>) | undefined,
  ): Promise<void> {
    await due?.();
    this.#redraw = draw;
    await this.#paused?.until;
    this.#redraw = undefined;
  }

  #report(step: number, now: number): void {
    const { device: { liveBytes }, send } = this.#options, rate = this.#rate.value;
    send({ type: "progress", step, liveBytes, ...(rate !== undefined && { rate }) });
    this.#reportedAt = now;
  }

  async #draw(step: number, { sampler, weights }: RunningModel): Promise<void> {
    const { data: { display, coordinates }, send } = this.#options, { count, resolution, seed } = this.#sheet;
    const started = performance.now();
    const latents = this.#latents ??= sampleLatents(seed, count, sampler.generator.latentDim);
    const pictures = drawSamples(
      await sampleForDisplay(sampler, weights, { latents, display, resolution, coordinates }),
    );
    send({ type: "sheet", step, pictures });
    const seconds = performance.now() - started;
    this.#sheetAt = performance.now() + Math.max(SHEET_INTERVAL, seconds / SHEET_SHARE);
  }
}

/**
 * Returns the part of a configuration that the page shows.
 *
 * @param config Configuration.
 */
export function shownConfig(
  { preset, method, steps, batchSize, seed, resolution, saveEvery }: RunConfig,
): ShownConfig {
  return { preset, method, steps, batchSize, seed, resolution, saveEvery };
}
