/**
 * A pool of threads that run a program on shared memory. The calling thread never blocks.
 * @module
 */
import { type HostWorker, startWorker } from "./host_worker.ts";
import { HEADER } from "../program/run_loop.ts";

/** A message to a worker. */
type Request =
  | {
    readonly kind: "memory";
    readonly memory: WebAssembly.Memory;
    readonly thread: number;
    readonly threads: number;
  }
  | { readonly kind: "module"; readonly id: number; readonly module: WebAssembly.Module }
  | { readonly kind: "forget"; readonly id: number }
  | { readonly kind: "run"; readonly id: number; readonly program: number; readonly log?: ThreadLog };

/** Location of the step logs of the threads. */
export interface ThreadLog {
  /** Address of the first thread's log. */
  readonly address: number;
  /** Bytes per thread. */
  readonly bytes: number;
}

/**
 * The script of a worker. A failing worker marks the program as aborted and wakes the others. `performance.now()`
 * counts from the start of a thread, so the time origin is added.
 */
const SCRIPT = `
let memory, thread, threads;
const programs = new Map();
const clock = () => performance.timeOrigin + performance.now();
const imports = () => ({ env: { memory, pow: Math.pow, clock } });
const reasonOf = (error) => error instanceof Error ? error.message : String(error);
const run = ({ id, program, log }) => {
  try {
    const { run, profile } = programs.get(id);
    if (log) profile(program, thread, threads, log.address + thread * log.bytes);
    else run(program, thread, threads);
    send(null);
  } catch (error) {
    const words = new Int32Array(memory.buffer), generation = (program + ${HEADER.generation}) >>> 2;
    Atomics.store(words, (program + ${HEADER.aborted}) >>> 2, 1);
    Atomics.add(words, generation, 1);
    Atomics.notify(words, generation);
    send(reasonOf(error));
  }
};
receive((request) => {
  switch (request.kind) {
    case "memory":
      ({ memory, thread, threads } = request);
      break;
    case "module":
      programs.set(request.id, new WebAssembly.Instance(request.module, imports()).exports);
      break;
    case "forget":
      programs.delete(request.id);
      break;
    case "run":
      run(request);
  }
});
`;

interface Running {
  left: number;
  readonly failures: string[];
  readonly finish: () => void;
}

/** A fixed number of workers, started at the first run. */
export class WorkerPool {
  readonly #memory: WebAssembly.Memory;
  readonly #threads: number;
  #workers: Promise<HostWorker[]> | undefined;
  readonly #sent = new Set<number>();
  #running: Running | undefined;
  #broken: string | undefined;

  /**
   * Creates a pool.
   *
   * @param memory Shared memory.
   * @param threads Number of workers.
   */
  constructor(memory: WebAssembly.Memory, threads: number) {
    this.#memory = memory;
    this.#threads = threads;
  }

  /**
   * Runs a program. Runs must not overlap.
   *
   * @param id Id of the module.
   * @param module Module; exports `run` and `profile`.
   * @param program Address of the program.
   * @param log Where to log step times, if profiling.
   * @throws {Error} If a worker fails.
   */
  async run(id: number, module: WebAssembly.Module, program: number, log?: ThreadLog): Promise<void> {
    const workers = await (this.#workers ??= this.#start());
    if (this.#broken !== undefined) {
      throw new Error(`a worker of the wasm device terminated: ${this.#broken}`);
    }
    if (!this.#sent.has(id)) {
      this.#sent.add(id);
      post(workers, { kind: "module", id, module });
    }
    const failures: string[] = [];
    workers.forEach((worker) => worker.hold(true));
    await new Promise<void>((finish) => {
      this.#running = { left: workers.length, failures, finish };
      post(workers, { kind: "run", id, program, ...(log && { log }) });
    });
    this.#running = undefined;
    workers.forEach((worker) => worker.hold(false));
    const [failure] = failures;
    if (failure !== undefined) throw new Error(`the wasm device failed while running a program: ${failure}`);
  }

  /** Drops a module from the workers. */
  forget(id: number): void {
    if (!this.#sent.delete(id)) return;
    void this.#workers?.then((workers) => post(workers, { kind: "forget", id }));
  }

  /** Terminates the workers. */
  async close(): Promise<void> {
    const workers = await this.#workers;
    this.#workers = undefined;
    await Promise.all((workers ?? []).map((worker) => worker.stop()));
  }

  async #start(): Promise<HostWorker[]> {
    const workers = await Promise.all(Array.from({ length: this.#threads }, () =>
      startWorker(SCRIPT, {
        message: (failure) => this.#finished(failure),
        failure: (reason) => {
          this.#broken = reason;
          this.#running?.failures.push(reason);
          this.#running?.finish();
        },
      })));
    workers.forEach((worker, thread) => {
      post([worker], { kind: "memory", memory: this.#memory, thread, threads: this.#threads });
    });
    return workers;
  }

  #finished(failure: unknown): void {
    const running = this.#running;
    if (!running) return;
    if (typeof failure === "string") running.failures.push(failure);
    if (--running.left === 0) running.finish();
  }
}

function post(workers: readonly HostWorker[], request: Request): void {
  for (const worker of workers) worker.post(request);
}
