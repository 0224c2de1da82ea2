/**
 * Trains a run in this worker.
 *
 * @module
 */
import {
  adaptToData,
  openNewestCheckpoint,
  parseRunConfig,
  readConfig,
  type RunConfig,
  type RunStore,
  train as trainRun,
  UserError,
} from "@gasp/gasp";
import { openDevice } from "@gasp/tensor";
import type { Dataset } from "@gasp/datasets";
import type { Call, Handler } from "../../rpc/protocol.ts";
import { bundledSource, openAt, openSuited } from "./data_source.ts";
import { LiveRun } from "./live_run.ts";
import type { DataSource, TrainEvent, TrainOutcome, TrainParams } from "./protocol.ts";
import { lossesOf } from "./runs.ts";
import { isLasting, keepData, keptData, storeOf, whileLocked } from "./stores.ts";

let live: { readonly name: string; readonly run: LiveRun } | undefined;
let isTraining = false;

/**
 * Returns the run that trains.
 *
 * @param name Its name.
 * @returns Undefined if another one trains, or none.
 */
export function liveRun(name: string): LiveRun | undefined {
  return live?.name === name ? live.run : undefined;
}

/** Trains a run until its last step, or until it is stopped: then a checkpoint is saved first. */
export const train: Handler<TrainParams, TrainOutcome, TrainEvent> = async (params, call) => {
  if (isTraining) throw new UserError("a run is being trained already: stop it first, or use another tab");
  isTraining = true;
  try {
    return await whileLocked(params.name, () => trainLocked(params, call));
  } finally {
    isTraining = false;
  }
};

/** Data and configuration of a run. */
interface Prepared {
  readonly data: Dataset;
  readonly config: RunConfig;
}

async function trainLocked(params: TrainParams, call: Call<TrainEvent>): Promise<TrainOutcome> {
  const { name, resume, device: kind, threads } = params, store = await storeOf(name);
  const note = (text: string) => call.progress({ type: "note", text });
  if (!await isLasting()) {
    note("this browser stores nothing for this page: download the run before you close it");
  }
  const { data, config } = await (resume ? prepareResumed(params, store, note) : prepareNew(params, note));
  const device = await openDevice(kind, threads === undefined ? {} : { threads });
  try {
    const losses = (await lossesOf(store)).filter(({ step }) => step < config.steps);
    const send = (event: TrainEvent) => call.progress(event);
    const run = new LiveRun({ config, data, device, losses: resume ? losses : [], send });
    live = { name, run };
    call.signal.addEventListener("abort", () => run.stop(), { once: true });
    return await trainRun({ config, data, device, store, resume, signal: run.stopped, events: run });
  } finally {
    live = undefined;
    await device.close();
    await data.close?.();
  }
}

async function prepareNew(
  { name, source, preset, overrides }: TrainParams,
  report: (text: string) => void,
): Promise<Prepared> {
  if (source === undefined) throw new UserError("choose data first");
  const { opened: { dataset: data }, config } = await openSuited(source, { preset, overrides, report });
  if ("files" in source && !await keepData(name, source.files)) {
    report(
      "there is no room for a copy of the data here: after closing the page, choose them again to continue",
    );
  }
  return { data, config };
}

async function prepareResumed(
  { name, source, overrides }: TrainParams,
  store: RunStore,
  report: (text: string) => void,
): Promise<Prepared> {
  const stored = await readConfig(store) ?? (await openNewestCheckpoint(store))?.config;
  if (stored === undefined) throw new UserError(`there is no run ${name} in this browser`);
  const config = parseRunConfig({ ...parseRunConfig(stored, name, report), ...overrides }, name);
  const { dataset: data } = await openAt(await dataOf(name, config, source), config, report);
  return { data, config: adaptToData(config, data) };
}

async function dataOf(name: string, config: RunConfig, source: DataSource | undefined): Promise<DataSource> {
  const kept = source ? undefined : await keptData(name);
  const found = source ?? (kept && { files: kept }) ?? bundledSource(config.data);
  if (found) return found;
  throw new UserError(`the data "${config.data}" of ${name} are not here: drop their files, then continue`);
}
