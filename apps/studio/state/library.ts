/**
 * The gallery: models that come with the page, runs in this browser, and runs that the local server offers.
 *
 * @module
 */
import { signal } from "@preact/signals";
import type { ModelSource } from "../worker/core/models.ts";
import { modelFile, runNames, runsFolder } from "./opfs.ts";
import { reportError } from "./notices.ts";
import type { ServedRun } from "./served_run.ts";

/** A bundled model, from `models/catalog.json`. */
export interface BundledModel {
  /** File name without its ending. */
  readonly name: string;
  /** What it was trained on. */
  readonly title: string;
  /** One sentence about it. */
  readonly about: string;
  /** Kind of its samples. */
  readonly kind: "image" | "volume" | "sphere" | "curve" | "cloud";
  /** Bytes of its file. */
  readonly bytes: number;
}

/** Models that come with the page. */
export const bundled = signal<readonly BundledModel[]>([]);
/** Names of the runs in this browser. */
export const inBrowser = signal<readonly string[]>([]);
/** Runs of the local server; undefined where there is none. */
export const served = signal<readonly ServedRun[] | undefined>(undefined);

/** Files that were opened, by reference, for browsers that could not keep them. */
const openedFiles = new Map<string, Blob>();

/** Whether `deno task studio` serves the page. */
export const hasServer: boolean = globalThis.document?.documentElement.dataset["server"] === "local";

/** Loads the lists of the gallery. */
export async function loadLibrary(): Promise<void> {
  await Promise.all([
    json<BundledModel[]>("models/catalog.json").then((list) => bundled.value = list).catch(reportError),
    refreshRuns(),
  ]);
}

/** Reads the lists of runs again. */
export async function refreshRuns(): Promise<void> {
  inBrowser.value = await runNames();
  if (hasServer) await json<ServedRun[]>("api/runs").then((list) => served.value = list).catch(reportError);
}

/**
 * Remembers a file until the page closes.
 *
 * @param ref Reference of the model.
 * @param file Its contents.
 */
export function rememberFile(ref: string, file: Blob): void {
  openedFiles.set(ref, file);
}

/**
 * Finds the file of a model.
 *
 * @param ref `bundled/NAME`, `browser/NAME` or `runs/NAME`.
 * @throws {Error} If there is no such model.
 */
export async function sourceOf(ref: string): Promise<ModelSource> {
  const remembered = openedFiles.get(ref);
  if (remembered) return { file: remembered };
  const at = ref.indexOf("/"), origin = ref.slice(0, at), name = ref.slice(at + 1);
  const url = (path: string) => ({ url: new URL(path, document.baseURI).href });
  if (origin === "bundled") return url(`models/${encodeURIComponent(name)}.safetensors`);
  if (origin === "runs" && hasServer) return url(`api/runs/${encodeURIComponent(name)}/model`);
  if (origin === "browser") {
    const folder = await (await runsFolder())?.getDirectoryHandle(name).catch(() => undefined);
    const file = folder && await modelFile(folder);
    if (file) return { file };
  }
  throw new Error(`there is no model ${ref} here: choose another one, or open its file`);
}

async function json<T>(path: string): Promise<T> {
  const response = await fetch(new URL(path, document.baseURI));
  if (!response.ok) throw new Error(`${path} cannot be loaded: the server answered ${response.status}`);
  return await response.json();
}
