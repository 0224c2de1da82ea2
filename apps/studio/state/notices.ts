/**
 * Messages to the user: what failed, and what to do.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { isCancelled } from "../rpc/client.ts";

/** A message. */
export interface Notice {
  /** Identifies it. */
  readonly id: number;
  /** Errors stay until they are dismissed. */
  readonly kind: "error" | "info";
  /** Text. */
  readonly text: string;
}

/** Messages on the screen, oldest first. */
export const notices = signal<readonly Notice[]>([]);
/** Milliseconds that information stays. */
const SHOWN = 6000;
let next = 0;

/**
 * Shows a message.
 *
 * @param text Text.
 * @param kind Errors stay until they are dismissed.
 */
export function notify(text: string, kind: Notice["kind"] = "info"): void {
  if (notices.peek().some((notice) => notice.text === text)) return;
  const id = next++;
  notices.value = [...notices.peek(), { id, kind, text }];
  if (kind === "info") setTimeout(() => dismiss(id), SHOWN);
}

/**
 * Shows an error, unless it is a cancellation.
 *
 * @param error What was thrown.
 */
export function reportError(error: unknown): void {
  if (isCancelled(error)) return;
  notify(error instanceof Error ? error.message : String(error), "error");
}

/**
 * Removes a message.
 *
 * @param id Its identifier.
 */
export function dismiss(id: number): void {
  notices.value = notices.peek().filter((notice) => notice.id !== id);
}
