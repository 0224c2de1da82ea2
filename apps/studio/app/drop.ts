/**
 * Models that are dropped anywhere on the page.
 *
 * @module
 */
import { openFiles } from "../state/model.ts";
import { reportError } from "../state/notices.ts";
import { route } from "../state/route.ts";
import { droppedFiles } from "../views/train/file_sets.ts";

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
    const { dataTransfer } = event;
    if (dataTransfer) openDropped(dataTransfer).catch(reportError);
  });
}

async function openDropped(transfer: DataTransfer): Promise<void> {
  const { location, entries } = await droppedFiles(transfer);
  await openFiles(location, entries);
}
