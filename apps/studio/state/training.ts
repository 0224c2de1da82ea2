/**
 * The run that trains in this page. It goes on while other views are shown.
 *
 * @module
 */
import { batch, type Signal, signal } from "@preact/signals";
import type { WorkerClient } from "../rpc/client.ts";
import type { Pictures } from "../worker/core/rgba.ts";
import type { TrainTable } from "../worker/training/handlers.ts";
import type {
  BrowserRun,
  DataSource,
  LiveSheet,
  LossLine,
  TrainEvent,
  TrainParams,
} from "../worker/training/protocol.ts";
import { compute, deviceChoice, startWorker } from "./compute.ts";
import { refreshRuns } from "./library.ts";
import { notify, reportError } from "./notices.ts";
import { route, setParams } from "./route.ts";

/** What a run does. */
export type RunStatus = "starting" | "training" | "paused" | "stopping" | "stopped" | "finished" | "failed";

/** A run that trains or has trained in this page. Each part changes by itself. */
export interface CurrentRun {
  /** Its name. */
  readonly name: string;
  /** What it does. */
  readonly status: Signal<RunStatus>;
  /** What is known once its step is compiled. */
  readonly ready: Signal<Extract<TrainEvent, { type: "ready" }> | undefined>;
  /** Number of completed steps. */
  readonly step: Signal<number>;
  /** Steps per second. */
  readonly rate: Signal<number | undefined>;
  /** Bytes of all buffers on the device. */
  readonly liveBytes: Signal<number>;
  /** Logged losses. */
  readonly losses: Signal<readonly LossLine[]>;
  /** Newest samples, and the step of their weights. */
  readonly pictures: Signal<{ readonly step: number; readonly pictures: Pictures } | undefined>;
  /** Which samples are drawn. */
  readonly sheet: Signal<LiveSheet | undefined>;
  /** Step of the newest checkpoint. */
  readonly saved: Signal<number | undefined>;
}

/** The run of this page; undefined before the first. */
export const currentRun = signal<CurrentRun | undefined>(undefined);
/** Runs in this browser, with what is known about them; undefined until they are read. */
export const browserRuns = signal<readonly BrowserRun[] | undefined>(undefined);

let client: WorkerClient<TrainTable> | undefined;

/** Returns the client of the training worker, which starts with the first call. */
export function trainer(): WorkerClient<TrainTable> {
  return client ??= startWorker<TrainTable>("worker/train.js").client;
}

/** Whether a run trains in this page. */
export function isBusy(): boolean {
  const status = currentRun.value?.status.value;
  return status !== undefined && !["stopped", "finished", "failed"].includes(status);
}

/** Reads the list of runs again. */
export async function refreshBrowserRuns(): Promise<void> {
  browserRuns.value = await trainer().call("runs", {});
  await refreshRuns();
}

/** A run to start, or to continue. */
export type StartRequest = Omit<TrainParams, "device" | "threads">;

/**
 * Trains a run, and shows it.
 *
 * @param request Name, data and configuration.
 */
export async function startRun(request: StartRequest): Promise<void> {
  if (isBusy()) return notify("a run is being trained already: stop it first", "error");
  const run = newRun(request.name);
  currentRun.value = run;
  setParams({ run: request.name, served: undefined });
  try {
    const threads = Number(route.peek().params.get("threads")) || undefined;
    const params: TrainParams = { ...request, device: deviceChoice(), threads };
    const onProgress = (event: TrainEvent) => receive(run, event);
    const { step, finished } = await trainer().call("train", params, { onProgress });
    batch(() => {
      run.step.value = step;
      run.status.value = finished ? "finished" : "stopped";
    });
  } catch (error) {
    run.status.value = "failed";
    reportError(error);
  }
  // Whoever explores the run next gets its newest checkpoint
  await compute().call("close", { ref: `browser/${run.name}` }).catch(reportError);
  await refreshBrowserRuns().catch(reportError);
}

/** Pauses the run, or ends its pause. */
export async function togglePause(): Promise<void> {
  const run = currentRun.peek();
  if (run?.status.peek() !== "training" && run?.status.peek() !== "paused") return;
  const isPaused = run.status.peek() === "paused";
  await trainer().call(isPaused ? "resume" : "pause", { name: run.name });
  run.status.value = isPaused ? "training" : "paused";
}

/** Stops the run with a checkpoint. */
export async function stopRun(): Promise<void> {
  const run = currentRun.peek();
  if (!run || !isBusy()) return;
  run.status.value = "stopping";
  await trainer().call("stop", { name: run.name });
}

/**
 * Changes which samples are drawn.
 *
 * @param change Changed fields.
 */
export async function changeSheet(change: Partial<LiveSheet>): Promise<void> {
  const run = currentRun.peek(), before = run?.sheet.peek();
  if (!run || !before || !isBusy()) return;
  const sheet = { ...before, ...change };
  run.sheet.value = sheet;
  await trainer().call("sheet", { name: run.name, sheet }).catch((error) => {
    run.sheet.value = before;
    reportError(error);
  });
}

/**
 * Chooses data of a run that are not here any more, and continues it.
 *
 * @param name Name of the run.
 * @param source Data.
 */
export function continueRun(name: string, source?: DataSource): Promise<void> {
  return startRun({ name, resume: true, ...(source && { source }) });
}

function newRun(name: string): CurrentRun {
  return {
    name,
    status: signal<RunStatus>("starting"),
    ready: signal(undefined),
    step: signal(0),
    rate: signal(undefined),
    liveBytes: signal(0),
    losses: signal([]),
    pictures: signal(undefined),
    sheet: signal(undefined),
    saved: signal(undefined),
  };
}

function receive(run: CurrentRun, event: TrainEvent): void {
  batch(() => {
    switch (event.type) {
      case "ready":
        run.ready.value = event;
        run.step.value = event.step;
        run.sheet.value = event.sheet;
        run.losses.value = event.losses;
        if (run.status.peek() === "starting") run.status.value = "training";
        // The run has its files now
        refreshBrowserRuns().catch(reportError);
        break;
      case "progress":
        run.step.value = event.step;
        run.rate.value = event.rate;
        run.liveBytes.value = event.liveBytes;
        break;
      case "losses":
        run.losses.value = [...run.losses.peek(), event.line];
        break;
      case "sheet":
        run.pictures.value = event;
        break;
      case "saved":
        run.saved.value = event.step;
        break;
      case "note":
        notify(event.text);
    }
  });
}
