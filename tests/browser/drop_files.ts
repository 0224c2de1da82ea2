/**
 * Drops files of the disk on a page, as a user does from a file manager.
 *
 * @module
 */
import type { Page } from "playwright-core";

/**
 * Drags files and folders over an element and lets them go: the page gets the events and the entries of a real drop.
 *
 * @param page Page in Chromium.
 * @param selector The element.
 * @param paths Absolute paths.
 */
export async function dropFiles(page: Page, selector: string, ...paths: readonly string[]): Promise<void> {
  const element = page.locator(selector);
  await element.scrollIntoViewIfNeeded();
  const box = await element.boundingBox();
  if (!box) throw new Error(`nothing can be dropped on ${selector}: it is not visible`);
  const at = { x: box.x + box.width / 2, y: box.y + 12 };
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const session = await page.context().newCDPSession(page);
  try {
    // Several times over, as a pointer at rest: what the page shows for the first is what the next are over
    for (const type of ["dragEnter", "dragOver", "dragOver", "dragOver", "drop"] as const) {
      await session.send("Input.dispatchDragEvent", { type, ...at, data });
    }
  } finally {
    await session.detach();
  }
}
