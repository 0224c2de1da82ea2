/**
 * Runs the fuzzer in a process of its own, which is ended after a time limit or when a trial does not return: a compiled
 * kernel that never ends cannot be interrupted from within. Times are processor times, so that a loaded machine finds as
 * much as an idle one.
 *
 * @module
 */

/** Time limits in seconds of processor time. */
export interface FuzzLimits {
  /** Of all trials. */
  readonly seconds: number;
  /** Of one trial. Default: 60; trials take milliseconds, and a few of them seconds. */
  readonly trialSeconds?: number;
}

/** Threads that wait for each other forever need no processor time: limit of a trial in seconds of the clock. */
const TRIAL_CLOCK_SECONDS = 600;
/** Milliseconds between two looks at the process. */
const INTERVAL = 250;
/** Unit of the times in `/proc` (`USER_HZ`), the same on all Linux machines. */
const TICKS_PER_SECOND = 100;

/** How a run of the fuzzer ended. */
export type FuzzEnding =
  /** All trials passed, or the time was over. */
  | { readonly state: "passed"; readonly seconds: number }
  /** A trial failed, or did not return. */
  | { readonly state: "failed"; readonly seconds: number; readonly kind: string; readonly seed: number }
  /** The fuzzer did not work. */
  | { readonly state: "broken"; readonly seconds: number; readonly why: string };

/**
 * Runs the fuzzer until its first failure.
 *
 * @param folder Root of the repository.
 * @param args Arguments of the fuzzer.
 * @param limits Time limits.
 */
export async function fuzzUntilFailure(
  folder: string,
  args: readonly string[],
  limits: FuzzLimits,
): Promise<FuzzEnding> {
  const options = ["--failures", "1", "--minimise", "0", "--minutes", "Infinity", "--announce"];
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--lock=deno.lock", "--frozen", "tools/fuzz/main.ts"],
      ...options,
      ...args,
    ],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const trial = new Trial();
  const begun = performance.now();
  let seconds = 0, isOver = false, hasHung = false;
  const timer = setInterval(() => {
    seconds = processorSeconds(child.pid, begun) ?? seconds;
    hasHung = trial.isTooLong(seconds, limits.trialSeconds ?? 60);
    isOver = hasHung || seconds > limits.seconds;
    if (!isOver) return;
    clearInterval(timer);
    try {
      child.kill("SIGKILL");
    } catch {
      // It has just ended
    }
  }, INTERVAL);
  const [{ success }, failure, complaint] = await Promise.all([
    child.status,
    trial.follow(child.stdout, () => seconds),
    new Response(child.stderr).text(),
  ]).finally(() => clearInterval(timer));
  if (failure !== undefined) return { state: "failed", seconds, ...failure };
  if (hasHung) return { state: "failed", seconds, kind: `no end of ${trial.kind}`, seed: trial.seed };
  if (success || isOver) return { state: "passed", seconds };
  return { state: "broken", seconds, why: complaint.trim().slice(-300) };
}

/** The trial that is running, from what the fuzzer prints. */
class Trial {
  seed = NaN;
  kind = "";
  #begun = { seconds: 0, clock: performance.now() };

  isTooLong(seconds: number, limit: number): boolean {
    if (Number.isNaN(this.seed)) return false;
    return seconds - this.#begun.seconds > limit ||
      performance.now() - this.#begun.clock > 1000 * TRIAL_CLOCK_SECONDS;
  }

  /** Reads to the end. @returns The first failure. */
  async follow(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    seconds: () => number,
  ): Promise<{ readonly kind: string; readonly seed: number } | undefined> {
    let text = "", failure: { readonly kind: string; readonly seed: number } | undefined;
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (text + part).split("\n");
      text = lines.pop()!;
      for (const line of lines) {
        const [, seed, kind = ""] = /^(?:trial|FAILURE: seed) (\d+), (\w+) on /.exec(line) ?? [];
        if (seed === undefined) continue;
        if (line.startsWith("FAILURE")) failure ??= { kind, seed: Number(seed) };
        else {
          [this.seed, this.kind] = [Number(seed), kind];
          this.#begun = { seconds: seconds(), clock: performance.now() };
        }
      }
    }
    return failure;
  }
}

/** Processor time that a process has used, of all threads; where the system does not tell, the time since its start. */
function processorSeconds(pid: number, begun: number): number | undefined {
  if (Deno.build.os !== "linux") return (performance.now() - begun) / 1000;
  try {
    // The name of the program, in parentheses, may contain spaces
    const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ").at(-1)!.split(" ");
    const [user = 0, system = 0] = fields.slice(11, 13).map(Number);
    return (user + system) / TICKS_PER_SECOND;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return undefined; // It has just ended
  }
}
