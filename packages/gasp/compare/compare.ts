/**
 * Comparisons: several methods are trained on the same data with the same budget and seeds, and evaluated by the same metrics.
 *
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import type { Device } from "@gasp/tensor";
import type { RunConfig } from "../config/run_settings.ts";
import { messageOf, UserError } from "../config/user_error.ts";
import { labelledRows } from "../explore/labelled_rows.ts";
import { encodePng } from "../image/mod.ts";
import { presetOf } from "../methods/table.ts";
import { Evaluation, type EvaluationRequest, itemsOfGenerator } from "../metrics/evaluate.ts";
import { describeProtocol } from "../metrics/report.ts";
import type { Metric } from "../metrics/core/metric.ts";
import { adaptToData, parseRunConfig } from "../runs/run_config.ts";
import { type Checkpoint, openNewestCheckpoint } from "../runs/checkpoint.ts";
import type { RunStore } from "../runs/run_store.ts";
import { type Budget, stepsWithin } from "./budget.ts";
import { type ComparisonPlan, planOf } from "./plan.ts";
import {
  type ComparedRun,
  type ComparisonRecord,
  type ComparisonSettings,
  type MethodRecord,
  readComparison,
  RECORD_FILE,
  requireSameComparison,
  requireSameProtocols,
} from "./record.ts";
import { realRow, sampleRow } from "./sample_rows.ts";
import { measureStepSeconds } from "./step_seconds.ts";
import { comparisonTable } from "./table.ts";
import { trainToEnd } from "./train_run.ts";
import { withSampler } from "./with_sampler.ts";

/**
 * Callbacks of a comparison.
 *
 * @category Comparison
 */
export interface CompareEvents {
  /** The steps of all methods are known, and nothing is trained yet: how much there is to do. */
  onPlan?(plan: ComparisonPlan): void;
  /** Another part of the work starts. */
  onPart?(what: string): void;
  /** Fraction of this part that is done, from 0 to 1. */
  onProgress?(fraction: number): void;
  /** A run was trained and evaluated, or could not be. */
  onRun?(run: ComparedRun): void;
}

/**
 * Arguments of {@linkcode compare}.
 *
 * @category Comparison
 */
export interface CompareRequest {
  /** Name of a preset that all methods have. */
  readonly preset: string;
  /** Names of the methods. */
  readonly methods: readonly string[];
  /** Seeds; every method is trained with each. */
  readonly seeds: readonly number[];
  /** Budget of each run. */
  readonly budget: Budget;
  /** Returns the configuration of a method, to be completed with data, steps and seed. Default: its version of the preset. */
  readonly configOf?: (method: string) => RunConfig;
  /** Name of the data in configurations. Default: that of the data set. */
  readonly dataName?: string;
  /** Data, whose items share their points. */
  readonly data: Dataset;
  /** Resolution of the data. */
  readonly resolution: number;
  /** Metrics. */
  readonly metrics: readonly Metric[];
  /** Feature spaces of metrics that need a network. */
  readonly spaces?: Pick<EvaluationRequest, "features" | "classifier" | "inception">;
  /** Number of samples that are evaluated. Default: 500. */
  readonly samples?: number;
  /** Number of real items they are compared with, at most, or all. Default: 1,000. */
  readonly reference?: number | "all";
  /**
   * The moving average of the weights of methods that have one, or the latest weights. An average of decay d still has the share
   * d^n of the initial weights after n steps: of runs that are short for it, compare the latest. Default: the average.
   */
  readonly weights?: "ema" | "latest";
  /** Samples per method on the sheet. Default: 10. */
  readonly columns?: number;
  /** Device to compute on. */
  readonly device: Device;
  /** Files of the comparison. */
  readonly store: RunStore;
  /** Opens the files of a run, in a folder of the comparison. */
  readonly openRun: (folder: string) => RunStore | Promise<RunStore>;
  /** Clock in seconds, such as processor time. Default: wall-clock time. */
  readonly clock?: () => number;
  /** The machine, in words, for the table. */
  readonly machine?: Readonly<Record<string, string>>;
  /** The command, for the table. */
  readonly command?: string;
  /** Stops the comparison; it continues when it is called again. */
  readonly signal?: AbortSignal;
  /** Callbacks. */
  readonly events?: CompareEvents;
}

