/**
 * What a training shows in the terminal.
 * @module
 */
import { type Dataset, describeDisplay } from "@gasp/datasets";
import {
  type LossValues,
  type RasterImage,
  type RunConfig,
  showEstimate,
  terminalPreview,
  type TrainEvents,
  type ValidationResult,
} from "@gasp/gasp";
import { type PlanReport, showBytes } from "@gasp/tensor";
import { countOf } from "../device/device.ts";
import { formatTime } from "./duration.ts";
import type { Output } from "./output.ts";
import { Progress } from "./progress.ts";
import { shellWord } from "./shell_word.ts";
import type { StopSignal } from "./stop_signals.ts";
import { LongRunWarning } from "./train_duration.ts";

/** Number of rows of a sheet in a preview. */
const PREVIEW_ROWS = 2;
/** Minimum interval between previews, in milliseconds. */
const PREVIEW_INTERVAL = 20_000;

/** What the view says of a run. */
export interface ShownTraining {
  /** Its configuration. */
  readonly config: RunConfig;
  /** Whether it continues. */
  readonly resume: boolean;
  /** Whether it continues from a checkpoint. */
  readonly hasCheckpoint: boolean;
}

/** Terminal output of a run. */
export class TrainingView implements TrainEvents {
  readonly #output: Output;
  readonly #training: ShownTraining;
  readonly #data: Dataset;
  readonly #device: string;
  readonly #location: string;
  readonly #started = performance.now();
  #progress: Progress;
  #losses: Readonly<Record<string, number>> = {};
  #latestSheet: string | undefined;
  #previewedAt = -Infinity;
  #isWarned = false;
  #duration: LongRunWarning | undefined;

  /**
   * @param output Where to print.
   * @param training Run.
   * @param data Its data.
   * @param device Description of the device, or of the ranks.
   * @param location Folder of the run.
   */
  constructor(output: Output, training: ShownTraining, data: Dataset, device: string, location: string) {
    this.#output = output;
    this.#training = training;
    this.#data = data;
    this.#device = device;
    this.#location = location;
    this.#progress = new Progress(output, training.config.steps);
    this.#printHeader();
  }

  #printHeader(): void {
    const { preset, steps, seed, batchSize } = this.#training.config;
    const { items, name, display } = this.#data;
    this.#progress.print(
      `${preset}: ${countOf(steps, "step")}, batch size ${batchSize}, seed ${seed}\n` +
        `data "${name}": ${countOf(items, "item")}, ${describeDisplay(display)}\n` +
        `on ${this.#device}; output in ${this.#location}`,
    );
  }

  onReady({ step, plan, seconds }: { step: number; plan: PlanReport | undefined; seconds: number }): void {
    const { resume, config } = this.#training;
    const memory = plan ? `, ${showBytes(plan.temporaryBytes + plan.externalBytes)}` : "";
    const from = resume
      ? (this.#training.hasCheckpoint
        ? `, resuming from step ${step}`
        : ", no checkpoint yet: starting at step 0")
      : "";
    this.#progress.print(`ready in ${formatTime(seconds)}${memory}${from}`);
    this.#progress = new Progress(this.#output, config.steps);
    this.#duration = new LongRunWarning(step, config, this.#data.display);
  }

  onStep(step: number): void {
    const warning = this.#duration?.after(step);
    if (warning !== undefined) this.#progress.print(warning);
    this.#progress.update(step, this.#losses);
  }

  onLosses(_step: number, losses: LossValues): void {
    this.#losses = losses;
  }

  onSheet(path: string, sheet: RasterImage): void {
    this.#latestSheet = `${this.#location}/${path}`;
    const now = performance.now();
    if (!this.#output.isTerminal || now - this.#previewedAt < PREVIEW_INTERVAL) return;
    this.#previewedAt = now;
    this.#progress.offer(this.#preview(sheet));
  }

  onValidation({ step, values, best, isClearlyWorse }: ValidationResult): void {
    const shown = Object.entries(values).map(([name, estimate]) => `${name} ${showEstimate(estimate)}`);
    const comparison = best.step === step
      ? "the best so far"
      : `best ${showEstimate(best)} at step ${best.step}`;
    this.#progress.print(`step ${step}: ${shown.join(", ")}; ${comparison}`);
    if (isClearlyWorse && !this.#isWarned) {
      this.#progress.print(
        `warning: samples have become clearly worse than at step ${best.step}, whose checkpoint is kept: ` +
          `sample it with --checkpoint best. Training longer may not help`,
      );
    }
    this.#isWarned = isClearlyWorse;
  }

  #preview(sheet: RasterImage): string {
    const rows = Math.ceil(Math.sqrt(this.#training.config.sheet.count));
    const height = Math.ceil((sheet.height * Math.min(PREVIEW_ROWS, rows)) / rows);
    const pixels = sheet.pixels.subarray(0, height * sheet.width * sheet.channels);
    const colours = /^(truecolor|24bit)$/.test(Deno.env.get("COLORTERM") ?? "") ? "truecolor" : "256";
    return terminalPreview({ ...sheet, height, pixels }, Math.min(80, this.#output.columns - 1), colours)
      .trimEnd();
  }

  stopping(signal: StopSignal): void {
    const reason = signal === "SIGINT" ? "" : ` (${signal})`;
    this.#progress.print(
      `stopping after this step and saving a checkpoint${reason}; press Ctrl-C again to quit immediately`,
    );
  }

  /** Prints how the run ended; returns the text. */
  end(step: number, finished: boolean, resume: string): string {
    this.#progress.finish();
    const time = formatTime((performance.now() - this.#started) / 1000);
    const sheet = this.#latestSheet === undefined ? "" : `\nsamples: ${this.#latestSheet}`;
    const next = finished
      ? `more samples: deno task sample ${shellWord(this.#location)}`
      : `resume with: ${resume}`;
    const text = `${finished ? "done" : `stopped after step ${step}`} in ${time}${sheet}\n${next}`;
    this.#progress.print(text);
    return text;
  }

  close(): void {
    this.#progress.finish();
  }
}
