/**
 * Descriptions of the runs in this browser.
 *
 * @module
 */
import { checkpointSteps, METRICS_FILE, parseRunConfig, readConfig, type RunStore } from "@gasp/gasp";
import { filesOfRun } from "./archive.ts";
import { bundledSource } from "./data_source.ts";
import { shownConfig } from "./live_run.ts";
import type { BrowserRun, LossLine } from "./protocol.ts";
import { parseLosses } from "./losses.ts";
import { keptData, runNames, storeOf } from "./stores.ts";

/** Describes all runs. Those that another program has damaged are left out. */
export async function describeRuns(): Promise<BrowserRun[]> {
  const found = await Promise.all((await runNames()).map((name) => describe(name).catch(() => undefined)));
  return found.filter((run) => run !== undefined);
}

async function describe(name: string): Promise<BrowserRun> {
  const store = await storeOf(name), config = parseRunConfig(await readConfig(store), name);
  const sizes = await Promise.all((await filesOfRun(store)).map((path) => store.size(path)));
  const sheet = await newestSheet(store);
  return {
    name,
    config: shownConfig(config),
    data: config.data,
    step: (await checkpointSteps(store)).at(-1) ?? 0,
    bytes: sizes.reduce<number>((sum, size = 0) => sum + size, 0),
    hasData: bundledSource(config.data) !== undefined || await keptData(name) !== undefined,
    ...(sheet && { sheet }),
  };
}

async function newestSheet(store: RunStore): Promise<Blob | undefined> {
  const steps = (await store.list("samples")).map((name) =>
    Number(/^step-(\d+)\.png$/.exec(name)?.[1] ?? -1)
  );
  const newest = Math.max(-1, ...steps);
  const bytes = newest < 0 ? undefined : await store.read(`samples/step-${newest}.png`);
  return bytes && new Blob([bytes], { type: "image/png" });
}

/**
 * Reads the logged losses of a run.
 *
 * @param store The run.
 */
export async function lossesOf(store: RunStore): Promise<LossLine[]> {
  const bytes = await store.read(METRICS_FILE);
  return bytes ? parseLosses(new TextDecoder().decode(bytes)) : [];
}
