/**
 * The model that all views show.
 *
 * @module
 */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { ModelInfo } from "../worker/core/models.ts";
import { compute } from "./compute.ts";
import { refreshRuns, rememberFile, sourceOf } from "./library.ts";
import { keepModel, modelFile } from "./opfs.ts";
import { notify, reportError } from "./notices.ts";
import { type FileEntry, pickModel } from "./pick_model.ts";
import { route, setParams } from "./route.ts";

/** Model of a first visit. */
const FIRST_MODEL = "bundled/digits";

const opened = signal<ModelInfo | undefined>(undefined);

/** Reference of the chosen model: the parameter `model` of the address. */
export const modelRef: ReadonlySignal<string> = computed(() =>
  route.value.params.get("model") ?? FIRST_MODEL
);
/** The chosen model; undefined while it opens. */
export const model: ReadonlySignal<ModelInfo | undefined> = computed(() =>
  opened.value?.ref === modelRef.value ? opened.value : undefined
);

/** Opens the chosen model whenever the choice changes. Call it once. */
export function followModel(): void {
  effect(() => {
    const ref = modelRef.value;
    open(ref).then((info) => opened.value = info, (error) => {
      reportError(error);
      if (ref !== FIRST_MODEL && modelRef.peek() === ref) setParams({ model: undefined });
    });
  });
}

/**
 * Opens any model without choosing it, to compare with, say.
 *
 * @param ref Its reference.
 */
export async function open(ref: string): Promise<ModelInfo> {
  return await compute().call("open", { ref, source: await sourceOf(ref) });
}

/**
 * Opens a file from disk, keeps it in this browser if possible, and chooses it.
 *
 * @param file A generator or a checkpoint.
 * @param name Name for it. Default: that of the file.
 */
export async function openFile(file: Blob, name: string): Promise<void> {
  const ref = `browser/${name}`, client = compute();
  await client.call("close", { ref });
  // Opened first, so that a damaged file replaces nothing.
  await client.call("open", { ref, source: { file } });
  rememberFile(ref, file);
  const isKept = await keepModel(name, file);
  if (!isKept) notify(`${name} is open until the page closes: this browser could not store it`);
  await refreshRuns();
  setParams({ model: ref });
}

/**
 * Opens the folder of a run from disk.
 *
 * @param folder Folder with `config.json` and `checkpoints/`.
 */
export async function openFolder(folder: FileSystemDirectoryHandle): Promise<void> {
  const file = await modelFile(folder);
  if (file === undefined) {
    throw new Error(notARun(folder.name));
  }
  await openFile(file, folder.name);
}

/**
 * Opens dropped files: a model, or the folder of a run.
 *
 * @param location Name of the folder, or of the file.
 * @param files Files by path.
 */
export async function openFiles(location: string, files: readonly FileEntry<Blob>[]): Promise<void> {
  const found = pickModel(files);
  if (found === undefined) throw new Error(notARun(location));
  const [path, file] = found, isFolder = path.includes("/") || files.length > 1;
  await openFile(file, (isFolder ? location : path).replace(/\.safetensors$/, ""));
}

function notARun(name: string): string {
  return `${name} is not the folder of a run: it has no checkpoints/step-N.safetensors and no generator.safetensors. ` +
    "To train on data, drop them on the view Train";
}