/**
 * Compares methods. Runs that are done are skipped and interrupted ones are resumed. Writes `comparison.json`, `table.md`,
 * `samples.png`, and a folder `runs/METHOD-SEED` for each run.
 *
 * @param request Methods, budget, seeds, data, metrics, storage.
 * @returns The record, and whether all runs are done; false if the signal stopped the comparison.
 * @throws {UserError} If a method has no such preset or does not suit the data, or the folder contains another comparison.
 * @category Comparison
 */
export async function compare(
  request: CompareRequest,
): Promise<{ readonly record: ComparisonRecord; readonly finished: boolean }> {
  return await new Comparing(request, await openRecord(request)).run();
}

async function openRecord(request: CompareRequest): Promise<ComparisonRecord> {
  const { store, command, machine = {}, metrics, data, methods } = request;
  // Before anything is measured: methods without the preset are refused at once
  for (const method of methods) configOf(request, method);
  const settings: ComparisonSettings = {
    preset: request.preset,
    data: request.dataName ?? data.name,
    resolution: request.resolution,
    budget: request.budget,
    metrics: metrics.map(({ name }) => name),
    samples: request.samples ?? 500,
    reference: request.reference ?? 1000,
    ...(request.weights === "latest" && { weights: request.weights }),
  };
  const before = await readComparison(store);
  if (before) requireSameComparison(before.settings, settings, store.location);
  const commands = before?.commands ?? [];
  const values = metrics.flatMap(({ values }) => values);
  return {
    methods: {},
    runs: [],
    ...before,
    settings,
    machine,
    commands: command === undefined || commands.includes(command) ? commands : [...commands, command],
    directions: Object.fromEntries(values.map(({ name, direction }) => [name, direction])),
  };
}

function configOf({ preset, configOf }: CompareRequest, method: string): RunConfig {
  return configOf?.(method) ?? presetOf(preset, method);
}

/** Number of steps from which a run takes so much longer than a measurement that its duration is worth knowing. */
const WORTH_MEASURING = 100;

/** A comparison in progress. */
class Comparing {
  readonly #request: CompareRequest;
  readonly #clock: () => number;
  #record: ComparisonRecord;
  #evaluation: Promise<Evaluation> | undefined;

  constructor(request: CompareRequest, record: ComparisonRecord) {
    this.#request = request;
    this.#clock = request.clock ?? (() => performance.now() / 1000);
    this.#record = record;
  }

