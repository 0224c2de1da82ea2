/**
 * The requests of the training worker.
 *
 * @module
 */
import { inspectDataset } from "@gasp/datasets";
import { UserError } from "@gasp/gasp";
import type { Handler } from "../../rpc/protocol.ts";
import { packRun, takeRun } from "./archive.ts";
import { openSuited, presetsFor } from "./data_source.ts";
import { shownConfig } from "./live_run.ts";
import { drawItems } from "./pictures.ts";
import type { BrowserRun, DataSource, FileSet, Inspection, LiveSheet, LossLine } from "./protocol.ts";
import { describeRuns, lossesOf } from "./runs.ts";
import { forgetRun, storeOf } from "./stores.ts";
import { liveRun, train } from "./train.ts";

/** Items of data that are drawn. */
const ITEMS = 16;

/** Describes data, and chooses a preset unless one is named. */
const inspect: Handler<
  { readonly source: DataSource; readonly preset?: string | undefined },
  Inspection,
  number
> = async ({ source, preset }, call) => {
  const warnings: string[] = [];
  const { opened, config } = await openSuited(source, { preset, report: (text) => void warnings.push(text) });
  try {
    const facts = await inspectDataset(opened, (fraction) => {
      call.signal.throwIfAborted();
      call.progress(fraction);
    });
    const pictures = await drawItems(opened.dataset, ITEMS);
    call.transfer(pictures.pixels.buffer);
    return { facts, warnings, pictures, config: shownConfig(config), presets: presetsFor(opened) };
  } finally {
    await opened.dataset.close?.();
  }
};

/** Copies a run from files into this browser; answers nothing if they are not a run. */
const take: Handler<{ readonly files: FileSet }, string | undefined> = ({ files }) => takeRun(files);

/** Pauses the run that trains. */
const pause: Handler<{ readonly name: string }, void> = ({ name }) => requireLive(name).pause();

/** Stops the run that trains, with a checkpoint; its own request then ends. */
const stop: Handler<{ readonly name: string }, void> = ({ name }) => requireLive(name).stop();

/** Ends a pause. */
const resume: Handler<{ readonly name: string }, void> = ({ name }) => requireLive(name).resume();

/** Changes which samples of the run that trains are drawn. */
const sheet: Handler<{ readonly name: string; readonly sheet: LiveSheet }, void> = ({ name, sheet }) =>
  requireLive(name).show(sheet);

/** Lists the runs of this browser. */
const runs: Handler<Record<never, never>, BrowserRun[]> = () => describeRuns();

/** Reads the logged losses of a run. */
const losses: Handler<{ readonly name: string }, LossLine[]> = async ({ name }) =>
  await lossesOf(await storeOf(name));

/** Packs a run as a ZIP file. */
const pack: Handler<{ readonly name: string }, Blob> = async ({ name }) =>
  await packRun(name, await storeOf(name));

/** Deletes a run and its data. */
const forget: Handler<{ readonly name: string }, void> = async ({ name }) => {
  if (liveRun(name)) throw new UserError(`${name} is being trained: stop it first`);
  await forgetRun(name);
};

function requireLive(name: string) {
  const live = liveRun(name);
  if (live) return live;
  throw new UserError(`${name} does not train any more`);
}

/** Handlers by the names of their requests. */
export const TRAIN_HANDLERS = {
  inspect,
  take,
  train,
  pause,
  resume,
  stop,
  sheet,
  runs,
  losses,
  pack,
  forget,
};

/** Type of the table, for the page. */
export type TrainTable = typeof TRAIN_HANDLERS;
