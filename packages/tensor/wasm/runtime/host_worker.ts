/**
 * The only module that depends on how a runtime starts threads: `node:worker_threads` in Node and Deno, where a worker
 * need not keep the process alive, and `Worker` in browsers.
 * @module
 */

/** A thread that runs a script and exchanges messages. */
export interface HostWorker {
  /** Sends a message. */
  post(message: unknown): void;
  /** Sets whether it keeps the process alive. */
  hold(on: boolean): void;
  /** Terminates it immediately. */
  stop(): Promise<void>;
}

/** Events of a worker. */
export interface WorkerEvents {
  /** A message arrived. */
  message(data: unknown): void;
  /** The worker failed outside of a run, or terminated. */
  failure(reason: string): void;
}

interface NodeWorker {
  postMessage(message: unknown): void;
  on(event: string, listener: (value: unknown) => void): void;
  ref(): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

interface NodeThreads {
  readonly Worker: new (source: string, options: { eval: boolean }) => NodeWorker;
}

function runsOnNodeApi(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node !== undefined;
}

/** Imports a module of the runtime; the name is dynamic, so that bundlers for browsers ignore it. */
function importBuiltin<T>(name: string): Promise<T> {
  return import(/* @vite-ignore */ `node:${name}`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Prefix of a worker's script in Node; defines `receive(listener)` and `send(message)`. */
const NODE_PRELUDE = `const { parentPort } = require("node:worker_threads");
const receive = (listener) => parentPort.on("message", listener);
const send = (message) => parentPort.postMessage(message);
`;
/** The same in a browser. */
const WEB_PRELUDE = `const receive = (listener) => { self.onmessage = (event) => listener(event.data); };
const send = (message) => self.postMessage(message);
`;

/**
 * Starts a worker.
 *
 * @param script JavaScript that calls `receive(listener)` and `send(message)`.
 * @param events Receives its messages and failures.
 * @throws {Error} If the runtime cannot start workers.
 */
export async function startWorker(script: string, events: WorkerEvents): Promise<HostWorker> {
  if (runsOnNodeApi()) {
    const { Worker: Thread } = await importBuiltin<NodeThreads>("worker_threads");
    const worker = new Thread(NODE_PRELUDE + script, { eval: true });
    worker.on("message", (data) => events.message(data));
    worker.on("error", (error) => events.failure(reasonOf(error)));
    worker.unref();
    return {
      post: (message) => worker.postMessage(message),
      hold: (on) => on ? worker.ref() : worker.unref(),
      stop: async () => void await worker.terminate(),
    };
  }
  return startWebWorker(WEB_PRELUDE + script, events);
}

/** Browsers report only that a worker forbidden by a policy failed, not why. */
const FORBIDDEN = "the browser does not start workers from blob: URLs; " +
  "a Content-Security-Policy must allow them (worker-src blob:)";

/** @throws {Error} If the browser refuses synchronously; most report it by an event. */
function startWebWorker(script: string, events: WorkerEvents): HostWorker {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onmessage = ({ data }) => events.message(data);
  // An error in the script has a message; a script that may not load has none.
  worker.onerror = (event) => {
    event.preventDefault();
    events.failure(event.message ?? FORBIDDEN);
  };
  return {
    post: (message) => worker.postMessage(message),
    hold: () => {},
    stop: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
      return Promise.resolve();
    },
  };
}

let refusal: Promise<string | undefined> | undefined;

/**
 * Checks whether workers can be started. In a browser this starts one, once per page.
 *
 * @returns The reason why not; undefined if they can.
 */
export function workerRefusal(): Promise<string | undefined> {
  return refusal ??= runsOnNodeApi() ? Promise.resolve(undefined) : probeWebWorker();
}

async function probeWebWorker(): Promise<string | undefined> {
  let probe: HostWorker | undefined;
  try {
    return await new Promise<string | undefined>((resolve) => {
      probe = startWebWorker("self.postMessage(null);", {
        message: () => resolve(undefined),
        failure: resolve,
      });
    });
  } catch {
    return FORBIDDEN;
  } finally {
    await probe?.stop();
  }
}

/** Returns the number of hardware threads reported by the runtime. */
export async function availableThreads(): Promise<number> {
  const reported = (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator
    ?.hardwareConcurrency;
  if (reported !== undefined) return Math.max(1, reported);
  if (!runsOnNodeApi()) return 1;
  const { availableParallelism } = await importBuiltin<{ availableParallelism(): number }>("os");
  return Math.max(1, availableParallelism());
}
