/**
 * Time that a parse has had: on a machine that many programs share, a limit of wall-clock time would refuse intact files.
 *
 * @module
 */

/** A parse that computes less than this part of the time waits for something that does not come. */
const LEAST_SHARE = 1 / 10;

interface Process {
  readonly process?: { cpuUsage?(): { readonly user: number; readonly system: number } };
}

/** Seconds for which the process has computed on any core; undefined in browsers. */
function processSeconds(): number | undefined {
  const usage = (globalThis as Process).process?.cpuUsage?.();
  return usage && (usage.user + usage.system) / 1e6;
}

/**
 * Starts a clock of the time that a parse has had: that for which the process computed, if this is less than what passed, but
 * at least a tenth of what passed. In browsers it is what passed.
 *
 * @param now Clock in milliseconds.
 * @param computed Seconds for which the process has computed.
 * @returns Returns the seconds since the start.
 */
export function computingTime(
  now: () => number = () => performance.now(),
  computed: () => number | undefined = processSeconds,
): () => number {
  const start = now(), before = computed();
  return () => {
    const passed = (now() - start) / 1000, after = computed();
    if (before === undefined || after === undefined) return passed;
    return Math.min(passed, Math.max(after - before, LEAST_SHARE * passed));
  };
}
