/**
 * Runs third-party parsers in a worker that can be terminated: a damaged file may send them into an endless loop, which
 * must not hang the program. Browsers and Deno use `Worker`, Node `node:worker_threads`: in Deno, a message to the latter
 * takes 54 bytes of memory per byte. (Deno 2.9 terminates a worker only once it returns to its event loop: one in a loop
 * occupies a core until the process ends.) The module is loaded by URL, so a web page must serve it as a separate file,
 * outside its bundle.
 *
 * The memory that a WebAssembly parser allocates is bounded by the length of the file. The object heap is bounded in Node
 * only; in Deno, exhausting it ends the process. Check the sizes that a file declares against its length before allocating
 * arrays.
 *
 * @module
 */
import { availableMemory, MemoryError, type MemoryShortage } from "@gasp/tensor";
import { computingTime } from "./computing_time.ts";
import { DataError } from "./data_error.ts";

/**
 * Limits and argument of a call in a worker.
 *
 * @category Data
 */
export interface GuardOptions {
  /** Time limit in seconds in which the process computes; ten times as many if it does not. Default 60. */
  readonly seconds?: number;
  /** Limit of the object heap in MiB, in Node only: Deno and browsers have no such limit. */
  readonly mebibytes?: number;
  /** Second argument of the function, which is cloned. */
  readonly argument?: unknown;
  /** File name for messages. */
  readonly name?: string;
  /** Length of the file, if the function reads it in place; default: that of the bytes. */
  readonly fileBytes?: number;
}

/** The worker's reply. */
type Reply =
  & (
    | { readonly value: unknown }
    /** `complete`: the message is ready to be shown; `shortage`: details of a {@link MemoryError}. */
    | { readonly error: string; readonly complete: boolean; readonly shortage?: MemoryShortage }
  )
  & {
    /** Whether the worker can be reused for the next file. */
    readonly reusable: boolean;
  };

/** Common interface of both kinds of worker. */
interface Guard {
  /** Called with each reply. */
  onReply: (reply: Reply) => void;
  post(message: unknown, transfer: ArrayBuffer[]): void;
  stop(): void;
}

interface NodeWorker {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  on(event: string, listener: (value: unknown) => void): void;
  terminate(): Promise<unknown>;
}

interface NodeThreads {
  readonly Worker: new (
    source: string,
    options: { eval: boolean; resourceLimits: { maxOldGenerationSizeMb?: number } },
  ) => NodeWorker;
}

/**
 * WebAssembly memory allowed for any file: what libraries need for themselves and their caches. A worker that has more is
 * not reused, because such memory never shrinks.
 */
const WASM_BYTES = 2 ** 26;
/** Further memory allowed per byte of the file: two copies at the highest expansion ratio, that of deflate. */
const WASM_RATIO = 2 * 1032;

/** Handles messages one at a time. Arrays of the result are transferred, not copied. */
const SCRIPT = `let limit = 0, largest = 0, denied = false;
const { grow } = WebAssembly.Memory.prototype;
WebAssembly.Memory.prototype.grow = function (pages) {
  const bytes = this.buffer.byteLength + 65536 * Number(pages);
  if (bytes > limit) {
    denied = true;
    throw new RangeError("the file exceeds its memory limit");
  }
  largest = Math.max(largest, bytes);
  return grow.call(this, pages);
};
receive(async ({ url, name, bytes, argument, wasmBytes }) => {
  limit = wasmBytes;
  try {
    const module = await import(url);
    if (typeof module[name] !== "function") throw new Error(url + " exports no function " + name);
    const value = await module[name](bytes, argument);
    if (denied) throw new Error();
    const arrays = [value, ...Object.values(Object(value))].filter((part) => ArrayBuffer.isView(part));
    const buffers = arrays.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
    send({ value, reusable: largest <= ${WASM_BYTES} }, [...new Set(buffers)]);
  } catch (error) {
    const message = denied
      ? "it needs more than " + Math.ceil(limit / 2 ** 20) + " MiB of memory"
      : error instanceof Error ? error.message : String(error);
    const complete = !denied && error instanceof Error && (error.name === "DataError" || error.name === "MemoryError");
    const shortage = complete ? error.shortage : undefined;
    // Errors of our own readers have no cause; after an error of the library its state is unknown.
    send({ error: message, complete, shortage, reusable: complete && error.cause === undefined && largest <= ${WASM_BYTES} }, []);
  }
});
`;
const WEB_PRELUDE = `const receive = (listener) => { self.onmessage = (event) => listener(event.data); };
const send = (message, transfer) => self.postMessage(message, transfer);
`;
const NODE_PRELUDE = `const { parentPort } = require("node:worker_threads");
const receive = (listener) => parentPort.on("message", listener);
const send = (message, transfer) => parentPort.postMessage(message, transfer);
`;

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function failure(reason: string): Reply {
  return { error: reason, complete: false, reusable: false };
}

/**
 * Lets a program in Deno exit while the worker never returns. Deno has the method that `node:worker_threads` calls for
 * `unref()`, without a public name; elsewhere there is none, and a worker ends with its page. The timer of a call keeps
 * the program running meanwhile.
 */
function unreference(worker: Worker): void {
  const prototype = Object.getPrototypeOf(worker) as Record<symbol, unknown>;
  const unnamed = Object.getOwnPropertySymbols(prototype).find(({ description }) => !description);
  const setReferenced = unnamed && prototype[unnamed];
  if (typeof setReferenced === "function") setReferenced.call(worker, false);
}