  async run(): Promise<{ record: ComparisonRecord; finished: boolean }> {
    const { methods, seeds, signal, store, events } = this.#request;
    try {
      // Of a comparison that is done already, too: its table may have been deleted
      await this.#write({});
      // All step times first, so that methods are measured under the same conditions
      for (const method of methods) if (!signal?.aborted) await this.#prepare(method);
      if (!signal?.aborted) events?.onPlan?.(planOf(this.#record, methods, seeds));
      for (const seed of seeds) {
        for (const method of methods) {
          if (!signal?.aborted) await this.#complete(method, seed);
        }
        if (!signal?.aborted) await store.write("samples.png", encodePng(await this.#sheet()));
      }
      return { record: this.#record, finished: !signal?.aborted };
    } finally {
      (await this.#evaluation)?.release();
    }
  }

  /** Chooses the number of steps of a method. */
  async #prepare(method: string): Promise<void> {
    if (this.#record.methods[method]) return;
    const { budget, data, device, events } = this.#request, base = this.#baseConfig(method);
    const configFor = (steps: number) => {
      const often = Math.max(1, Math.ceil(steps / 8));
      return adaptToData({ ...base, steps, sampleEvery: steps, saveEvery: often, keepCheckpoints: 1 }, data);
    };
    const measure = (steps: number, seconds: number) => {
      events?.onPart?.(`measuring steps of ${method}`);
      return measureStepSeconds({ config: configFor(steps), data, device, clock: this.#clock, seconds });
    };
    let entry: MethodRecord;
    if ("seconds" in budget) {
      const stepSeconds = await measure(base.steps, budget.seconds / 20);
      entry = { stepSeconds, config: configFor(stepsWithin(budget.seconds, base, stepSeconds)) };
    } else {
      const { steps } = budget, stepSeconds = steps < WORTH_MEASURING ? undefined : await measure(steps, 1);
      entry = { config: configFor(steps), ...(stepSeconds && { stepSeconds }) };
    }
    await this.#write({ methods: { ...this.#record.methods, [method]: entry } });
  }

  #baseConfig(method: string): RunConfig {
    const { preset, data } = this.#request,
      { settings } = this.#record,
      base = configOf(this.#request, method);
    const { featureDim } = data, { resolution } = settings;
    return parseRunConfig(
      { ...base, data: settings.data, resolution, model: { ...base.model, featureDim } },
      `the preset ${preset} of ${method}`,
    );
  }

  /** Trains and evaluates a run, unless that is done. */
  async #complete(method: string, seed: number): Promise<void> {
    const { data, device, openRun, signal, events } = this.#request;
    const before = this.#find(method, seed);
    if (before.values) return;
    events?.onPart?.(`training ${method}, seed ${seed}`);
    const config = { ...this.#record.methods[method]!.config, seed }, started = this.#clock();
    const store = await openRun(runFolder(method, seed));
    const onStep = (step: number) => events?.onProgress?.(step / config.steps);
    const run = (rest: Partial<ComparedRun>): ComparedRun => {
      return { method, seed, seconds: before.seconds + this.#clock() - started, ...rest };
    };
    let checkpoint: Checkpoint | undefined;
    try {
      checkpoint = await trainToEnd({
        config,
        data,
        device,
        store,
        events: { onStep },
        ...(signal && { signal }),
      });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return await this.#add(run({ failure: messageOf(error) }));
    }
    const trained = run({});
    if (!checkpoint) return await this.#add(trained);
    const values = await this.#evaluate(checkpoint);
    await this.#add({ ...trained, values });
  }

  async #evaluate(checkpoint: Checkpoint): Promise<NonNullable<ComparedRun["values"]>> {
    const { data, device, metrics, spaces, events } = this.#request, { settings } = this.#record;
    const { samples, reference } = settings;
    const onProgress = (what: string, done: number, total: number) => {
      if (done === 0) events?.onPart?.(`evaluating ${what}`);
      events?.onProgress?.(done / total);
    };
    events?.onPart?.(`evaluating ${checkpoint.config.method}, seed ${checkpoint.config.seed}`);
    this.#evaluation ??= Evaluation.prepare({
      data,
      device,
      metrics,
      samples,
      reference,
      ...spaces,
      onProgress,
    });
    const evaluation = await this.#evaluation;
    const protocols = metrics.map(({ name, source }) =>
      describeProtocol(name, evaluation.protocols[name]!, source)
    );
    requireSameProtocols(this.#record.protocols, protocols, this.#request.store.location);
    await this.#write({ protocols, floors: await evaluation.floors(), sizes: evaluation.sizes });
    return await withSampler(
      checkpoint,
      device,
      (sampler, weights) => evaluation.compare(itemsOfGenerator(sampler, weights, data, samples)),
      settings.weights,
    );
  }

  #find(method: string, seed: number): ComparedRun {
    const found = this.#record.runs.find((run) => run.method === method && run.seed === seed);
    return found ?? { method, seed, seconds: 0 };
  }

  async #add(run: ComparedRun): Promise<void> {
    const others = this.#record.runs.filter(({ method, seed }) => method !== run.method || seed !== run.seed);
    await this.#write({ runs: [...others, run] });
    this.#request.events?.onRun?.(run);
  }

  async #write(change: Partial<ComparisonRecord>): Promise<void> {
    this.#record = { ...this.#record, ...change };
    const { store } = this.#request, encode = (text: string) => new TextEncoder().encode(text);
    await store.write(RECORD_FILE, encode(JSON.stringify(this.#record, null, 2) + "\n"));
    await store.write("table.md", encode(comparisonTable(this.#record)));
  }

  /** Real items, and samples of the first seed of each method. */
  async #sheet() {
    const { methods, seeds, data, device, openRun, columns = 10 } = this.#request;
    const rows = [await realRow(data, columns)];
    for (const method of methods) {
      const seed = seeds.find((seed) => this.#find(method, seed).values);
      if (seed === undefined) continue;
      const checkpoint = await openNewestCheckpoint(await openRun(runFolder(method, seed)));
      const { weights } = this.#record.settings;
      rows.push(await sampleRow(method, checkpoint!, data, device, columns, weights));
    }
    return labelledRows(rows);
  }
}

/**
 * Returns the folder of a run in that of its comparison.
 *
 * @param method Name of the method.
 * @param seed Seed.
 */
function runFolder(method: string, seed: number): string {
  return `runs/${method}-${seed}`;
}
