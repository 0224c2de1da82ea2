/**
 * Models that are dropped anywhere on the page.
 *
 * @module
 */
import { openFile, openFolder } from "../state/model.ts";
import { reportError } from "../state/notices.ts";
import { route } from "../state/route.ts";

/** Part of `DataTransferItem` that the types of the DOM do not have yet. */
interface HandleItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/** Views that receive dropped files themselves. */
const OWN_DROPS = ["train"];

/** Opens dropped models. Call it once. */
export function acceptDrops(): void {
  const isOurs = () => !OWN_DROPS.includes(route.peek().view);
  addEventListener("dragover", (event) => {
    if (!isOurs()) return;
    event.preventDefault();
    document.documentElement.classList.add("dragging");
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) document.documentElement.classList.remove("dragging");
  });
  addEventListener("drop", (event) => {
    document.documentElement.classList.remove("dragging");
    if (!isOurs()) return;
    event.preventDefault();
    for (const item of event.dataTransfer?.items ?? []) openDropped(item).catch(reportError);
  });
}

async function openDropped(item: DataTransferItem): Promise<void> {
  const file = item.getAsFile();
  // The item is empty after the event, so that the handle is requested before anything is awaited.
  const handle = await (item as DataTransferItem & HandleItem).getAsFileSystemHandle?.();
  if (handle?.kind === "directory") return await openFolder(handle as FileSystemDirectoryHandle);
  if (file) await openFile(file, file.name.replace(/\.safetensors$/, ""));
}