function webGuard(): Guard {
  const url = URL.createObjectURL(new Blob([WEB_PRELUDE + SCRIPT], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  unreference(worker);
  const guard: Guard = {
    onReply: () => {},
    post: (message, transfer) => worker.postMessage(message, transfer),
    stop: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
  worker.onmessage = ({ data }) => guard.onReply(data);
  worker.onerror = (event) => {
    event.preventDefault();
    // A script that is not allowed to load fails without a message.
    guard.onReply(failure(event.message ?? "the browser does not start its worker (worker-src blob:)"));
  };
  return guard;
}

async function nodeGuard(mebibytes: number | undefined): Promise<Guard> {
  // Not a literal, so that bundlers for browsers leave it alone.
  const builtin = "worker_threads";
  const { Worker: Thread }: NodeThreads = await import(/* @vite-ignore */ `node:${builtin}`);
  const resourceLimits = mebibytes === undefined ? {} : { maxOldGenerationSizeMb: mebibytes };
  const worker = new Thread(NODE_PRELUDE + SCRIPT, { eval: true, resourceLimits });
  const guard: Guard = {
    onReply: () => {},
    post: (message, transfer) => worker.postMessage(message, transfer),
    stop: () => void worker.terminate(),
  };
  worker.on("message", (data) => guard.onReply(data as Reply));
  worker.on("error", (error) => guard.onReply(failure(reasonOf(error))));
  worker.on("exit", () => guard.onReply(failure("its worker ended")));
  return guard;
}

/**
 * Calls exported functions `(bytes, argument) => result` of a module in a worker, for several files in sequence. The worker
 * is reused after results and after our readers' own errors; it is replaced after a library's error, a timeout or large
 * memory use.
 */
export class GuardedParser {
  readonly #moduleUrl: string;
  #guard: Guard | undefined;
  #workers = 0;

  /**
   * Creates a parser. The worker starts on the first call.
   *
   * @param moduleUrl URL of the module, as in `new URL("./parser.ts", import.meta.url)`.
   */
  constructor(moduleUrl: URL | string) {
    this.#moduleUrl = String(moduleUrl);
  }

  /** Number of workers started so far. */
  get workers(): number {
    return this.#workers;
  }

  /**
   * Calls a function. Calls must not overlap.
   *
   * @param functionName Name of the exported function, which may be async. Arrays in its result are transferred.
   * @param bytes First argument; the worker receives a copy.
   * @param options Limits, second argument, and name for messages.
   * @returns The function's result, which must be cloneable.
   * @throws {DataError} If the function throws or exceeds a limit, or its worker fails.
   * @throws {MemoryError} If the function throws one.
   */
  async call<T>(functionName: string, bytes: Uint8Array, options: GuardOptions = {}): Promise<T> {
    const { seconds = 60, mebibytes, argument, name = "the file", fileBytes = bytes.length } = options;
    const guard = this.#guard ??= await this.#start(mebibytes);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const reply = await new Promise<Reply>((resolve) => {
      guard.onReply = resolve;
      const passed = computingTime();
      const watch = (wait: number) => {
        timer = setTimeout(() => {
          const left = seconds - passed();
          if (left > 0) watch(left);
          else resolve(failure(`it took more than ${Math.round(seconds)} seconds`));
        }, Math.ceil(1000 * wait));
      };
      watch(seconds);
      // Copies just these bytes: they may be a small view of a large buffer.
      const copy = bytes.slice();
      const wasmBytes = Math.min(WASM_BYTES + WASM_RATIO * fileBytes, availableMemory());
      const message = { url: this.#moduleUrl, name: functionName, bytes: copy, argument, wasmBytes };
      guard.post(message, [copy.buffer]);
    });
    clearTimeout(timer);
    if (!reply.reusable) this.stop();
    if ("value" in reply) return reply.value as T;
    if (reply.shortage !== undefined) throw new MemoryError(reply.shortage);
    throw new DataError(
      reply.complete
        ? reply.error
        : `${name} cannot be read: ${reply.error}. It is damaged, of another format or too large.`,
    );
  }

  /** Terminates the worker. A later call starts another. */
  stop(): void {
    this.#guard?.stop();
    this.#guard = undefined;
  }

  #start(mebibytes: number | undefined): Guard | Promise<Guard> {
    this.#workers++;
    return typeof Worker === "function" ? webGuard() : nodeGuard(mebibytes);
  }
}

/**
 * Calls an exported function `(bytes, argument) => result` of a module in a worker of its own.
 *
 * @param moduleUrl URL of the module, as in `new URL("./parser.ts", import.meta.url)`.
 * @param functionName Name of the exported function, which may be async. Arrays in its result are transferred.
 * @param bytes First argument; the worker receives a copy.
 * @param options Limits, second argument, and name for messages.
 * @returns The function's result, which must be cloneable.
 * @throws {DataError} If the function throws or exceeds a limit, or its worker fails.
 * @throws {MemoryError} If the function throws one.
 * @category Data
 */
export async function parseGuarded<T>(
  moduleUrl: URL | string,
  functionName: string,
  bytes: Uint8Array,
  options: GuardOptions = {},
): Promise<T> {
  const parser = new GuardedParser(moduleUrl);
  try {
    return await parser.call<T>(functionName, bytes, options);
  } finally {
    parser.stop();
  }
}
