/**
 * Processor time of the threads of a process and of all it started, from `/proc`: for measurements that explain themselves.
 *
 * @module
 */

/** A thread. */
export interface ThreadTime {
  /** Process and thread. */
  readonly id: string;
  /** Name of the thread; that of a main thread is the program's. */
  readonly name: string;
  /** `--type` of a process of Chromium, or `main`. */
  readonly type: string;
  /** Seconds of processor time so far. */
  readonly seconds: number;
  /** Its priority: from -20, the highest, to 19. */
  readonly nice: number;
}

/** Clock ticks a second: USER_HZ of Linux. */
const TICKS = 100;
/** Fields of a line of `stat` after the name. */
const PARENT = 1, USER = 11, SYSTEM = 12, NICE = 16;

function statOf(path: string): { readonly name: string; readonly fields: readonly string[] } {
  const text = Deno.readTextFileSync(path), end = text.lastIndexOf(")");
  return { name: text.slice(text.indexOf("(") + 1, end), fields: text.slice(end + 2).split(" ") };
}

/** Names of the entries of a folder that are numbers. */
function numbersIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name }) => /^\d+$/.test(name) ? [name] : []);
}

/** Runs a function on each item, and leaves out those that end meanwhile. */
function forEachAlive(items: readonly string[], use: (item: string) => void): void {
  for (const item of items) {
    try {
      use(item);
    } catch (error) {
      // A file of a process that ended is missing, or cannot be read
      if (!(error instanceof Error && /No such (?:file|process)/.test(error.message))) throw error;
    }
  }
}

/**
 * Returns a process and all that descend from it.
 *
 * @param root Id of the process.
 * @returns Ids; none where there is no `/proc`.
 */
export function processTree(root: number): string[] {
  if (Deno.build.os !== "linux") return [];
  const parents = new Map<string, string>();
  forEachAlive(numbersIn("/proc"), (id) => parents.set(id, statOf(`/proc/${id}/stat`).fields[PARENT]!));
  const isWithin = (id: string | undefined): boolean =>
    id !== undefined && (id === String(root) || isWithin(parents.get(id)));
  return [...parents.keys()].filter(isWithin);
}

/**
 * Reads the processor time of all threads of processes.
 *
 * @param processes Ids of the processes.
 */
export function threadTimes(processes: readonly string[]): ThreadTime[] {
  const times: ThreadTime[] = [];
  forEachAlive(processes, (process) => {
    const command = Deno.readTextFileSync(`/proc/${process}/cmdline`);
    const type = /--type=([a-z-]+)/.exec(command)?.[1] ?? "main";
    forEachAlive(numbersIn(`/proc/${process}/task`), (thread) => {
      const { name, fields } = statOf(`/proc/${process}/task/${thread}/stat`);
      const seconds = (Number(fields[USER]) + Number(fields[SYSTEM])) / TICKS;
      times.push({ id: `${process}/${thread}`, name, type, seconds, nice: Number(fields[NICE]) });
    });
  });
  return times;
}

const RENICE = "renice";
/** Milliseconds between looks for new threads. */
const LOOK = 100;

/**
 * Gives all processes that this one starts its own priority, until it is disposed. Chromium's start with the default one, whoever
 * starts them, so that beside other programs a comparison would measure priorities.
 */
export function sharePriority(): Disposable {
  if (Deno.build.os !== "linux") return { [Symbol.dispose]: () => {} };
  const own = Number(statOf("/proc/self/stat").fields[NICE]);
  const look = () => {
    const threads = threadTimes(processTree(Deno.pid)).filter(({ nice, name }) =>
      nice !== own && name !== RENICE
    );
    if (threads.length === 0) return;
    const args = ["-n", String(own), "-p", ...threads.map(({ id }) => id.split("/")[1]!)];
    // A thread that ended meanwhile is no failure
    new Deno.Command(RENICE, { args, stdout: "null", stderr: "null" }).spawn().unref();
  };
  // The default priority is theirs anyway
  const timer = own === 0 ? undefined : setInterval(look, LOOK);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/**
 * Sums the processor time between two readings by what threads are for.
 *
 * @param before Earlier reading.
 * @param after Later reading.
 * @param kindOf Names what a thread is for.
 * @returns Seconds by kind, most first.
 */
export function timeBetween(
  before: readonly ThreadTime[],
  after: readonly ThreadTime[],
  kindOf: (thread: ThreadTime) => string,
): Map<string, number> {
  const earlier = new Map(before.map(({ id, seconds }) => [id, seconds])), sums = new Map<string, number>();
  for (const thread of after) {
    const kind = kindOf(thread), spent = thread.seconds - (earlier.get(thread.id) ?? 0);
    sums.set(kind, (sums.get(kind) ?? 0) + spent);
  }
  return new Map([...sums].toSorted(([, a], [, b]) => b - a));
}

/**
 * Returns the memory of processes, each page that they share counted once.
 *
 * @param processes Ids of the processes.
 * @returns Bytes.
 */
export function residentBytes(processes: readonly string[]): number {
  let kibibytes = 0;
  forEachAlive(processes, (process) => {
    const text = Deno.readTextFileSync(`/proc/${process}/smaps_rollup`);
    kibibytes += Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
  });
  return 1024 * kibibytes;
}
