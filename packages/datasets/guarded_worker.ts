/**
 * Runs a parser that we did not write in a worker of its own, which can be stopped: a damaged file may make it loop for
 * ever, and must not take the program with it. Works in Deno and browsers through `Worker`, in Node through
 * `node:worker_threads`. The module is loaded by its address, so a page needs it as a file of its own, not in a bundle.
 *
 * Only Node stops a worker that takes too much memory for objects; in Deno that ends the whole program. Check the sizes
 * that a file declares against its length before it is given to a parser.
 *
 * @module
 */
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
  | { readonly value: unknown }
  | { readonly error: string; readonly complete: boolean };

/** A worker as this file needs it. */
interface Guard {
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

/** Answers one message. Arrays of the result are moved, not copied. */
const SCRIPT = `receive(async ({ url, name, bytes, argument }) => {
  try {
    const module = await import(url);
    if (typeof module[name] !== "function") throw new Error(url + " exports no function " + name);
    const value = await module[name](bytes, argument);
    const arrays = [value, ...Object.values(Object(value))].filter((part) => ArrayBuffer.isView(part));
    const buffers = arrays.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
    send({ value }, [...new Set(buffers)]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    send({ error: message, complete: error instanceof Error && error.name === "DataError" }, []);
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

function webGuard(answer: (data: Answer) => void, fail: (reason: string) => void): Guard {
  const url = URL.createObjectURL(new Blob([WEB_PRELUDE + SCRIPT], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  worker.onmessage = ({ data }) => answer(data);
  worker.onerror = (event) => {
    event.preventDefault();
    fail(event.message);
  };
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    stop: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}

async function nodeGuard(
  answer: (data: Answer) => void,
  fail: (reason: string) => void,
  mebibytes: number | undefined,
): Promise<Guard> {
  // The name is a value, so that bundlers for browsers leave it alone.
  const builtin = "worker_threads";
  const { Worker: Thread }: NodeThreads = await import(`node:${builtin}`);
  const resourceLimits = mebibytes === undefined ? {} : { maxOldGenerationSizeMb: mebibytes };
  const worker = new Thread(NODE_PRELUDE + SCRIPT, { eval: true, resourceLimits });
  worker.on("message", (data) => answer(data as Answer));
  worker.on("error", (error) => fail(reasonOf(error)));
  worker.on("exit", () => fail("the worker ended"));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    stop: () => void worker.terminate(),
  };
}

/**
 * Calls an exported function `(bytes, argument) => result` of a module in a worker. The worker ends with the call.
 *
 * @param moduleUrl Address of the module, made by `new URL("./parser.ts", import.meta.url)`.
 * @param functionName Name of the exported function; it may be async. Arrays in its result are moved.
 * @param bytes First argument; the worker gets a copy.
 * @param options Limits, second argument, name for messages.
 * @returns What the function returned; it must be such as can be sent between workers.
 * @throws {DataError} If the function throws, takes too long, or its worker fails.
 */
export async function parseGuarded<T>(
  moduleUrl: URL | string,
  functionName: string,
  bytes: Uint8Array,
  options: GuardOptions = {},
): Promise<T> {
  const { seconds = 60, mebibytes, argument, name = "the file" } = options;
  let guard: Guard | undefined, timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const answered = Promise.withResolvers<Answer>();
    const fail = (reason: string) => answered.resolve({ error: reason, complete: false });
    const isWeb = typeof (globalThis as { Worker?: unknown }).Worker === "function";
    guard = isWeb ? webGuard(answered.resolve, fail) : await nodeGuard(answered.resolve, fail, mebibytes);
    timer = setTimeout(() => fail(`it took more than ${seconds} seconds`), seconds * 1000);
    // A copy of just these bytes: they may be a small part of a large buffer.
    const copy = bytes.slice();
    guard.post({ url: String(moduleUrl), name: functionName, bytes: copy, argument }, [copy.buffer]);
    const answer = await answered.promise;
    if ("value" in answer) return answer.value as T;
    throw new DataError(
      answer.complete
        ? answer.error
        : `${name} cannot be read: ${answer.error}. It is damaged, of another kind or too large.`,
    );
  } finally {
    clearTimeout(timer);
    guard?.stop();
  }
}
