/**
 * Runs a parser that we did not write in a worker of its own, which can be stopped: a damaged file may make it loop for
 * ever, and must not take the program with it. Works in browsers through `Worker`, in Node and Deno through
 * `node:worker_threads`, since in Deno a `Worker` that never ends would keep the program from ending. (Deno 2.9 waits for a
 * worker to return before it stops it: one that loops takes a core until the program ends.) The module is loaded by its
 * address, so a page needs it as a file of its own, not in a bundle.
 *
 * The memory that a parser in WebAssembly asks for is bounded by the length of the file. Memory for objects is bounded in
 * Node only; in Deno too much of it ends the whole program. Check the sizes that a file declares against its length before
 * arrays are made of them.
 *
 * @module
 */
import { availableMemory, MemoryError, type MemoryShortage } from "@gasp/tensor";
import { DataError } from "./data_error.ts";

/** How a parser is run. */
export interface GuardOptions {
  /** Seconds after which the worker is stopped; 60 unless given. */
  readonly seconds?: number;
  /** Memory for objects after which Node stops the worker, in MiB; Deno and browsers offer no such limit. */
  readonly mebibytes?: number;
  /** Second argument of the function; it is copied. */
  readonly argument?: unknown;
  /** Name of the file for messages. */
  readonly name?: string;
}

/** What the worker answers. */
type Answer =
  & (
    | { readonly value: unknown }
    /** `complete`: the message needs nothing added; `shortage`: it was refused for want of memory. */
    | { readonly error: string; readonly complete: boolean; readonly shortage?: MemoryShortage }
  )
  & {
    /** Whether the next file may be given to this worker. */
    readonly sound: boolean;
  };

