/**
 * Follows the log of a run of this machine.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { reportError } from "../../state/notices.ts";
import type { LossLine } from "../../worker/training/protocol.ts";
import { parseLosses } from "../../worker/training/losses.ts";

/** Milliseconds between looks at the log. */
const INTERVAL = 1500;

/** What is known of a run. */
export interface ServedLosses {
  /** Logged losses. */
  readonly lines: readonly LossLine[];
  /** Total number of steps; 0 until it is known. */
  readonly steps: number;
  /** Steps per second between the last two looks at the log that found something new. */
  readonly rate?: number;
}

const NOTHING: ServedLosses = { lines: [], steps: 0 };

/**
 * Reads the log of a run, and then what is added to it.
 *
 * @param name Name of the run.
 */
export function useServedLosses(name: string): ServedLosses {
  const [found, setFound] = useState(NOTHING);
  useEffect(() => {
    const log = new Log(new URL(`api/runs/${encodeURIComponent(name)}/`, document.baseURI));
    let isShown = true, timer: ReturnType<typeof setTimeout>;
    const look = async () => {
      const next = await log.read().catch(reportError);
      if (!isShown) return;
      if (next) setFound(next);
      timer = setTimeout(() => void look(), INTERVAL);
    };
    void look();
    return () => {
      isShown = false;
      clearTimeout(timer);
    };
  }, [name]);
  return found;
}

/** Reads a log from where it was read last. */
class Log {
  readonly #folder: URL;
  #text = "";
  #found = NOTHING;
  #readAt = 0;

  constructor(folder: URL) {
    this.#folder = folder;
  }

  /** Reads what is new; undefined if nothing is. */
  async read(): Promise<ServedLosses | undefined> {
    const headers = { range: `bytes=${new TextEncoder().encode(this.#text).length}-` };
    const response = await fetch(new URL("metrics.jsonl", this.#folder), { headers });
    // 204: nothing was added, or no step was logged yet
    const added = response.ok ? await response.text() : "";
    if (this.#found.steps > 0 && added === "" && !this.#isShorter(response)) return undefined;
    this.#text = response.status === 206 ? this.#text + added : added;
    const lines = parseLosses(this.#text), now = performance.now(), before = this.#found.lines.at(-1)?.step;
    const done = (lines.at(-1)?.step ?? 0) - (before ?? 0), seconds = (now - this.#readAt) / 1000;
    this.#readAt = now;
    return this.#found = {
      lines,
      steps: this.#found.steps || await this.#steps(),
      ...(before !== undefined && done > 0 && { rate: done / seconds }),
    };
  }

  /** A run that is resumed at an earlier step shortens its log. */
  #isShorter(response: Response): boolean {
    const size = Number(/^bytes \*\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1] ?? NaN);
    return size < new TextEncoder().encode(this.#text).length;
  }

  async #steps(): Promise<number> {
    const response = await fetch(new URL("config.json", this.#folder));
    return response.ok ? Number((await response.json()).steps) : 0;
  }
}
