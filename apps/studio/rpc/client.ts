/**
 * The page's end of a connection to a worker.
 *
 * @module
 */
import type {
  FailureKind,
  HandlerTable,
  ParamsOf,
  Port,
  ProgressOf,
  Reply,
  Request,
  ResultOf,
} from "./protocol.ts";

/** A request that failed in a worker. */
export class WorkerError extends Error {
  /** What kind of failure. */
  readonly kind: FailureKind;

  /**
   * @param kind What kind of failure.
   * @param message For the user.
   * @param workerStack Where in the worker, for bug reports.
   */
  constructor(kind: FailureKind, message: string, workerStack?: string) {
    super(message, { cause: workerStack });
    this.name = "WorkerError";
    this.kind = kind;
  }
}

/**
 * Tells whether a call ended because it was cancelled.
 *
 * @param error What was thrown.
 */
export function isCancelled(error: unknown): boolean {
  return error instanceof WorkerError && error.kind === "cancelled";
}

/** Options of a call. */
export interface CallOptions<Progress> {
  /** Cancels the call when aborted. */
  readonly signal?: AbortSignal;
  /** Receives progress events. */
  readonly onProgress?: (event: Progress) => void;
  /** Buffers of the parameters that are moved to the worker. */
  readonly transfer?: readonly Transferable[];
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: WorkerError) => void;
  readonly onProgress?: ((event: never) => void) | undefined;
}

/** Calls the handlers of a worker; `Table` is the type of its table. */
export class WorkerClient<Table extends HandlerTable> {
  readonly #port: Port;
  readonly #pending = new Map<number, Pending>();
  #next = 0;
  #failure: WorkerError | undefined;

  /**
   * @param port The worker.
   */
  constructor(port: Port) {
    this.#port = port;
    port.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.#receive(data));
  }

  /**
   * Calls a handler.
   *
   * @param name Name of the handler.
   * @param params Its parameters.
   * @param options Cancellation, progress, transferred buffers.
   * @returns Its result.
   * @throws {WorkerError} If it fails or is cancelled.
   */
  call<Name extends keyof Table & string>(
    name: Name,
    params: ParamsOf<Table[Name]>,
    { signal, onProgress, transfer = [] }: CallOptions<ProgressOf<Table[Name]>> = {},
  ): Promise<ResultOf<Table[Name]>> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      if (signal?.aborted) return reject(new WorkerError("cancelled", "cancelled"));
      this.#pending.set(id, { resolve: resolve as Pending["resolve"], reject, onProgress });
      this.#send({ type: "call", id, name, params }, [...transfer]);
      signal?.addEventListener("abort", () => {
        if (this.#pending.has(id)) this.#send({ type: "cancel", id });
      }, { once: true });
    });
  }

  /**
   * Fails all calls, pending and future.
   *
   * @param message Why the worker does not answer any more.
   */
  fail(message: string): void {
    this.#failure = new WorkerError("internal", message);
    for (const { reject } of this.#pending.values()) reject(this.#failure);
    this.#pending.clear();
  }

  #send(request: Request, transfer: Transferable[] = []): void {
    this.#port.postMessage(request, transfer);
  }

  #receive(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    if (reply.type === "progress") return pending.onProgress?.(reply.event as never);
    this.#pending.delete(reply.id);
    if (reply.type === "result") pending.resolve(reply.value);
    else pending.reject(new WorkerError(reply.kind, reply.message, reply.stack));
  }
}
