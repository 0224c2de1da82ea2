/**
 * Runs the program in a process of its own, with limits of time and memory, and checks what must hold for every ending.
 * @module
 */
import { cliCommand, HANG } from "../../tests/cli.ts";
import { require, StormFailure } from "./kind.ts";

/** How a process ended. */
export interface Ending {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Largest resident memory in bytes; 0 if unknown. */
  readonly memory: number;
  readonly seconds: number;
}

/** Options of {@link start}. */
export interface StartOptions {
  readonly folder: string;
  /** Shell script that runs the command as `"$@"`. Default: the command replaces the shell. */
  readonly script?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Time limit in seconds. */
  readonly seconds?: number;
}

/** Time limit of a process in seconds. */
export const SECONDS: number = HANG / 1000;
/** Bound of the resident memory in bytes: the runtime with its compiled code, and what small runs need. */
const MEMORY = 1.5 * 2 ** 30;

/** A running process. */
export interface Running {
  readonly pid: number;
  /** Sends a signal; ignored if the process has ended. */
  kill(signal: Deno.Signal): void;
  /** Waits for the end, and checks {@link checkEnding}. */
  ending(): Promise<Ending>;
}

/**
 * Starts the command line.
 *
 * @param args Arguments.
 * @param options Folder, environment, limits.
 */
export function start(args: readonly string[], options: StartOptions): Running {
  const { folder, script = 'exec "$@"', env = { NO_COLOR: "1" }, seconds = SECONDS } = options;
  const began = performance.now();
  const child = new Deno.Command("sh", {
    args: ["-c", script, "sh", ...cliCommand(args)],
    cwd: folder,
    env,
    detached: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let memory = 0, isLate = false;
  const watch = setInterval(() => memory = Math.max(memory, residentMemory(child.pid)), 50);
  const limit = setTimeout(() => {
    isLate = true;
    killGroup(child.pid);
  }, 1000 * seconds);
  const output = child.output();
  return {
    pid: child.pid,
    kill(signal) {
      try {
        child.kill(signal);
      } catch {
        // It has ended
      }
    },
    async ending() {
      const { code, signal, stdout, stderr } = await output;
      clearInterval(watch);
      clearTimeout(limit);
      // Readers and writers of its pipes
      killGroup(child.pid);
      if (isLate) throw new StormFailure(`no end within ${seconds} s: ${args.join(" ")}`);
      const decoder = new TextDecoder();
      const ending: Ending = {
        code,
        signal,
        stdout: decoder.decode(stdout),
        stderr: decoder.decode(stderr),
        memory,
        seconds: (performance.now() - began) / 1000,
      };
      checkEnding(ending);
      return ending;
    },
  };
}

/** Runs the command line to its end. @param args Arguments. @param options Folder, environment, limits. */
export function run(args: readonly string[], options: StartOptions): Promise<Ending> {
  return start(args, options).ending();
}

/** What no user may see: faults of the program, of the runtime, of native code. */
const FAULTS: readonly RegExp[] = [
  /unexpected error|bug in GASP/i,
  /C stack trace|native stack|panicked at|Segmentation fault|core dumped|#\s*Fatal/i,
  /^\s+at .*:\d+:\d+\)?$/m,
  /Uncaught|Array buffer allocation failed|out of memory/i,
];

/** Signals of crashes; others were sent by the storm. */
const CRASHES: readonly (Deno.Signal | null)[] = [
  "SIGSEGV",
  "SIGABRT",
  "SIGBUS",
  "SIGILL",
  "SIGTRAP",
  "SIGFPE",
];

/**
 * Checks what must hold whatever was done to the program.
 *
 * @param ending How it ended.
 * @throws {StormFailure} If it crashed, called itself faulty, used too much memory, or printed escapes to a pipe.
 */
export function checkEnding(
  { code, signal, stdout, stderr, memory }: Pick<Ending, "code" | "signal" | "stdout" | "stderr" | "memory">,
): void {
  const text = `${stdout}\n${stderr}`;
  for (const fault of FAULTS) {
    require(!fault.test(text), `the output has a fault of the program: ${tail(text)}`);
  }
  require(
    !CRASHES.includes(signal) && code !== 134 && code !== 139,
    `a crash: ${signal ?? code} ${tail(text)}`,
  );
  require(
    // deno-lint-ignore no-control-regex
    !/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text),
    `control characters in the output: ${JSON.stringify(tail(text))}`,
  );
  require(memory < MEMORY, `${Math.round(memory / 2 ** 20)} MiB of memory: ${tail(text)}`);
  if (signal === null && (code === 1 || code === 2)) {
    require(
      /^(error|warning): /m.test(stderr) || stderr === "",
      `exit code ${code} without a message: ${tail(text)}`,
    );
  }
}

/** Last characters of an output, for messages. @param text Output. */
export function tail(text: string): string {
  return text.trim().slice(-400);
}

/** Peak of the resident memory of a process in bytes, 0 if unknown. @param pid Process. */
export function residentMemory(pid: number): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
    return 1024 * Number(kilobytes ?? 0);
  } catch {
    return 0;
  }
}

function killGroup(pid: number): void {
  try {
    Deno.kill(-pid, "SIGKILL");
  } catch {
    // All have ended
  }
}