/** A worker as this file needs it. */
interface Guard {
  /** Called with each answer. */
  onAnswer: (answer: Answer) => void;
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
 * Memory of WebAssembly that any file may take: what libraries need for themselves, and caches of theirs. A worker that
 * holds more takes no further file, since such memory never shrinks.
 */
const WASM_BYTES = 2 ** 26;
/** What may be added for each byte of the file: two copies of what deflate, which expands most, makes of it. */
const WASM_RATIO = 2 * 1032;

/** Answers messages one after the other. Arrays of the result are moved, not copied. */
const SCRIPT = `let most = 0, largest = 0, refused = false;
const { grow } = WebAssembly.Memory.prototype;
WebAssembly.Memory.prototype.grow = function (pages) {
  const bytes = this.buffer.byteLength + 65536 * Number(pages);
  if (bytes > most) {
    refused = true;
    throw new RangeError("the file may not take so much memory");
  }
  largest = Math.max(largest, bytes);
  return grow.call(this, pages);
};
receive(async ({ url, name, bytes, argument, wasmBytes }) => {
  most = wasmBytes;
  try {
    const module = await import(url);
    if (typeof module[name] !== "function") throw new Error(url + " exports no function " + name);
    const value = await module[name](bytes, argument);
    if (refused) throw new Error();
    const arrays = [value, ...Object.values(Object(value))].filter((part) => ArrayBuffer.isView(part));
    const buffers = arrays.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
    send({ value, sound: largest <= ${WASM_BYTES} }, [...new Set(buffers)]);
  } catch (error) {
    const message = refused
      ? "it asks for more than " + Math.ceil(most / 2 ** 20) + " MiB of memory"
      : error instanceof Error ? error.message : String(error);
    const complete = !refused && error instanceof Error && (error.name === "DataError" || error.name === "MemoryError");
    const shortage = complete ? error.shortage : undefined;
    // A refusal of our own has no cause; after the failure of a library nobody knows in what state it is.
    send({ error: message, complete, shortage, sound: complete && error.cause === undefined && largest <= ${WASM_BYTES} }, []);
  }
});
`;
const WEB_PRELUDE = `const receive = (listener) => { self.onmessage = (event) => listener(event.data); };
const send = (message, moved) => self.postMessage(message, moved);
`;
const NODE_PRELUDE = `const { parentPort } = require("node:worker_threads");
const receive = (listener) => parentPort.on("message", listener);
const send = (message, moved) => parentPort.postMessage(message, moved);
`;

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function failure(reason: string): Answer {
  return { error: reason, complete: false, sound: false };
}

function webGuard(): Guard {
  const url = URL.createObjectURL(new Blob([WEB_PRELUDE + SCRIPT], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  const guard: Guard = {
    onAnswer: () => {},
    post: (message, transfer) => worker.postMessage(message, transfer),
    stop: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
  worker.onmessage = ({ data }) => guard.onAnswer(data);
  worker.onerror = (event) => {
    event.preventDefault();
    // A script that is not allowed to load fails without a message.
    guard.onAnswer(failure(event.message ?? "the browser does not start its worker (worker-src blob:)"));
  };
  return guard;
}

async function nodeGuard(mebibytes: number | undefined): Promise<Guard> {
  // The name is a value, so that bundlers for browsers leave it alone.
  const builtin = "worker_threads";
  const { Worker: Thread }: NodeThreads = await import(/* @vite-ignore */ `node:${builtin}`);
  const resourceLimits = mebibytes === undefined ? {} : { maxOldGenerationSizeMb: mebibytes };
  const worker = new Thread(NODE_PRELUDE + SCRIPT, { eval: true, resourceLimits });
  const guard: Guard = {
    onAnswer: () => {},
    post: (message, transfer) => worker.postMessage(message, transfer),
    stop: () => void worker.terminate(),
  };
  worker.on("message", (data) => guard.onAnswer(data as Answer));
  worker.on("error", (error) => guard.onAnswer(failure(reasonOf(error))));
  worker.on("exit", () => guard.onAnswer(failure("the worker ended")));
  return guard;
}

/**
 * Calls exported functions `(bytes, argument) => result` of a module in a worker, for several files one after the other.
 * The worker serves as long as it answers with results and with refusals that have no cause; after a failure, too long a
 * wait or much memory the next file gets a new one.
 */
export class GuardedParser {
  readonly #moduleUrl: string;
  #guard: Guard | undefined;
  #workers = 0;

  /**
   * Starts nothing yet.
   *
   * @param moduleUrl Address of the module, made by `new URL("./parser.ts", import.meta.url)`.
   */
  constructor(moduleUrl: URL | string) {
    this.#moduleUrl = String(moduleUrl);
  }

  /** How many workers were started so far. */
  get workers(): number {
    return this.#workers;
  }

  /**
   * Calls a function. Wait for its result before the next call.
   *
   * @param functionName Name of the exported function; it may be async. Arrays in its result are moved.
   * @param bytes First argument; the worker gets a copy.
   * @param options Limits, second argument, name for messages.
   * @returns What the function returned; it must be such as can be sent between workers.
   * @throws {DataError} If the function throws, takes too long or too much memory, or its worker fails.
   * @throws {MemoryError} If the function throws one.
   */
  async call<T>(functionName: string, bytes: Uint8Array, options: GuardOptions = {}): Promise<T> {
    const { seconds = 60, mebibytes, argument, name = "the file" } = options;
    const guard = this.#guard ??= await this.#start(mebibytes);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const answer = await new Promise<Answer>((resolve) => {
      guard.onAnswer = resolve;
      timer = setTimeout(() => resolve(failure(`it took more than ${seconds} seconds`)), seconds * 1000);
      // A copy of just these bytes: they may be a small part of a large buffer.
      const copy = bytes.slice();
      const wasmBytes = Math.min(WASM_BYTES + WASM_RATIO * bytes.length, availableMemory());
      const message = { url: this.#moduleUrl, name: functionName, bytes: copy, argument, wasmBytes };
      guard.post(message, [copy.buffer]);
    });
    clearTimeout(timer);
    if (!answer.sound) this.stop();
    if ("value" in answer) return answer.value as T;
    if (answer.shortage !== undefined) throw new MemoryError(answer.shortage);
    throw new DataError(
      answer.complete
        ? answer.error
        : `${name} cannot be read: ${answer.error}. It is damaged, of another kind or too large.`,
    );
  }

  /** Ends the worker. A further call starts another. */
  stop(): void {
    this.#guard?.stop();
    this.#guard = undefined;
  }

  #start(mebibytes: number | undefined): Guard | Promise<Guard> {
    this.#workers++;
    const { process } = globalThis as { process?: { versions?: { node?: string } } };
    return process?.versions?.node === undefined ? webGuard() : nodeGuard(mebibytes);
  }
}

/**
 * Calls an exported function `(bytes, argument) => result` of a module in a worker. The worker ends with the call.
 *
 * @param moduleUrl Address of the module, made by `new URL("./parser.ts", import.meta.url)`.
 * @param functionName Name of the exported function; it may be async. Arrays in its result are moved.
 * @param bytes First argument; the worker gets a copy.
 * @param options Limits, second argument, name for messages.
 * @returns What the function returned; it must be such as can be sent between workers.
 * @throws {DataError} If the function throws, takes too long or too much memory, or its worker fails.
 * @throws {MemoryError} If the function throws one.
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
